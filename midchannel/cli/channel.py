"""`midchannel channel add`: open a channel from the terminal."""

from typing import Annotated

import typer

from midchannel.cli import failing, place
from midchannel.cli.run import Data

app = typer.Typer(help="Open a channel.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """Open a channel."""


@app.command("add")
def add(
    kind: Annotated[str, typer.Argument(help="The network: collector, telephone, email, simulator.")],
    name: Annotated[str, typer.Option("--name", help="What people call it.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is opened for.")] = "",
    address: Annotated[str, typer.Option("--address", help="Ours on it, such as a mail address.")] = "",
    data: Data = None,
) -> None:
    """Open a channel. Prints its id and, for a collector, the token; the token is shown this once."""
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        from midchannel.platform import clock
        from midchannel.usecases import open_channel

        now = clock.now()
        opened = open_channel.open_channel(None, network=kind, name=name, purpose=purpose, address=address, now=now)
    typer.echo(f"id: {opened.channel_id}")
    if opened.token:
        typer.echo(f"token: {opened.token}")
    before = opened.baseline
    words = "none, nothing was counted before" if before.is_none else f"{before.contacts:,} contacts before it"
    typer.echo(f"baseline: {words}", err=True)
