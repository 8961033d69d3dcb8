"""An SMTP server for what the company sends (aiosmtpd): it hands mail to Dovecot, and can be told to fail as real ones do."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.peers.dovecot import PASSWORD, free_port


@dataclass
class Relay:
    """What the server does with a mail. `breaks` closes the connection when the mail has been handed over, before saying so."""

    lmtp_port: int
    refused: dict[str, str] = field(default_factory=dict)
    breaks: bool = False
    forwards: bool = True
    taken: list[bytes] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802
        """Refuse whom we were told to refuse."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the mail, and hand it on."""
        self.taken.append(envelope.content)
        if self.forwards:
            with smtplib.LMTP("127.0.0.1", self.lmtp_port) as client:
                for address in envelope.rcpt_tos:  # LMTP answers for each; smtplib reads one answer a mail
                    client.sendmail(envelope.mail_from, [address], envelope.content)
        if self.breaks:
            server.transport.abort()
        return "250 taken"


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=good)


@contextmanager
def serving(
    relay: Relay, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None
) -> Iterator[Relay]:
    """Run it on a free port of loopback: plain, TLS from the first byte, or STARTTLS."""
    relay.port = free_port()
    controller = Controller(
        relay,
        hostname="127.0.0.1",
        port=relay.port,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=_authenticate,
        auth_require_tls=False,
        data_size_limit=100_000_000,
    )
    controller.start()
    try:
        yield relay
    finally:
        controller.stop()
