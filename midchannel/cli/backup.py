"""`midchannel backup` and `midchannel restore`."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import midchannel
from midchannel.cli import failing, place, progress
from midchannel.cli.run import Data
from midchannel.platform.database import archive, embedded


def backup(
    to: Annotated[Path | None, typer.Argument(help="The file to write; by default one in DATA/backups.")] = None,
    data: Data = None,
) -> None:
    """Write everything (database, files, secret) to one file. Midchannel may be running meanwhile."""
    folder = place.use(data)
    if place.is_embedded() and not place.server(folder).is_initialised():
        failing.fail(f"There is nothing to back up in {folder}. Name the data folder by --data.")
    with failing.explained():
        written = make(folder, to)
    typer.echo(f"{written} ({written.stat().st_size:,} bytes) holds everything; keep it where only you can read it.")


def make(folder: Path, to: Path | None = None, *, name: str = "midchannel") -> Path:
    """Write a backup and give its place."""
    now = datetime.now(UTC)
    archived = to or folder / "backups" / f"{name}-{now:%Y%m%d-%H%M%S}.tar"
    with place.database(folder), progress.saying("Backing up"), progress.counting("Backing up") as told:
        program = midchannel.__version__
        archive.back_up(archived, data=folder, url=_url(folder), program=program, now=now, told=told)
    return archived


def restore(
    backup_file: Annotated[Path, typer.Argument(help="A file written by `midchannel backup`.", metavar="FILE")],
    data: Data = None,
) -> None:
    """Bring a backup into an empty place: a data folder that is empty or missing, a database without tables."""
    folder = place.use(data)
    with failing.explained():
        manifest = archive.read_manifest(backup_file)
        if folder.exists() and any(folder.iterdir()):
            failing.fail(f"{folder} is not empty; nothing was changed. Restore into an empty folder: --data DIR.")
        if not place.is_embedded() and not archive.is_empty(_url(folder)):
            failing.fail(
                "The database of DATABASE_URL holds tables; nothing was changed. Restore into an empty database."
            )
        _restore(backup_file, folder)
    typer.echo(
        f"Restored the backup of {manifest.created_at} into {folder}. Start it by `midchannel run --data {folder}`."
    )


def _restore(backup_file: Path, folder: Path) -> None:
    """Build the data folder beside its place; it is moved there when the database is filled."""
    making = folder.with_name(f"{folder.name}.restoring")
    if making.exists():
        failing.fail(f"{making} is there, from a restore that did not finish. Remove it, then restore again.")
    making.mkdir(parents=True)
    with progress.counting("Unpacking") as told:
        dump = archive.unpack(backup_file, into=making, told=told)
    with progress.saying("Filling the database"):
        if place.is_embedded():
            server = place.server(making)
            with embedded.running(server):
                archive.fill(server.url(role=embedded.OWNER), dump)
        else:
            archive.fill(_url(folder), dump)
    dump.unlink()
    making.rename(folder)


def _url(folder: Path) -> str:
    if place.is_embedded():
        return place.server(folder).url(role=embedded.OWNER)
    return os.environ.get("OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
