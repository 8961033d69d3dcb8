"""Mailboxes and mails for the tests of this folder."""

from pathlib import Path
from typing import Any

from midchannel.outside.channels.port import Settings
from midchannel.outside.networks.email import mailbox
from midchannel.outside.networks.email.mailbox import Mailbox
from midchannel.outside.networks.email.threads import Marks

PAYLOADS = Path(__file__).parent / "payloads"
MARKS = Marks("a secret")
OWN_ID = MARKS.own_id(4711, "shop.example")


def payload(name: str) -> bytes:
    """A captured mail. OWNID stands for a Message-ID of ours, which depends on the installation's secret."""
    return (PAYLOADS / f"{name}.eml").read_bytes().replace(b"OWNID", OWN_ID.encode())


def settings(**config: Any) -> Settings:
    """A channel for support@shop.example on this machine."""
    usual = {
        "imap_host": "127.0.0.1",
        "imap_port": 1143,
        "imap_security": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": 1025,
        "smtp_security": "none",
        "user": "support",
    }
    return Settings(1, "Shop support", "support@shop.example", {**usual, **config}, {"password": "secret"})


def box(**config: Any) -> Mailbox:
    """The same, read."""
    return mailbox.of(settings(**config))
