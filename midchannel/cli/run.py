"""`midchannel run` and `midchannel demo`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from midchannel.cli import failing, place, progress

Data = Annotated[Path | None, typer.Option("--data", help="Where everything is kept.", envvar="MIDCHANNEL_DATA")]
Port = Annotated[int, typer.Option("--port", help="The port to listen on.", min=1, max=65535)]
Remove = Annotated[
    bool, typer.Option("--remove", help="Remove everything made up instead: the demo company and simulated networks.")
]
Host = Annotated[str, typer.Option("--host", help="The address to listen on; 0.0.0.0 is every one.")]


def run(data: Data = None, port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Run everything: the database (unless DATABASE_URL names one), the web server and the workers. Ctrl-C stops it."""
    _become_supervisor(data, port, host)


def demo(data: Data = None, port: Port = 8000, host: Host = "127.0.0.1", remove: Remove = False) -> None:
    """Run everything with a made-up company and a simulated network full of customers. Ctrl-C stops it; the data stay."""
    if remove:
        _remove_demo(data)
    else:
        _become_supervisor(data, port, host, "--demo")


def _remove_demo(data: Path | None) -> None:
    with failing.explained(), place.program(place.use(data)):
        from midchannel.platform import clock
        from midchannel.usecases import demo as demos

        with progress.saying("Removing everything made up"):
            demos.remove(None, now=clock.now())
    typer.echo("The demo company, its people and the simulated networks are gone, with all that came of them.")


def _become_supervisor(data: Path | None, port: int, host: str, *more: str) -> None:
    arguments = ["--port", str(port), "--host", host, *more]
    arguments += ["--data", str(data)] if data else []
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "midchannel.cli.supervisor", *arguments])  # noqa: S606
