"""A mailbox on a real server: Dovecot for IMAP, aiosmtpd for SMTP, mail that goes all the way round."""

import errno
import hashlib
import itertools
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from midchannel.middle.conversations.models import Conversation, Message, Participant, State
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import budget
from midchannel.outside.channels.models import (
    Activity,
    Channel,
    ChannelCount,
    Delivery,
    DeliveryState,
    Handle,
    Health,
    Parked,
)
from midchannel.outside.channels.port import Batch, File, NetworkError, Outgoing
from midchannel.outside.channels.queries import mailboxes
from midchannel.outside.networks.email.adapter import EmailAdapter
from midchannel.outside.networks.email.threads import Marks
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.accounts.models import Team, User
from midchannel.platform.audit.actions import Actor
from midchannel.platform.files import actions as files
from midchannel.platform.files import queries as kept_files
from midchannel.usecases import arrive, deliver, open_channel, read_channels, reply
from tests.peers.dovecot import PASSWORD, Dovecot
from tests.peers.smtp import Relay, serving

pytestmark = [pytest.mark.peer, pytest.mark.django_db(transaction=True)]

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


@pytest.fixture
def desk(mail_server: Dovecot) -> Iterator[Desk]:
    with serving(Relay(mail_server.lmtp_port)) as relay:
        yield open_desk(mail_server, relay)


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


def test_a_mail_is_pushed_by_idle_and_becomes_a_conversation(desk: Desk) -> None:
    desk.customer_writes("First", "the mailbox is made by its first mail")
    with lanes():
        desk.wait_for(1)
        sent_at = time.monotonic()

        desk.customer_writes("Invoice for März", "Grüße, where is it?", Cc="Bo <bo@firma.example>")

        desk.wait_for(2)
        pushed_after = time.monotonic() - sent_at
    apply()
    conversation = Conversation.objects.get(subject="Invoice for März")
    assert Activity.objects.get(pk=conversation.last_message_id).text == "Grüße, where is it?"
    assert Handle.objects.get(pk=conversation.handle_id).address == desk.customers_address
    assert Participant.objects.filter(conversation_id=conversation.pk).count() == 1
    assert Channel.objects.get(pk=desk.channel_id).health == Health.OK
    assert pushed_after < 5


def test_an_answer_to_our_answer_comes_back_into_the_same_conversation(desk: Desk) -> None:
    first = desk.customer_writes("Broken lamp", "It flickers.", Cc="Bo <bo@firma.example>")
    desk.read()
    conversation = Conversation.objects.get(subject="Broken lamp")

    delivery = desk.agent_replies(conversation, "Which lamp is it?")

    got = newest(desk.server, desk.customer)
    assert delivery.state == DeliveryState.SENT
    assert got["Message-ID"] == delivery.external_key
    assert got["In-Reply-To"] == first["Message-ID"]
    assert got["Subject"] == "Re: Broken lamp"
    assert got["Cc"] == "bo@firma.example"
    desk.customer_writes(
        "Re: Broken lamp",
        "The blue one.\n\nOn Friday, Shop wrote:\n> Which lamp is it?\n",
        In_Reply_To=got["Message-ID"],
        References=got["Message-ID"],
    )
    desk.read()
    messages = Message.objects.filter(conversation_id=conversation.pk).order_by("id")
    answer = desk.activity(pk=messages[2].pk)
    assert Conversation.objects.count() == 1
    assert answer.text == "The blue one."
    data = desk.data(pk=answer.pk)
    assert data["quoted"].startswith("On Friday, Shop wrote:")
    assert data["threaded_by"] == "own"


def test_an_answer_without_any_header_comes_back_by_the_plus_address(mail_server: Dovecot) -> None:
    with serving(Relay(mail_server.lmtp_port)) as relay:
        desk = open_desk(mail_server, relay, plus_address=True)
        desk.customer_writes("No headers", "Hello?")
        desk.read()
        conversation = Conversation.objects.get()
        desk.company_sends(conversation, "We are here.")
        back = newest(mail_server, desk.customer)["Reply-To"].addresses[0].addr_spec

        answer = write(desk.customers_address, back, "something else entirely", "Good!")
        mail_server.deliver(answer, to=back)
        desk.read()

    assert back != desk.address
    assert Message.objects.filter(conversation_id=conversation.pk).count() == 2
    assert desk.data(text="Good!")["threaded_by"] == "plus"


