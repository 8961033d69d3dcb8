"""A mailbox on a real server: Dovecot for IMAP, aiosmtpd for SMTP, mail that goes all the way round."""

import hashlib
import time
from datetime import UTC, datetime

import pytest
from django.test import Client

from midchannel.middle.conversations.models import Conversation, Message, Participant
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import (
    Activity,
    Channel,
    DeliveryState,
    Handle,
    Health,
)
from midchannel.outside.channels.port import File
from midchannel.outside.channels.queries import mailboxes
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries as account_queries
from midchannel.platform.files import actions as files
from midchannel.platform.files import queries as kept_files
from tests.peers.desk import ADAPTER, Desk, apply, lanes, newest, open_desk, write
from tests.peers.dovecot import Dovecot
from tests.peers.smtp import Relay, serving

pytestmark = [pytest.mark.peer, pytest.mark.django_db(transaction=True)]


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
