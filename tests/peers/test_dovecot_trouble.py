"""What can go wrong on the way out and with the connection: unknown outcomes, refusals, wrong settings, servers that go away."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from midchannel.middle.conversations.models import Conversation
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import (
    Channel,
    DeliveryState,
    Health,
)
from midchannel.outside.channels.port import NetworkError, Outgoing
from midchannel.outside.networks.email.threads import Marks
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import deliver, read_channels
from tests.peers.desk import ADAPTER, Desk, lanes, newest, open_desk, wait_until
from tests.peers.dovecot import PASSWORD, Dovecot
from tests.peers.smtp import Relay, serving

pytestmark = [pytest.mark.peer, pytest.mark.django_db(transaction=True)]


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
