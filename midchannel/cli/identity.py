"""`midchannel identity`: who is who. Here `evaluate`, which needs no company; `identity_resolve` adds what does."""

import json
from pathlib import Path
from typing import Annotated

import typer

from midchannel.cli import failing

app = typer.Typer(help="Who is who: learn weights, grade them, decide again about everything.", no_args_is_help=True)

Records = Annotated[Path, typer.Option(help="CSV or Parquet with a header.", exists=True, dir_okay=False)]
Maps = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Which column a standard field is; several times."),
]
Ignored = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="COLUMN", help="A column not to look at; several times.")
]
Seed = Annotated[int, typer.Option(help="For what is drawn at random.")]


@app.command()
def evaluate(
    records: Records,
    truth: Annotated[
        str, typer.Option(metavar="COLUMN", help="The column that says who is who; only the grades look at it.")
    ],
    map_: Maps = None,
    ignore: Ignored = None,
    seed: Seed = 0,
) -> None:
    """Learn from a file without labels, group its records, and print how good the groups are as one JSON object."""
    from midchannel.platform.analysis import evaluating, tables

    try:
        grades = evaluating.evaluate(records, truth=truth, mapping=_mapping(map_), ignored=ignore or (), seed=seed)
    except (tables.UnreadableTableError, evaluating.UnknownColumnError) as error:
        failing.fail(str(error))
    typer.echo(json.dumps(grades))


def _mapping(pairs: list[str] | None) -> dict[str, str]:
    """Field -> column, of FIELD=COLUMN."""
    from midchannel.engines.identity import fields

    found = {}
    for each in pairs or ():
        field, equals, column = each.partition("=")
        if not equals or not (field in fields.STANDARD or field.startswith(fields.UNKNOWN)):
            failing.fail(
                f"--map {each}: say FIELD=COLUMN, with one of these fields: {', '.join(fields.STANDARD)}, or x_ANYTHING."
            )
        found[field] = column
    return found
