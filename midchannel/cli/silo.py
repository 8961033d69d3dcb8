"""`midchannel silo`: connect a business system, say what its columns mean, try it, read it, look at its runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from midchannel.cli import failing, place, progress
from midchannel.cli.run import Data

if TYPE_CHECKING:
    from midchannel.outside.silos.mapping import Mapping
    from midchannel.outside.silos.queries import SiloRunDetail

app = typer.Typer(
    help="Read customers, contacts and orders from business systems. See docs/silos.md.", no_args_is_help=True
)
WIDTH = 100
Name = Annotated[str, typer.Argument(help="The silo's name.", metavar="NAME")]


@app.callback()
def main() -> None:
    """Read customers, contacts and orders from business systems. See docs/silos.md."""


@app.command("add")
def add(
    kind: Annotated[str, typer.Argument(help="file, sql or tryton.", metavar="KIND")],
    *,
    name: Annotated[str, typer.Option("--name", help="What people call it.")],
    system: Annotated[str, typer.Option("--system", help="The business system, such as shop or erp.")],
    file: Annotated[Path | None, typer.Option("--file", help="CSV, Parquet or vCard; copied into DATA/silos.")] = None,
    url: Annotated[str, typer.Option("--url", help="Of the database or the Tryton server, without the password.")] = "",
    query: Annotated[str, typer.Option("--query", help="The SELECT of a database.")] = "",
    database: Annotated[str, typer.Option("--database", help="Tryton's database.")] = "",
    user: Annotated[str, typer.Option("--user", help="Tryton's user.")] = "",
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="A file that holds the password.")
    ] = None,
    data: Data = None,
) -> None:
    """Connect a business system. It is tried before it is kept; nothing is read before `midchannel silo map`."""
    if file is not None and not file.is_file():
        failing.fail(f"{file}: there is no such file.")
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        from midchannel.platform import clock
        from midchannel.usecases import open_silo

        config: dict[str, object] = {
            key: value
            for key, value in {"url": url, "query": query, "database": database, "user": user}.items()
            if value
        }
        if file is not None:
            with file.open("rb") as content:
                chunks = iter(lambda: content.read(1 << 20), b"")
                config["file"] = open_silo.keep_file(None, file.name, chunks, now=clock.now())
        password = password_file.read_text(encoding="utf-8").strip() if password_file else ""
        secrets = {"password": password} if password else {}
        problems = open_silo.check(kind, config=config, secrets=secrets)
        if problems:
            failing.fail(problems[0])
        silo_id = open_silo.open_silo(
            None, name=name, system=system, reader=kind, config=config, secrets=secrets, now=clock.now()
        )
    typer.echo(f"id: {silo_id}")
    typer.echo(f"Say next what its columns mean: midchannel silo map {name!r} --rows customers", err=True)


@app.command("map")
def map_(
    name: Name,
    *,
    rows: Annotated[str, typer.Option("--rows", help="What a row is: customers, contacts, organisations or orders.")],
    key: Annotated[str, typer.Option("--key", help="The column that names a row.")] = "",
    changed: Annotated[str, typer.Option("--changed", help="The column that says when it was changed.")] = "",
    means: Annotated[
        list[str] | None,
        typer.Option("--map", help="FIELD=COLUMN; FIELD= leaves a guessed one out.", metavar="FIELD=COLUMN"),
    ] = None,
    verified: Annotated[bool, typer.Option("--verified", help="It has proof of addresses and numbers.")] = False,
    data: Data = None,
) -> None:
    """Say what the columns mean. What is not said is guessed from their names; the answer shows all of it."""
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        import msgspec

        from midchannel.outside.silos import mapping as mappings
        from midchannel.outside.silos import queries
        from midchannel.platform import clock
        from midchannel.usecases import open_silo

        silo_id = queries.find_silo(name)
        columns = [column.name for column in open_silo.look(None, silo_id, kind=rows).columns]
        guessed = mappings.guess(columns, rows)
        mapping = msgspec.structs.replace(
            guessed,
            key=key or guessed.key,
            changed=changed or guessed.changed,
            fields=_meanings(guessed.fields, means or []),
            verified=verified,
        )
        open_silo.map_columns(None, silo_id, mapping, now=clock.now())
    _say_mapping(mapping)


def _meanings(guessed: dict[str, str], said: list[str]) -> dict[str, str]:
    fields = dict(guessed)
    for each in said:
        meaning, equals, column = each.partition("=")
        if not equals:
            failing.fail(f"{each!r} is not FIELD=COLUMN.")
        fields = {name: "" if known == meaning else known for name, known in fields.items()}
        if column:
            fields[column] = meaning
    return fields


def _say_mapping(mapping: "Mapping") -> None:
    typer.echo(f"A row is one of {mapping.kind}; key {mapping.key}; changed {mapping.changed or '(all is compared)'}.")
    for column, meaning in mapping.fields.items():
        typer.echo(f"{meaning or '(not used)':<20} {column}")


@app.command("list")
def list_(data: Data = None) -> None:
    """The silos, whether they work, and their last runs."""
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        from midchannel.outside.silos import queries

        found = queries.list_silos(None)
        for silo in found:
            typer.echo(
                f"{silo.name}: {silo.reader}, {silo.system}, {silo.health}, {silo.records:,} known. {silo.health_reason}".rstrip()
            )
            for run in queries.list_runs(None, silo.id, limit=1):
                typer.echo(f"    {_said_of(run)}")
    if not found:
        typer.echo("No business system is connected. `midchannel silo add` connects one.")


def _said_of(run: "SiloRunDetail") -> str:
    words = ("new", "changed", "unchanged", "duplicate", "parked", "refused")
    counts = ", ".join(f"{getattr(run, word):,} {word}" for word in words if getattr(run, word))
    return f"Run {run.id} is {run.state}: {run.items:,} read, {counts or 'nothing in it'}."


@app.command("try")
def try_(name: Name, *, data: Data = None) -> None:
    """A dry run: what would become of every row; nothing is kept."""
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        from midchannel.outside.silos import queries
        from midchannel.outside.silos.errors import SourceError
        from midchannel.platform import clock
        from midchannel.usecases import try_silo

        silo_id = queries.find_silo(name)
        try:
            with progress.counting("Trying out") as told:
                trial = try_silo.try_out(silo_id, tick=clock.now, tell=told)
        except SourceError as error:
            failing.fail(error.reason)
    for sample in trial.samples:
        _say(sample.number, sample.outcome, sample.reason or f"{sample.who}: {sample.what}")
    words = ", ".join(f"{count:,} {word}" for word, count in trial.counts.items() if count)
    typer.echo(f"{trial.items:,} would be: {words or 'nothing'}. Nothing was kept.")


def _say(number: int, outcome: str, said: str) -> None:
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    typer.echo(f"{number:>8}  {outcome:<9}  {line if len(line) <= WIDTH else line[: WIDTH - 1] + '…'}")


@app.command("read")
def read(
    name: Name,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All again, and not only what changed.")] = False,
    data: Data = None,
) -> None:
    """Read it now, here. Interrupted, the same command (or the worker) goes on where it stopped."""
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        from midchannel.outside.silos import queries
        from midchannel.outside.silos.errors import SourceError
        from midchannel.platform import clock
        from midchannel.usecases import open_silo, run_silo

        silo_id, by = queries.find_silo(name), open_silo.TERMINAL
        try:
            with progress.counting("Reading") as told:
                run_id = run_silo.run_here(silo_id, tick=clock.now, by=by, is_full=all_, tell=told)
        except SourceError as error:
            failing.fail(error.reason)
        run = queries.get_run(None, run_id)
    typer.echo(_said_of(run))
    typer.echo(f"All rows: midchannel import --show {run_id}    Take it back: midchannel import --undo {run_id}")
