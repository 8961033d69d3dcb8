"""`midchannel check`: is my set-up right, and what to do where it is not."""

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import typer

import midchannel
from midchannel.cli import failing, place
from midchannel.cli.run import Data
from midchannel.platform.database import embedded
from midchannel.platform.database.finding import Finding

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1_000_000_000


def check(data: Data = None) -> None:
    """Look at Python, disk, secret, database, schema, channels and workers; say what to do where something is wrong."""
    folder = place.use(data)
    findings = [_python(), _program()]
    with failing.explained():
        if place.is_embedded() and not place.server(folder).is_initialised():
            findings.append(Finding("data", False, f"none in {folder}", "Run `midchannel run`, or name it by --data."))
        else:
            findings += [_disk(folder), _secret(folder), _cluster(folder)]
            if all(finding.is_right for finding in findings):
                with place.database(folder):
                    findings += _inside(folder)
    _show(findings)
    if not all(finding.is_right for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark = typer.style("right", fg="green") if finding.is_right else typer.style("WRONG", fg="red")
        typer.echo(f"{mark}  {finding.what:<{width}}  {finding.said}")
        if not finding.is_right:
            typer.echo(f"       {'':<{width}}  -> {finding.remedy}")


def _python() -> Finding:
    said = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", sys.version_info >= OLDEST_PYTHON, said, "Install Python 3.11 or newer.")


def _program() -> Finding:
    return Finding("Midchannel", True, midchannel.__version__)


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    return Finding("disk", free >= LEAST_FREE_BYTES, f"{free // 1_000_000:,} MB free", "Keep 1 GB free: make room.")


def _secret(folder: Path) -> Finding:
    secret = folder / "secret"
    if not secret.exists():
        return Finding("secret", True, "made at the first start, or from MIDCHANNEL_SECRET")
    mode = stat.S_IMODE(secret.stat().st_mode)
    return Finding("secret", not mode & 0o077, f"{secret}, mode {mode:o}", f"Run `chmod 600 {secret}`.")


def _cluster(folder: Path) -> Finding:
    if not place.is_embedded():
        return Finding("server", True, "DATABASE_URL")
    ours = (place.server(folder).cluster / "PG_VERSION").read_text().strip()
    said = subprocess.run(
        [str(embedded.binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    theirs = said.stdout.split()[-1].partition(".")[0]
    remedy = f"Take a backup with the version that brings PostgreSQL {ours}, and restore it with this one."
    return Finding("server", ours == theirs, f"embedded, PostgreSQL {ours}; the program brings {theirs}", remedy)


def _inside(folder: Path) -> list[Finding]:
    import django

    django.setup()
    from django import db

    from midchannel.platform.database import schema, server

    try:
        findings = server.examine()
        found = schema.state()
    except db.OperationalError as error:
        said = str(error).strip().partition("\n")[0]
        return [Finding("database", False, said, "Start PostgreSQL, and look at DATABASE_URL.")]
    findings.append(Finding("schema", found is schema.State.CURRENT, found.value, schema.REMEDIES.get(found, "")))
    if found is schema.State.CURRENT:
        findings += [*_channels(), _workers(folder)]
    return findings


def _channels() -> list[Finding]:
    from midchannel.outside.channels import queries as channels

    remedy = "Open Settings, Channels, and test it."
    ailing = [Finding(f"channel {name}", False, reason, remedy) for name, reason in channels.list_ailing()]
    return ailing or [Finding("channels", True, "all that are open work")]


def _workers(folder: Path) -> Finding:
    from midchannel.platform.database import server

    workers = server.count_workers()
    if place.is_embedded() and not place.is_running(folder):
        return Finding("workers", True, "Midchannel does not run now")
    return Finding("workers", workers > 0, f"{workers} connected", "Start Midchannel by `midchannel run`.")
