"""How a command says that it cannot: one sentence with the remedy on stderr, exit status 1, no traceback."""

import contextlib
from collections.abc import Iterator
from typing import NoReturn

import typer

from midchannel.cli import place
from midchannel.platform.database import archive, embedded


def fail(text: str) -> NoReturn:
    """End the command."""
    typer.echo(text, err=True)
    raise typer.Exit(1)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn the errors a person can do something about into a sentence."""
    try:
        yield
    except (archive.ArchiveError, embedded.ServerError, place.InUseError) as error:
        fail(str(error))