def test_a_server_without_idle_is_asked_again_and_again(mail_server: Dovecot) -> None:
    with serving(Relay(mail_server.lmtp_port)) as relay:
        desk = open_desk(mail_server, relay, idle=False, poll_seconds=1)
        with lanes():
            for n in range(3):
                desk.customer_writes(f"Polled {n}", "without a push")
                desk.wait_for(n + 1)


def test_a_mail_from_a_file_is_the_same_as_by_imap(desk: Desk) -> None:
    desk.customer_writes("Exported", "once by IMAP, once from a file")
    desk.read()

    document = ADAPTER.read_file(channels.settings_of(desk.channel_id), desk.server.mails_of(desk.mailbox)[0])
    channels.receive(desk.channel_id, [document], now=datetime.now(UTC))

    assert desk.count() == (2, 1, 1)


def test_attachments_go_both_ways(desk: Desk) -> None:
    mail = write(desk.customers_address, desk.address, "Photos", "see here")
    mail.add_attachment(b"\x89PNG picture", maintype="image", subtype="png", filename="Größe.png")
    desk.server.deliver(mail, to=desk.address)
    desk.read()

    kept = desk.data()["files"][0]
    assert kept["name"] == "Größe.png"
    assert kept_files.read(kept["mc:sha256"]) == b"\x89PNG picture"

    stored = files.keep(b"%PDF our answer", media_type="application/pdf", now=datetime.now(UTC))
    file = File(
        name="Antwort für Ana.pdf", media_type="application/pdf", sha256=stored.sha256, size_bytes=stored.size_bytes
    )
    desk.company_sends(Conversation.objects.get(), "and back", files=[file])

    part = next(newest(desk.server, desk.customer).iter_attachments())
    assert part.get_filename() == "Antwort für Ana.pdf"
    assert part.get_payload(decode=True) == b"%PDF our answer"


def test_html_mail_shows_its_own_pictures_and_loads_nothing_from_outside(desk: Desk, client: Client) -> None:
    mail = write(desk.customers_address, desk.address, "Pictures", "plain words")
    mail.add_alternative(
        '<p>Look <img src="cid:photo@x"> <img src="https://spy.example/pixel.gif"><script>alert(1)</script></p>',
        subtype="html",
    )
    list(mail.iter_parts())[1].add_related(b"\x89PNG photo", maintype="image", subtype="png", cid="<photo@x>")
    desk.server.deliver(mail, to=desk.address)
    desk.read()
    client.force_login(desk.agent())

    page = client.get(f"/inbox/c/{Conversation.objects.get().pk}/").content.decode()
    picture = page.partition('<img src="/inbox/')[2].partition('"')[0]
    answer = client.get(f"/inbox/{picture}")

    assert (answer.content, answer["Content-Type"]) == (b"\x89PNG photo", "image/png")
    assert "spy.example" not in page
    assert "alert(1)" not in page


def test_the_original_mail_is_kept_whole(desk: Desk) -> None:
    desk.customer_writes("Whole", "every byte")
    desk.read()

    raw = desk.server.mails_of(desk.mailbox)[-1]

    assert kept_files.read(hashlib.sha256(raw).hexdigest()) == raw


def test_a_mailbox_numbered_anew_doubles_nothing(desk: Desk) -> None:
    for n in range(3):
        desk.customer_writes(f"Mail {n}", "once")
    desk.read()
    before = channels.settings_of(desk.channel_id).cursor["uidvalidity"]

    desk.server.number_anew(desk.mailbox)
    desk.customer_writes("Mail 3", "once")
    desk.read()

    assert channels.settings_of(desk.channel_id).cursor["uidvalidity"] != before
    assert Conversation.objects.count() == 4
    assert desk.count() == (7, 3, 4)


def test_an_administrator_sees_how_far_the_mailbox_is_read_and_how_mails_were_threaded(
    desk: Desk, client: Client
) -> None:
    first = desk.customer_writes("State", "hello")
    desk.customer_writes("Re: State", "and more", In_Reply_To=first["Message-ID"])
    desk.read()
    ana = accounts.create_person(
        email="ana@shop.example", name="Ana", password=None, now=datetime.now(UTC), role="administrator"
    )
    now = datetime.now(UTC)

    state = mailboxes.get_mailbox_state(account_queries.viewer_for(ana), desk.channel_id, now=now)
    client.force_login(ana)
    page = client.get(f"/settings/channels/{desk.channel_id}/").content.decode()

    assert state == mailboxes.MailboxState("INBOX", held=2, read=2, counted=2, by_own=0, by_reference=1, by_plus=0)
    assert "2 mails in INBOX when last looked, 2 read" in page


