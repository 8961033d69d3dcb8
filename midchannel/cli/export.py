"""`midchannel export`: customers and conversations in a folder or a zip."""

import zipfile
from pathlib import Path
from typing import Annotated

import typer

from midchannel.cli import failing, place, progress
from midchannel.cli.run import Data


def export(
    to: Annotated[Path, typer.Argument(help="A new folder, or a file ending in .zip.", metavar="TO")],
    format_: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    data: Data = None,
) -> None:
    """Write customers, and conversations with their messages, as JSON Lines or CSV. That it was done is kept in the audit log."""
    if format_ not in {"jsonl", "csv"}:
        failing.fail(f"There is no format {format_!r}. Choose jsonl or csv.")
    if to.exists() and (to.is_file() or any(to.iterdir())):
        failing.fail(f"{to} is there already. Name a new folder or file.")
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        from midchannel.platform import clock
        from midchannel.usecases import export as exports

        target = to.with_suffix("") if to.suffix == ".zip" else to
        if target != to and target.exists():
            failing.fail(f"{target} is in the way: the files are written there before they are packed.")
        with progress.counting("Exporting") as told:
            written = exports.export(target, format_=format_, tell=told, now=clock.now())
    if to.suffix == ".zip":
        _pack(target, to)
    words = ", ".join(f"{count:,} {what}" for what, count in written.items())
    typer.echo(f"{to}: {words}.")


def _pack(folder: Path, to: Path) -> None:
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.iterdir()):
            packed.write(file, file.name)
            file.unlink()
    folder.rmdir()
    to.chmod(0o600)
