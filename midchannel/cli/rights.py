"""`midchannel rights`: what people asked, and whether a certificate is genuine."""

import json
from pathlib import Path
from typing import Annotated

import typer

from midchannel.cli import failing, place
from midchannel.cli.run import Data

app = typer.Typer(help="What people asked of us, and certificates.", no_args_is_help=True)


@app.callback()
def main() -> None:
    """What people asked of us, and certificates."""


@app.command("list")
def list_(data: Data = None) -> None:
    """Print the requests that are open, the most urgent first, with the day by which each has to be answered."""
    folder = place.use(data)
    with failing.explained(), place.program(folder):
        from midchannel.middle.consents import queries

        rows = queries.list_open_requests()
    for row in rows:
        typer.echo(f"{row.due_on}  {row.kind:8} {row.state:9} customer {row.customer_id}  request {row.id}")
    if not rows:
        typer.echo("Nobody is waiting for an answer.", err=True)


@app.command("verify")
def verify(
    certificate: Annotated[Path, typer.Argument(help="A certificate as JSON.", metavar="FILE")], data: Data = None
) -> None:
    """Say whether a certificate of an erasure was issued by this installation, and is unchanged. Exits with 1 when not."""
    folder = place.use(data)
    with failing.explained():
        try:
            paper = json.loads(certificate.read_text())
        except (OSError, ValueError) as error:
            failing.fail(f"{certificate} cannot be read as a certificate ({error}). Give the JSON file of one.")
        with place.program(folder):
            from midchannel.usecases import certificate as certificates

            is_genuine = isinstance(paper, dict) and certificates.is_genuine(paper)
    if not is_genuine:
        failing.fail(f"{certificate} was not issued here, or it was changed.")
    typer.echo(f"genuine: request {paper['request']}, customer {paper['customer']}, finished {paper['finished_at']}")
