"""A mailbox as its channel's settings describe it.

`config` (may be shown): `imap_host`, `imap_port` (993, or 143), `imap_security` and `smtp_security` ("tls" from the first
byte, "starttls", or "none", which is allowed on this machine only), `smtp_host`, `smtp_port` (465, 587 or 25), `user` (the
address when left out), `smtp_user` (the same when left out), `folder` ("INBOX"), `sent_folder` (found by itself when left
out), `server_keeps_sent` (true where the provider puts what is sent by SMTP into the sent folder, as Gmail does), `aliases`
(further addresses of ours that arrive here), `plus_address` (true where the mail server accepts name+anything@), `from_name`
(the channel's name when left out), `since` (an ISO date: older mail is left alone), `idle` (false where a server's IDLE does
not work), `poll_seconds` (60; only without IDLE), `max_mail_mb` (25), `authserv_id` (the name under which the own mail server
writes Authentication-Results; then a sender it has verified counts as verified).
`secrets`: `password`, `smtp_password` (the same when left out).
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NoReturn

from django.utils.translation import gettext as _

from midchannel.outside.channels.port import NetworkError, Settings
from midchannel.outside.networks.email import parser


class Security(StrEnum):
    """How a connection is protected."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


IMAP_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}
SMTP_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class Server:
    """One end of a connection."""

    protocol: str
    host: str
    port: int
    security: Security
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Everything the reader and the sender need to know."""

    address: str
    name: str
    imap: Server | None
    smtp: Server | None
    folder: str
    sent_folder: str
    server_keeps_sent: bool
    own_addresses: frozenset[str]
    plus_address: bool
    since: date | None
    may_idle: bool
    poll_seconds: float
    max_mail_bytes: int
    authserv_id: str

    @property
    def domain(self) -> str:
        """The part of the address after the @."""
        return self.address.rpartition("@")[2]


def of(settings: Settings) -> Mailbox:
    """Read the settings. Raises NetworkError, with the remedy, for what is missing or cannot be."""
    config = settings.config
    address = settings.address.strip().lower()
    if not parser.is_address(address):
        _refuse(
            _("The channel's address %(address)r is no mail address. Give it in the channel's settings.")
            % {"address": address}
        )
    aliases = config.get("aliases") or []
    if isinstance(aliases, str):
        aliases = aliases.replace(",", " ").split()
    return Mailbox(
        address=address,
        name=_text(config, "from_name") or settings.name,
        imap=_server("IMAP", "imap", settings, IMAP_PORTS),
        smtp=_server("SMTP", "smtp", settings, SMTP_PORTS),
        folder=_text(config, "folder") or "INBOX",
        sent_folder=_text(config, "sent_folder"),
        server_keeps_sent=bool(config.get("server_keeps_sent")),
        own_addresses=frozenset({address, *(str(alias).strip().lower() for alias in aliases)}),  # type: ignore[attr-defined]
        plus_address=bool(config.get("plus_address")),
        since=_date(config),
        may_idle=bool(config.get("idle", True)),
        poll_seconds=max(_number(config, "poll_seconds", 60), 1),
        max_mail_bytes=max(_number(config, "max_mail_mb", 25), 1) * 1_000_000,
        authserv_id=_text(config, "authserv_id").lower(),
    )


def _server(protocol: str, prefix: str, settings: Settings, ports: dict[Security, int]) -> Server | None:
    config = settings.config
    host = _text(config, f"{prefix}_host")
    if not host:
        return None
    wanted = _text(config, f"{prefix}_security") or Security.TLS
    if wanted not in set(Security):
        _refuse(
            _("%(protocol)s security is %(wanted)r; choose tls, starttls or none.")
            % {"protocol": protocol, "wanted": str(wanted)}
        )
    security = Security(wanted)
    if security is Security.NONE and not _is_loopback(host):
        _refuse(
            _(
                "%(protocol)s without encryption is allowed on this machine only, not to %(host)s. Choose tls or starttls."
            )
            % {"protocol": protocol, "host": host}
        )
    port = _number(config, f"{prefix}_port", ports[security])
    if not 1 <= port <= 65_535:
        _refuse(
            _("%(protocol)s port %(port)d does not exist; it is usually %(usual)d.")
            % {"protocol": protocol, "port": port, "usual": ports[security]}
        )
    user = _text(config, f"{prefix}_user") or _text(config, "user") or settings.address
    password = settings.secrets.get(f"{prefix}_password") or settings.secrets.get("password", "")
    return Server(protocol, host, port, security, user, password)


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _text(config: Mapping[str, object], key: str) -> str:
    value = config.get(key)
    return str(value).strip() if value is not None else ""


def _number(config: Mapping[str, object], key: str, usual: int) -> int:
    value = _text(config, key)
    if not value:
        return usual
    try:
        return int(float(value))
    except (ValueError, OverflowError):
        _refuse(_("The setting %(key)s is %(value)r; give a number.") % {"key": key, "value": value[:40]})


def _date(config: Mapping[str, object]) -> date | None:
    value = _text(config, "since")
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        _refuse(_("The setting since is %(value)r; give a date such as 2026-11-01.") % {"value": value[:40]})


def _refuse(reason: str) -> NoReturn:
    raise NetworkError(reason, permanent=True, is_channel_wide=True)