def test_a_crash_between_fetch_and_commit_loses_nothing(desk: Desk) -> None:
    desk.customer_writes("Crash", "please keep me")

    def crash(_batch: Batch) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ADAPTER.read(channels.settings_of(desk.channel_id), crash, should_stop=lambda: False)
    assert desk.count() == (0, 0, 0)
    desk.read()
    desk.read()

    assert desk.count() == (1, 0, 1)


def test_a_full_disk_is_said_and_the_mail_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.customer_writes("Full", "keep me")

    def full(*_args: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(files, "keep", full)
        with pytest.raises(NetworkError, match=r"No space left on device\. Make room"):
            desk.read()
    desk.read()

    assert desk.count() == (1, 0, 1)


def test_an_answer_that_overtakes_its_question_finds_it(desk: Desk) -> None:
    question = write(desk.customers_address, desk.address, "Order", "the question")
    answer = write("bo@firma.example", desk.address, "Re: Order", "the answer", In_Reply_To=question["Message-ID"])
    desk.server.deliver(answer, to=desk.address)
    desk.read()
    desk.server.deliver(question, to=desk.address)
    desk.read()

    with_messages = Conversation.objects.filter(joined_into_id=None)
    assert [Message.objects.filter(conversation_id=c.pk).count() for c in with_messages] == [2]


def test_a_40_mb_attachment_is_named_and_the_words_arrive(desk: Desk) -> None:
    mail = write(desk.customers_address, desk.address, "Film", "Here is the film.")
    mail.add_attachment(b"x" * 40_000_000, maintype="video", subtype="mp4", filename="film.mp4")
    mail.add_attachment(b"small", maintype="text", subtype="csv", filename="list.csv")
    desk.server.deliver(mail, to=desk.address)

    desk.read()

    activity = desk.activity()
    assert activity.text.startswith("Here is the film.\n\n[The attachment film.mp4 (40 MB) is too large")
    assert [(f["name"], "mc:sha256" in f) for f in desk.data()["files"]] == [("list.csv", True), ("film.mp4", False)]
    assert Conversation.objects.get().subject == "Film"


def test_a_larger_limit_takes_the_40_mb_in(mail_server: Dovecot) -> None:
    with serving(Relay(mail_server.lmtp_port)) as relay:
        desk = open_desk(mail_server, relay, max_mail_mb=100)
        mail = write(desk.customers_address, desk.address, "Film", "Here is the film.")
        mail.add_attachment(b"x" * 40_000_000, maintype="video", subtype="mp4", filename="film.mp4")
        mail_server.deliver(mail, to=desk.address)
        desk.read()

    activity = desk.activity()
    assert activity.text == "Here is the film."
    assert len(kept_files.read(desk.data()["files"][0]["mc:sha256"])) == 40_000_000


def test_broken_mails_arrive_and_hold_nothing_up(desk: Desk) -> None:
    for raw in (
        b"",
        b"\x00\xff\xfe",
        b"From: a\r\n\r\n",
        b"Subject: nobody wrote this\r\n\r\nwords",
        b"From: b@x.example\r\n\r\nno id",
    ):
        desk.server.deliver(raw or b"\r\n", to=desk.address)
    desk.customer_writes("Good", "after the broken ones")
    desk.read()
    received, duplicate, applied = desk.count()

    assert Conversation.objects.filter(subject="Good").count() == 1
    assert received == 6
    assert applied + duplicate + Parked.objects.count() == received
    assert all("actor" in parked.reason for parked in Parked.objects.all())


def test_our_own_mail_in_the_inbox_is_a_duplicate_and_makes_no_customer(desk: Desk) -> None:
    desk.customer_writes("Own", "hello")
    desk.read()
    delivery = desk.agent_replies(Conversation.objects.get(), "and a copy to ourselves")
    copy = desk.server.mails_of(desk.customer)[0]
    desk.server.deliver(copy, to=desk.address, sender=desk.address)

    desk.read()

    assert desk.count() == (2, 1, 1)
    assert Message.objects.filter(pk=delivery.message_id).exists()
    assert Conversation.objects.count() == 1
    assert not Conversation.objects.filter(
        handle_id__in=Handle.objects.filter(address=desk.address).values("id")
    ).exists()


def bounce_of(message_id: str, *, from_: str, to: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMessage-ID: <b1.{message_id[1:]}\r\n"
        'Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\n\r\nIt came back.\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {from_}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--B--\r\n"
    ).encode()


def test_a_bounce_fails_the_delivery_with_its_reason_and_opens_nothing_new(desk: Desk) -> None:
    desk.customer_writes("Bounce", "hello")
    desk.read()
    conversation = Conversation.objects.get()
    delivery = desk.agent_replies(conversation, "will come back")

    report = bounce_of(delivery.external_key, from_=desk.customers_address, to=desk.address)
    desk.server.deliver(report, to=desk.address, sender="")
    desk.read()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.permanent) == (DeliveryState.FAILED, True)
    assert "550 5.1.1 User unknown" in delivery.reason
    assert Conversation.objects.get().state == State.OPEN
    assert Message.objects.filter(conversation_id=conversation.pk).count() == 3


def test_a_forged_bounce_fails_nothing(desk: Desk) -> None:
    desk.customer_writes("Bounce", "hello")
    desk.read()
    delivery = desk.agent_replies(Conversation.objects.get(), "arrives well")

    forged = f"<mc.{delivery.message_id}.{'a' * 16}@shop.example>"
    desk.server.deliver(bounce_of(forged, from_=desk.customers_address, to=desk.address), to=desk.address, sender="")
    desk.read()

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.SENT


def test_two_machines_answering_each_other_are_stopped_by_the_budget(desk: Desk) -> None:
    desk.customer_writes("Loop", "I am a badly made robot")
    desk.read()
    conversation = Conversation.objects.get()
    rounds = 0

    while rounds < 100 and budget.take(desk.channel_id, desk.customers_address, datetime.now(UTC)):
        ours = desk.company_sends(conversation, "Thank you for your mail.", automatic=True)
        desk.customer_writes("Re: Loop", f"automatic answer {rounds}", In_Reply_To=ours.key)
        desk.read()
        rounds += 1

    assert rounds == budget.PER_HOUR
    assert newest(desk.server, desk.customer)["Auto-Submitted"] == "auto-generated"


def test_an_out_of_office_answer_opens_nothing(desk: Desk) -> None:
    desk.customer_writes("Away", "I am away", Auto_Submitted="auto-replied")
    desk.read()

    assert Conversation.objects.count() == 0
    assert desk.data()["automatic"] == "auto-reply"


def test_a_connection_killed_after_data_is_unknown_until_there_is_proof_and_never_repeated(desk: Desk) -> None:
    desk.customer_writes("Killed", "hello")
    desk.read()
    conversation = Conversation.objects.get()
    desk.relay.breaks = True
    delivery = desk.agent_replies(conversation, "did it go?")
    assert delivery.state == DeliveryState.UNKNOWN

    deliver.reconcile(datetime.now(UTC) + timedelta(minutes=5))
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.UNKNOWN
    desk.customer_writes("Re: Killed", "yes, it came", In_Reply_To=newest(desk.server, desk.customer)["Message-ID"])
    deliver.reconcile(datetime.now(UTC) + timedelta(hours=3))

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.CONFIRMED
    assert len(desk.relay.taken) == 1


def test_what_was_sent_is_found_in_the_sent_folder(desk: Desk) -> None:
    desk.customer_writes("Sent", "hello")
    desk.read()
    outgoing = desk.company_sends(Conversation.objects.get(), "a copy is kept")
    settings = channels.settings_of(desk.channel_id)

    receipt = ADAPTER.lookup(settings, outgoing)

    assert receipt is not None
    assert receipt.external_id == outgoing.key
    assert newest(desk.server, desk.mailbox, "Sent")["Message-ID"] == outgoing.key


def test_a_provider_that_keeps_what_is_sent_can_say_that_nothing_was(mail_server: Dovecot) -> None:
    with serving(Relay(mail_server.lmtp_port)) as relay:
        desk = open_desk(mail_server, relay, server_keeps_sent=True)
        settings = channels.settings_of(desk.channel_id)

        assert (
            ADAPTER.lookup(
                settings, Outgoing(key=Marks(django_settings.SECRET_KEY).own_id(5, "shop.example"), text="", to=[])
            )
            is None
        )


