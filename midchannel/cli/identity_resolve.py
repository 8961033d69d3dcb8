"""`midchannel identity train` and `midchannel identity resolve`: learn from the company's records, and decide again about everything."""

from collections.abc import Callable
from typing import Annotated

import typer

from midchannel.cli import failing, identity, place, progress
from midchannel.cli.run import Data

app = identity.app


@app.command()
def train(
    name: Annotated[
        str, typer.Option(help="What the weights are called in every decision; a date when not given.")
    ] = "",
    seed: Annotated[int, typer.Option(help="For what is drawn at random.")] = 0,
    data: Data = None,
) -> None:
    """Learn weights from the people's records, without labels; decisions use them from then on."""
    with failing.explained(), place.program(place.use(data)):
        from midchannel.platform import clock
        from midchannel.usecases import resolve_identities

        now = clock.now()
        version = name or f"learned/{now:%Y-%m-%d %H:%M}"
        with progress.counting("Learning") as told:
            trained = resolve_identities.train(version=version, seed=seed, now=now, told=_only(told))
    typer.echo(
        f"{trained.version}: {len(trained.comparisons)} comparisons. `midchannel identity resolve` says what they would change."
    )


@app.command()
def resolve(
    engine: Annotated[str, typer.Option(help="duckdb, or spark (pip install pyspark, and Java).")] = "duckdb",
    apply: Annotated[
        bool, typer.Option("--apply", help="Apply what is proposed at once, instead of showing it.")
    ] = False,
    data: Data = None,
) -> None:
    """Compare everybody anew and propose what would change, to be approved in Review; `--apply` approves it here."""
    with failing.explained(), place.program(place.use(data)):
        from midchannel.middle.customers.actions import differing
        from midchannel.platform import clock
        from midchannel.platform.analysis import joining
        from midchannel.usecases import resolve_identities

        if engine not in joining.ENGINES:
            failing.fail(f"There is no engine {engine!r}. Choose duckdb or spark.")
        with progress.counting("Comparing") as told:
            found = resolve_identities.propose(engine=engine, now=clock.now(), told=_only(told))
        typer.echo(f"{found.records:,} records, {found.pairs:,} pairs that matter, {found.changes:,} changes proposed.")
        if apply and found.changes:
            counts = differing.apply_difference(None, found.difference_id, now=clock.now())
            typer.echo(", ".join(f"{count:,} {state}" for state, count in sorted(counts.items())) + ".")
        elif found.changes:
            typer.echo(f"Look at them and approve: /review/differences/{found.difference_id}/")


def _only(told: Callable[[int, int], None]) -> Callable[[str, int, int], None]:
    """Progress without the name of the step."""
    return lambda _what, done, total: told(done, total)
