"""A mailbox of the company on the real server, a customer with another, and what both can do."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from midchannel.middle.conversations.models import Conversation
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import (
    Activity,
    ChannelCount,
    Delivery,
)
from midchannel.outside.channels.port import Outgoing
from midchannel.outside.networks.email.adapter import EmailAdapter
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.models import Team, User
from midchannel.usecases import arrive, deliver, open_channel, read_channels, reply
from tests.peers.dovecot import PASSWORD, Dovecot
from tests.peers.smtp import Relay

ADAPTER = EmailAdapter()
numbers = itertools.count(1)


@dataclass
class Desk:
    """One mailbox of the company as a channel, and one customer with a mailbox."""

    channel_id: int
    server: Dovecot
    relay: Relay
    mailbox: str
    customer: str

    @property
    def address(self) -> str:
        return f"{self.mailbox}@shop.example"

    @property
    def customers_address(self) -> str:
        return f"{self.customer}@firma.example"

    def read(self) -> None:
        """Read the mailbox once, until nothing more waits, and apply what came."""
        done: list[bool] = []
        read_channels.read_channel(self.channel_id, should_stop=lambda: bool(done), told=lambda: done.append(True))
        apply()

    def customer_writes(self, subject: str, text: str, **headers: str) -> EmailMessage:
        """A mail from the customer's program comes into the company's mailbox."""
        mail = write(self.customers_address, self.address, subject, text, **headers)
        self.server.deliver(mail, to=mail["To"].addresses[0].addr_spec)
        return mail

    def agent(self) -> User:
        """Somebody who answers mail."""
        now = datetime.now(UTC)
        mia = accounts.create_person(
            email=f"agent{next(numbers)}@shop.example", name="Mia", password=None, now=now, role="agent"
        )
        accounts.set_members(Team.objects.get(), [mia.pk], now=now)
        return mia

    def agent_replies(self, conversation: Conversation, text: str) -> Delivery:
        """Somebody of the company answers in the browser, and it goes out."""
        now = datetime.now(UTC)
        conversation.refresh_from_db()
        sent = reply.send(
            account_queries.viewer_for(self.agent()),
            conversation.pk,
            text=text,
            client_key=str(next(numbers)),
            saw_message_id=conversation.last_message_id,
            saw_in_id=conversation.last_in_id,
            now=now,
        )
        assert isinstance(sent, reply.Sent)
        while deliver.send_due(now=now + timedelta(minutes=1)):
            pass
        return Delivery.objects.get(message_id=sent.message_id)

    def company_sends(self, conversation: Conversation, text: str, **more: Any) -> Outgoing:
        """The company answers in a conversation."""
        settings = channels.settings_of(self.channel_id)
        outgoing = Outgoing(
            key=ADAPTER.new_key(settings, message_id=next(numbers) + 10_000),
            text=text,
            **{
                "to": [self.customers_address],
                "subject": f"Re: {conversation.subject}",
                "conversation_id": str(conversation.pk),
                **more,
            },
        )
        ADAPTER.send(settings, outgoing)
        return outgoing

    def activity(self, **which: Any) -> Activity:
        """The one activity that came through this channel (the table is partitioned and not emptied between tests)."""
        return Activity.objects.get(channel_id=self.channel_id, **which)

    def wait_for(self, received: int) -> None:
        """Until so many mails have come in."""
        wait_until(lambda: self.count()[0] == received, seconds=30)

    def data(self, **which: Any) -> dict[str, Any]:
        """What only mails have, of that activity."""
        data = self.activity(**which).data
        assert isinstance(data, dict)
        return data

    def count(self) -> tuple[int, int, int]:
        """received, duplicate, applied."""
        rows = ChannelCount.objects.filter(channel_id=self.channel_id)
        return sum(r.received for r in rows), sum(r.duplicate for r in rows), sum(r.applied for r in rows)


def write(sender: str, to: str, subject: str, text: str, **headers: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.default)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{next(numbers)}.{time.time_ns()}@{sender.partition('@')[2]}>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def apply() -> None:
    while arrive.apply_waiting(now=datetime.now(UTC)):
        pass


def wait_until(true: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def open_desk(server: Dovecot, relay: Relay, **config: object) -> Desk:
    number = next(numbers)
    mailbox, customer = f"support{number}", f"ana{number}"
    usual = {
        "imap_host": "127.0.0.1",
        "imap_port": server.imap_port,
        "imap_security": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": relay.port,
        "smtp_security": "none",
        "user": mailbox,
    }
    if not User.objects.exists():  # without anybody there would be no team to work in
        accounts.create_person(email="first@shop.example", name="First", password=None, now=datetime.now(UTC))
    opened = open_channel.open_channel(
        None,
        network="email",
        name=f"Mail {number}",
        address=f"{mailbox}@shop.example",
        config={**usual, **config},
        secrets={"password": PASSWORD},
        now=datetime.now(UTC),
    )
    return Desk(opened.channel_id, server, relay, mailbox, customer)


@contextmanager
def lanes() -> Iterator[read_channels.Lanes]:
    running = read_channels.Lanes()
    running.work()
    try:
        yield running
    finally:
        running.stop()
        running.join()


def newest(server: Dovecot, user: str, folder: str = "INBOX") -> EmailMessage:
    mail = message_from_bytes(server.mails_of(user, folder)[-1], policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail
