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
def add(  # noqa: PLR0917 - the options of a command
    kind: Annotated[str, typer.Argument(help="The network: collector, tracking, telephone, email, simulator.")],
    name: Annotated[str, typer.Option("--name", help="What people call it.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is opened for.")] = "",
    address: Annotated[str, typer.Option("--address", help="Ours on it, such as a mail address.")] = "",
    origins: Annotated[
        list[str] | None, typer.Option("--origin", help="Tracking: a page that may send, such as https://shop.example.")
    ] = None,
    servers_only: Annotated[
        bool, typer.Option("--servers-only", help="Tracking: only your own servers have the key.")
    ] = False,
    data: Data = None,
) -> None:
    """Open a channel. Prints its id and, for one that is pushed to, the token or write key; it is shown this once."""
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        from midchannel.platform import clock
        from midchannel.usecases import open_channel

        now = clock.now()
        config = {"origins": origins or [], "is_trusted": servers_only} if kind == "tracking" else None
        opened = open_channel.open_channel(
            None, network=kind, name=name, purpose=purpose, address=address, config=config, now=now
        )
    typer.echo(f"id: {opened.channel_id}")
    if opened.token:
        typer.echo(f"token: {opened.token}")
    if kind == "email":
        typer.echo("It hears nothing yet: give it its servers in Settings, Channels, where they are tried.", err=True)
    before = opened.baseline
    words = "none, nothing was counted before" if before.is_none else f"{before.contacts:,} contacts before it"
    typer.echo(f"baseline: {words}", err=True)
