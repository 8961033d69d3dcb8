"""A pytest plugin: one embedded PostgreSQL for a test session, started when the first test asks for the database.

Loaded by `-p` before Django's settings are read. With `DATABASE_URL` set, that server is used instead. xdist's workers
inherit the controller's environment, and so share its server.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from midchannel.platform.database import embedded

PREFIX = "midchannel-tests-"
FOLDER = "MIDCHANNEL_TEST_FOLDER"


def _begin() -> None:
    if FOLDER in os.environ:
        return
    os.umask(0o022)
    _remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    os.environ[FOLDER] = str(folder)
    os.environ["MIDCHANNEL_TEST_CONTROLLER"] = str(os.getpid())
    os.environ["MIDCHANNEL_DATA"] = str(folder / "data")
    (folder / "data").mkdir()
    if not os.environ.get("DATABASE_URL"):
        os.environ["MIDCHANNEL_TEST_EMBEDDED"] = "1"
        os.environ["DATABASE_URL"] = _server().url()


def _server() -> embedded.Server:
    cluster = Path(os.environ[FOLDER]) / "postgres"
    return embedded.Server(cluster, settings=embedded.FOR_TESTS, may_create_databases=True, durable=False)


def start_server() -> None:
    """Start the session's server unless it runs; safe to call from several processes at once."""
    if "MIDCHANNEL_TEST_EMBEDDED" not in os.environ:
        return
    with (Path(os.environ[FOLDER]) / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = _server()
        if server.pid() is None:
            server.start()
            server.ensure_roles()


def _remove_leftovers() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid = folder.name.removeprefix(PREFIX).partition("-")[0]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            _remove(folder)


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError, embedded.ServerError):
        embedded.Server(folder / "postgres").stop(timeout_seconds=10)
    shutil.rmtree(folder, ignore_errors=True)


_begin()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """The controller stops the server it lent to all."""
    if os.environ.get("MIDCHANNEL_TEST_CONTROLLER") == str(os.getpid()):
        _remove(Path(os.environ[FOLDER]))


@pytest.fixture(scope="session")
def database_server() -> str:
    """The address of a running server, for tests that start processes of their own."""
    start_server()
    return os.environ["DATABASE_URL"]
