"""How a command says that it cannot: one sentence with the remedy on stderr, exit status 1, no traceback."""

import contextlib
from collections.abc import Iterator
from typing import NoReturn

import typer
from django import db

from midchannel.cli import place
from midchannel.platform.database import archive, embedded, schema
from midchannel.platform.errors import MidchannelError


def fail(text: str) -> NoReturn:
    """End the command."""
    typer.echo(text, err=True)
    raise typer.Exit(1)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn the errors a person can do something about into a sentence."""
    try:
        yield
    except (archive.ArchiveError, embedded.ServerError, place.InUseError, MidchannelError, schema.SchemaError) as error:
        fail(str(error))
    except db.OperationalError as error:
        fail(f"The database does not answer: {str(error).strip()} Look at DATABASE_URL, or run `midchannel check`.")
