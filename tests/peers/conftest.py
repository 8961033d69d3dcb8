"""Servers nobody here wrote, started once for the tests of this folder."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from midchannel.cli.tests.running import free_port
from tests.peers import certificates, dovecot, llama, smtp, tryton
from tests.peers import desk as desks


@pytest.fixture(scope="session")
def certificate() -> Iterator[Path]:
    """A certificate for this machine, and its own authority."""
    with tempfile.TemporaryDirectory(prefix="midchannel-peer-") as folder:
        Path(folder).chmod(0o755)
        path = certificates.make(Path(folder))
        path.chmod(0o644)
        yield path


@pytest.fixture(scope="session")
def mail_server(certificate: Path) -> Iterator[dovecot.Dovecot]:
    """Dovecot. Where it is missing the test is skipped, but never in CI."""
    reason = dovecot.missing()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    # Not pytest's folder: its name is long, and a Unix socket's path is short.
    with tempfile.TemporaryDirectory(prefix="mc-dovecot-", ignore_cleanup_errors=True) as folder:
        server = dovecot.Dovecot(Path(folder), certificate=certificate)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def erp(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tryton.Tryton]:
    """Tryton. Its database is made once (a minute) and copied; a later session finds it in pytest's cache."""
    reason = tryton.missing()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    database = tryton.make_database(
        pytestconfig.cache.mkdir("tryton") if pytestconfig.cache else tmp_path_factory.mktemp("t")
    )
    server = tryton.Tryton(tmp_path_factory.mktemp("tryton"), database=database, port=free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session", name="llama")
def language_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[llama.Llama]:
    """A very small language model behind llama.cpp's server."""
    reason = llama.missing()
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    server = llama.Llama(tmp_path_factory.mktemp("llama"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def desk(mail_server: dovecot.Dovecot) -> Iterator[desks.Desk]:
    """One mailbox, one customer, one SMTP server."""
    with smtp.serving(smtp.Relay(mail_server.lmtp_port)) as relay:
        yield desks.open_desk(mail_server, relay)
