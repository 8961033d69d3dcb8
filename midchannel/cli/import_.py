"""`midchannel import`: bring history from a file, see what became of every row, take it back."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from midchannel.cli import failing, place, progress
from midchannel.cli.run import Data

if TYPE_CHECKING:
    from midchannel.platform.imports.queries import RunDetail
    from midchannel.usecases.import_history import Preview, Source

TROUBLES_SHOWN = 10
WIDTH = 60


def import_(
    *,
    file: Annotated[Path | None, typer.Argument(help="JSON Lines, CSV or mbox.", metavar="FILE")] = None,
    channel: Annotated[str, typer.Option("--channel", help="The name of the channel it arrives in.")] = "",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="A TOML file that says what columns mean.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would become of every row; keep nothing.")
    ] = False,
    undo: Annotated[
        int | None, typer.Option("--undo", help="Take back what this import brought.", metavar="ID")
    ] = None,
    show: Annotated[int | None, typer.Option("--show", help="Every row's outcome.", metavar="ID")] = None,
    list_: Annotated[bool, typer.Option("--list", help="The imports so far.")] = False,
    data: Data = None,
) -> None:
    """Bring history from a file into a channel. Interrupted, the same command goes on where it stopped. See docs/import.md."""
    asked = [file is not None, undo is not None, show is not None, list_]
    if sum(asked) != 1:
        failing.fail("Give a FILE, or one of --undo ID, --show ID and --list.")
    if file is not None and not channel:
        failing.fail("Say by --channel in which channel the file arrives.")
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        if file is not None:
            _import(file, channel, mapping, dry_run=dry_run)
        elif undo is not None:
            _undo(undo)
        elif show is not None:
            _show(show)
        else:
            _list()


def _import(file: Path, channel: str, mapping: Path | None, *, dry_run: bool) -> None:
    from midchannel.platform import clock
    from midchannel.platform.imports import queries
    from midchannel.platform.imports.models import RowOutcome
    from midchannel.usecases import import_history

    if mapping is not None and not mapping.is_file():
        failing.fail(f"{mapping}: there is no such mapping file.")
    words = mapping.read_text(encoding="utf-8") if mapping else ""
    source = import_history.prepare(file, channel=channel, mapping=words)
    _say_plan(source)
    if dry_run:
        with progress.counting("Trying out") as told:
            preview = import_history.try_out(source, tick=clock.now, tell=told)
        _say_preview(preview)
        return
    with progress.counting("Importing") as told:
        run_id = import_history.run(source, tick=clock.now, tell=told)
    run = queries.get_run(run_id)
    _say_counts(run)
    troubles = queries.list_rows(run_id, limit=TROUBLES_SHOWN, only=RowOutcome.REFUSED)
    troubles += queries.list_rows(run_id, limit=TROUBLES_SHOWN, only=RowOutcome.PARKED)
    _say_rows((row.number, row.outcome.name.lower(), row.reason) for row in troubles[:TROUBLES_SHOWN])
    typer.echo(f"All rows: midchannel import --show {run_id}    Take it back: midchannel import --undo {run_id}")


def _say_plan(source: "Source") -> None:
    if source.plan is None:
        typer.echo(f"{source.path.name}: {source.format}, into {source.channel_name}.")
        return
    read = ", ".join(f"{meaning} = {column}" for meaning, column in source.plan.columns.items())
    typer.echo(f"{source.path.name}: CSV, into {source.channel_name}. Columns: {read}.")
    if source.plan.ignored:
        typer.echo(f"Not used: {', '.join(source.plan.ignored)}. A mapping file may say what they mean.")


def _say_preview(preview: "Preview") -> None:
    for sample in preview.samples:
        said = sample.reason or f"{sample.who}: {sample.what}"
        _say_rows([(sample.number, sample.outcome.name.lower(), said)])
    total = sum(preview.counts.values())
    words = ", ".join(f"{count:,} {outcome.name.lower()}" for outcome, count in preview.counts.items() if count)
    typer.echo(f"{total:,} rows would be: {words or 'nothing'}. Nothing was kept.")


def _say_counts(run: "RunDetail") -> None:
    words = ", ".join(f"{count:,} {outcome.name.lower()}" for outcome, count in run.counts.items() if count)
    typer.echo(f"Import {run.id} of {run.name} is {run.state}: {run.rows:,} rows, {words or 'nothing in them'}.")


def _say_rows(rows: Iterable[tuple[int, str, str]]) -> None:
    for number, outcome, said in rows:
        line = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
        cut = line if len(line) <= 2 * WIDTH else f"{line[: 2 * WIDTH - 1]}…"
        typer.echo(f"{number:>8}  {outcome:<9}  {cut}")


def _undo(run_id: int) -> None:
    from midchannel.platform import clock
    from midchannel.usecases import undo_import

    with progress.counting("Taking back") as told:
        undone = undo_import.undo(run_id, tick=clock.now, tell=told)
    typer.echo(
        f"Import {run_id}: {undone:,} rows taken back." if undone else f"Import {run_id} was taken back already."
    )


def _show(run_id: int) -> None:
    from midchannel.platform.imports import queries

    run = queries.get_run(run_id)
    for row in queries.walk_rows(run_id):
        outcome = "undone" if row.is_undone else row.outcome.name.lower()
        _say_rows([(row.number, outcome, row.reason or row.item_key)])
    _say_counts(run)


def _list() -> None:
    from midchannel.platform.imports import queries

    runs = queries.list_runs()
    for run in reversed(runs):
        typer.echo(f"{run.started_at:%Y-%m-%d %H:%M}  by {run.by_name}")
        _say_counts(run)
    if not runs:
        typer.echo("Nothing was imported so far.")
