"""`midchannel upgrade`: look first, back up, then change the schema."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

import midchannel
from midchannel.cli import backup, failing, place
from midchannel.cli.run import Data

SPARE_FACTOR = 2


def upgrade(
    data: Data = None,
    without_backup: Annotated[bool, typer.Option("--without-backup", help="You have one of your own.")] = False,
) -> None:
    """Bring the database to this version: a pre-flight check, a backup, then the changes. Stop Midchannel first."""
    folder = place.use(data)
    with failing.explained():
        if place.is_running(folder):
            failing.fail("Midchannel is running. Stop it (Ctrl-C, or `systemctl stop midchannel`), then upgrade.")
        with place.database(folder):
            _upgrade(folder, without_backup=without_backup)


def _upgrade(folder: Path, *, without_backup: bool) -> None:
    import django

    django.setup()
    from django import db

    from midchannel.platform.database import schema

    found = schema.state()
    if found is schema.State.CURRENT:
        typer.echo(f"The database fits Midchannel {midchannel.__version__} already; nothing was changed.")
        return
    if found is schema.State.NEWER:
        failing.fail(schema.REMEDIES[found])
    _check_room(folder)
    db.connections.close_all()
    kept = None
    if found is schema.State.OLDER and not without_backup:
        kept = backup.make(folder, name=f"before-{midchannel.__version__}")
        typer.echo(f"Backed up to {kept}.")
    done = subprocess.run(
        [sys.executable, "-m", "midchannel.cli.migrate"], env={**os.environ, "MIDCHANNEL_AS_OWNER": "1"}, check=False
    )
    if done.returncode:
        where = f" The backup is {kept}: `midchannel restore {kept} --data NEW-FOLDER`." if kept else ""
        failing.fail(f"The upgrade did not finish; the step that failed changed nothing.{where}")
    schema.check_current()
    typer.echo(f"The database fits Midchannel {midchannel.__version__} now. Start it by `midchannel run`.")


def _check_room(folder: Path) -> None:
    used = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if free < used * SPARE_FACTOR:
        failing.fail(
            f"The disk has {free // 1_000_000:,} MB free; an upgrade may need {used * SPARE_FACTOR // 1_000_000:,} MB."
            " Make room, then upgrade. Nothing was changed."
        )
