"""What can go wrong on the way in: crashes, a full disk, large, broken and forged mail, machines."""

import errno
from datetime import UTC, datetime

import pytest

from midchannel.middle.conversations.models import Conversation, Message, State
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import budget
from midchannel.outside.channels.models import (
    DeliveryState,
    Handle,
    Parked,
)
from midchannel.outside.channels.port import Batch, NetworkError
from midchannel.platform.files import actions as files
from midchannel.platform.files import queries as kept_files
from tests.peers.desk import ADAPTER, Desk, newest, open_desk, write
from tests.peers.dovecot import Dovecot
from tests.peers.smtp import Relay, serving

pytestmark = [pytest.mark.peer, pytest.mark.django_db(transaction=True)]


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