@pytest.mark.parametrize(
    ("answer", "permanent"), [("550 5.1.1 no such user", True), ("451 4.7.1 greylisted, come back", False)]
)
def test_a_refused_recipient_is_named_and_nothing_is_sent(desk: Desk, answer: str, permanent: bool) -> None:
    desk.relay.refused["gone@firma.example"] = answer
    settings = channels.settings_of(desk.channel_id)
    outgoing = Outgoing(key="<x@shop.example>", text="hi", to=[desk.customers_address], cc=["gone@firma.example"])

    with pytest.raises(NetworkError, match=r"gone@firma\.example.*Nothing was sent") as raised:
        ADAPTER.send(settings, outgoing)

    assert raised.value.permanent is permanent
    assert not raised.value.is_channel_wide
    assert desk.relay.taken == []


def test_the_channel_fails_with_words_and_is_well_again_by_itself(desk: Desk) -> None:
    channels.change_settings(desk.channel_id, secrets={"password": "wrong"}, by=Actor("test"), now=datetime.now(UTC))
    with lanes() as running:
        wait_until(lambda: Channel.objects.get(pk=desk.channel_id).health == Health.FAILING)
        assert "refused the sign-in" in Channel.objects.get(pk=desk.channel_id).health_reason

        channels.change_settings(
            desk.channel_id, secrets={"password": PASSWORD}, by=Actor("test"), now=datetime.now(UTC)
        )

        def is_well() -> bool:
            running.work()
            return Channel.objects.get(pk=desk.channel_id).health == Health.OK

        wait_until(is_well)


def test_a_restarted_server_is_read_on_without_a_word(desk: Desk) -> None:
    desk.customer_writes("Before", "one")
    with lanes():
        desk.wait_for(1)
        desk.server.restart()
        desk.customer_writes("After", "two")
        desk.wait_for(2)

        assert Channel.objects.get(pk=desk.channel_id).health == Health.OK


def test_two_processes_do_not_read_one_mailbox_at_once(desk: Desk) -> None:
    desk.customer_writes("One", "reader")
    with lanes():
        desk.wait_for(1)

        assert read_channels.read_channel(desk.channel_id, should_stop=lambda: True) is None


def check(desk: Desk, *, password: str = "", **config: object) -> list[str]:
    settings = channels.settings_of(desk.channel_id)
    settings.config.update(config)
    if password:
        settings.secrets["password"] = password
    return ADAPTER.check(settings)


def test_a_good_mailbox_checks_well(desk: Desk) -> None:
    assert check(desk) == []


def test_each_wrong_setting_gets_words_of_its_own(desk: Desk, mail_server: Dovecot) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        closed = silent.getsockname()[1]

        assert "Nothing answers" in check(desk, imap_port=closed)[0]
    assert "no server named" in check(desk, imap_host="imap.invalid", imap_security="tls")[0]
    assert "does not speak TLS" in check(desk, imap_security="tls")[0]
    assert "does not speak TLS" in check(desk, imap_security="none", smtp_security="tls")[0]
    assert "no STARTTLS" in check(desk, smtp_security="starttls")[0]
    assert "has no folder Kunden. It has: INBOX, Sent" in check(desk, smtp_security="none", folder="Kunden")[0]
    assert "this machine only" in check(desk, folder="INBOX", imap_host="imap.shop.example")[0]
    wrong = check(desk, imap_host="127.0.0.1", password="wrong")
    assert ["IMAP server 127.0.0.1 refused" in wrong[0], "SMTP server 127.0.0.1 refused" in wrong[1]] == [True, True]
    assert (
        "cannot be trusted" in check(desk, imap_port=mail_server.imaps_port, imap_security="tls", password=PASSWORD)[0]
    )


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_round_over_tls(
    mail_server: Dovecot, certificate: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    tls = {"tls": context} if security == "tls" else {"starttls": context}
    with serving(Relay(mail_server.lmtp_port), **tls) as relay:
        port = mail_server.imaps_port if security == "tls" else mail_server.imap_port
        desk = open_desk(mail_server, relay, imap_port=port, imap_security=security, smtp_security=security)
        desk.customer_writes("TLS", "safe?")
        desk.read()
        desk.company_sends(Conversation.objects.get(), "safe.")

        assert check(desk) == []
        assert newest(mail_server, desk.customer).get_content().strip() == "safe."
