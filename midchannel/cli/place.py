"""The data folder a command works in, its lock, and the embedded server behind it."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from midchannel.platform.database import embedded

DATA = "MIDCHANNEL_DATA"


class InUseError(Exception):
    """Another Midchannel works on this data folder. Stop it first (Ctrl-C where it runs), or choose another by --data."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"{data}: {self.__doc__}")


class NothingHereError(Exception):
    """Midchannel has never run there, and nothing was made. Name its data folder by --data, or begin with `midchannel run`."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"{data}: {self.__doc__}")


def use(data: Path | None = None) -> Path:
    """Settle the data folder for this process and its children: `--data`, else `MIDCHANNEL_DATA`, else `./data`."""
    chosen = (data or Path(os.environ.get(DATA) or "data")).absolute()
    os.environ[DATA] = str(chosen)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "midchannel.config.settings")
    return chosen


def make(data: Path) -> None:
    """Make the data folder. Others may pass through it, for the server's own account; the files in it are closed."""
    data.mkdir(parents=True, exist_ok=True)


def is_embedded() -> bool:
    """Whether the database is the embedded one."""
    return not os.environ.get("DATABASE_URL")


def server(data: Path) -> embedded.Server:
    """The embedded server of a data folder."""
    return embedded.Server(data / "postgres")


@contextlib.contextmanager
def locked(data: Path, *, shared: bool = False) -> Iterator[IO[str]]:
    """Hold the data folder: alone for `run`, together with other commands otherwise."""
    make(data)
    with (data / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                raise
            raise InUseError(data) from error
        yield lock


def is_running(data: Path) -> bool:
    """Whether `midchannel run` holds this data folder."""
    try:
        with locked(data, shared=True):
            return False
    except InUseError:
        return True


@contextlib.contextmanager
def database(data: Path) -> Iterator[None]:
    """A database that answers, for as long as the block lasts: the running one, or the embedded one started for it."""
    if not is_embedded() or is_running(data):
        if is_embedded():
            server(data).wait_until_ready(timeout_seconds=20)
        yield
        return
    with locked(data, shared=True) as lock:
        own = server(data)
        own.start()
        own.ensure_roles()
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):  # another command still uses it, and stops it
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                own.stop()


@contextlib.contextmanager
def program(data: Path) -> Iterator[None]:
    """Django set up on a database that answers and has this program's schema: what most commands work in.

    Raises NothingHereError, so that a mistyped folder is not taken for a new installation.
    """
    if is_embedded() and not server(data).is_initialised():
        raise NothingHereError(data)
    with database(data):
        import django

        django.setup()
        from midchannel.platform.database import schema

        schema.check_current()
        yield
