"""Servers nobody here wrote, started once for the tests of this folder."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers import certificates, dovecot, smtp
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


@pytest.fixture
def desk(mail_server: dovecot.Dovecot) -> Iterator[desks.Desk]:
    """One mailbox, one customer, one SMTP server."""
    with smtp.serving(smtp.Relay(mail_server.lmtp_port)) as relay:
        yield desks.open_desk(mail_server, relay)
