"""How a command says that it cannot: one sentence with the remedy on stderr, exit status 1, no traceback."""

import contextlib
from collections.abc import Iterator
from typing import NoReturn

import typer

from midchannel.cli import place
from midchannel.platform.database import archive, embedded
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
    except (
        archive.ArchiveError,
        embedded.ServerError,
        place.InUseError,
        place.NothingHereError,
        MidchannelError,
    ) as error:
        fail(str(error))
    except typer.Exit:
        raise
    except Exception as error:
        said = _said_of_database(error)
        if said is None:
            raise
        fail(said)


def _said_of_database(error: Exception) -> str | None:
    """What to say of an error of the database; asked only when one has happened, for Django takes its time to import."""
    from django import db

    from midchannel.platform.database import schema

    if isinstance(error, schema.SchemaError):
        return str(error)
    if isinstance(error, db.OperationalError):
        return f"The database does not answer: {str(error).strip()} Look at DATABASE_URL, or run `midchannel check`."
    return None
