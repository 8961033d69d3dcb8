"""Opening IMAP and SMTP, and saying in words what went wrong and what to do."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from typing import NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from midchannel.outside.channels.port import NetworkError
from midchannel.outside.networks.email.mailbox import IMAP_PORTS, SMTP_PORTS, Mailbox, Security, Server

TIMEOUT_SECONDS = 30
GREETING = "localhost"

# After one of these there is no connection left to go on with.
DISCONNECTED = (IMAPClientAbortError, OSError)

Smtp = smtplib.SMTP

SAID = _lazy("The %(protocol)s server %(host)s said: %(said)s.")

# What may go wrong, the narrower before the wider, with the remedy.
WORDS = (
    (
        (LoginError, smtplib.SMTPAuthenticationError),
        _lazy(
            "The %(protocol)s server %(host)s refused the sign-in of %(user)s: %(said)s. Check user and password; many providers "
            "want an app password, or IMAP and SMTP switched on in the mailbox's own settings."
        ),
    ),
    (socket.gaierror, _lazy("There is no server named %(host)s. Check the %(protocol)s host for a typing error.")),
    (
        ssl.SSLCertVerificationError,
        _lazy(
            "The certificate of the %(protocol)s server %(host)s cannot be trusted: %(said)s. Give the host name that the "
            "certificate is made for; for a certificate of your own, set SSL_CERT_FILE."
        ),
    ),
    (
        ssl.SSLError,
        _lazy(
            "The %(protocol)s server %(host)s does not speak TLS on port %(port)d: %(said)s. Use port %(tls)d with tls, or port "
            "%(starttls)d with starttls."
        ),
    ),
    (
        ConnectionRefusedError,
        _lazy(
            "Nothing answers on %(host)s port %(port)d. Check the %(protocol)s port (usually %(tls)d with tls, %(starttls)d with "
            "starttls) and the firewall."
        ),
    ),
    (
        TimeoutError,
        _lazy(
            "The %(protocol)s server %(host)s did not answer on port %(port)d in time. Check host, port and firewall; where port and "
            "security do not fit together, servers often just keep silent."
        ),
    ),
    (
        (smtplib.SMTPServerDisconnected, IMAPClientAbortError, EOFError, ConnectionError),
        _lazy(
            "The %(protocol)s server %(host)s closed the connection on port %(port)d. Where that happens at once, port and security "
            "do not fit together: %(tls)d goes with tls, %(starttls)d with starttls."
        ),
    ),
)


@contextlib.contextmanager
def imap(mailbox: Mailbox, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Iterator[IMAPClient]:
    """A signed-in IMAP connection. Raises NetworkError with words, also for what goes wrong inside the block."""
    server = mailbox.imap
    if server is None:
        raise NetworkError(
            _("No IMAP server is set for this channel, so it cannot be read."), permanent=True, is_channel_wide=True
        )
    client: IMAPClient | None = None
    try:
        client = _open_imap(server, timeout_seconds)
        yield client
    except (OSError, IMAPClientError, EOFError) as error:
        explain(server, error)
    finally:
        if client is not None:
            with contextlib.suppress(OSError, IMAPClientError, EOFError):
                client.logout()


def _open_imap(server: Server, timeout_seconds: float) -> IMAPClient:
    context = ssl.create_default_context()
    client = IMAPClient(
        server.host,
        server.port,
        ssl=server.security is Security.TLS,
        ssl_context=context if server.security is Security.TLS else None,
        timeout=timeout_seconds,
    )
    client.normalise_times = False
    try:
        if server.security is Security.STARTTLS:
            if not client.has_capability("STARTTLS"):
                _no_starttls(server)
            client.starttls(context)
        client.login(server.user, server.password)
    except BaseException:
        with contextlib.suppress(OSError, IMAPClientError, EOFError):
            client.shutdown()
        raise
    return client


@contextlib.contextmanager
def smtp(mailbox: Mailbox) -> Iterator[Smtp]:
    """A signed-in SMTP connection. Raises NetworkError with words for what goes wrong while it is opened."""
    server = mailbox.smtp
    if server is None:
        raise NetworkError(
            _("No SMTP server is set for this channel, so it cannot send."), permanent=True, is_channel_wide=True
        )
    try:
        client = _open_smtp(server)
    except (OSError, smtplib.SMTPException) as error:
        explain(server, error)
    try:
        yield client
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            client.quit()
        client.close()


def _open_smtp(server: Server) -> Smtp:
    context = ssl.create_default_context()
    client: Smtp
    if server.security is Security.TLS:
        client = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=GREETING, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        client = smtplib.SMTP(server.host, server.port, local_hostname=GREETING, timeout=TIMEOUT_SECONDS)
    try:
        client.ehlo_or_helo_if_needed()
        if server.security is Security.STARTTLS:
            if not client.has_extn("starttls"):
                _no_starttls(server)
            client.starttls(context=context)
            client.ehlo()
        if server.password and client.has_extn("auth"):
            client.login(server.user, server.password)
        elif server.password and server.security is not Security.NONE:
            raise NetworkError(
                _(
                    "The SMTP server %(host)s offers no sign-in on port %(port)d. Use the submission port: 465 with tls, 587 with starttls."
                )
                % {"host": server.host, "port": server.port},
                is_channel_wide=True,
            )
    except BaseException:
        client.close()
        raise
    return client


def _no_starttls(server: Server) -> NoReturn:
    raise NetworkError(
        _(
            "The %(protocol)s server %(host)s offers no STARTTLS on port %(port)d. Choose tls (port %(usual)d), or ask its operator."
        )
        % {
            "protocol": server.protocol,
            "host": server.host,
            "port": server.port,
            "usual": _ports(server)[Security.TLS],
        },
        is_channel_wide=True,
    )


def _ports(server: Server) -> dict[Security, int]:
    return IMAP_PORTS if server.protocol == "IMAP" else SMTP_PORTS


def explain(server: Server, error: Exception) -> NoReturn:
    """Raise NetworkError with what happened and what to do. The whole channel is affected: it is the connection."""
    raise NetworkError(_words_for(server, error), is_channel_wide=True) from error


def _words_for(server: Server, error: Exception) -> str:
    template = next((words for kinds, words in WORDS if isinstance(error, kinds)), SAID)
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code < 500:
        template = SAID
    return str(template) % {
        "protocol": server.protocol,
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "said": _said(error),
        "tls": _ports(server)[Security.TLS],
        "starttls": _ports(server)[Security.STARTTLS],
    }


def _said(error: Exception) -> str:
    """The server's own words, on one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        return answer(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLError) and error.reason:
        return str(getattr(error, "verify_message", "") or error.reason.replace("_", " ").lower())
    said = str(error)
    if said.startswith(("b'", 'b"')):
        said = said[2:-1]
    return " ".join(said.split())[:300].rstrip(".") or type(error).__name__


def answer(code: int, said: bytes | str) -> str:
    """An SMTP server's answer as text."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())[:300]}".rstrip(". ")
