"""The company writes first only to those who allow it, and everybody can say no with one click."""

import pytest
from django.test import Client, override_settings

from midchannel.inside.improvements.models import Asker
from midchannel.middle.consents import actions as consents
from midchannel.middle.consents import queries
from midchannel.middle.customers.models import SourceRecord
from midchannel.outside.channels.models import Delivery, Handle
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import improve, reply, speak_first, start_conversation
from midchannel.usecases.speak_first import LinkNotKnownError, SaidNoError
from tests.desk import NOW, Desk, after, make_desk, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def record_of(address: str) -> SourceRecord:
    return SourceRecord.objects.get(handle_id=Handle.objects.get(address=address).pk)


def write(desk: Desk, *, purpose: str, key: str = "k") -> reply.Sent:
    return start_conversation.start(
        desk.ana,
        channel_id=desk.mail,
        address="cara@example.com",
        subject="News",
        text="Something new",
        client_key=key,
        purpose=purpose,
        now=after(hours=1),
    )


def test_marketing_goes_only_to_those_who_said_yes(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    with pytest.raises(SaidNoError, match="have not said yes"):
        write(desk, purpose="marketing")
    assert not Delivery.objects.exists()

    consents.record_consent(
        Actor("form"), record_of("cara@example.com").pk, purpose="marketing", state="granted", how="form", now=NOW
    )
    write(desk, purpose="marketing")

    assert Delivery.objects.exists()


def test_service_goes_to_all_but_those_who_said_no_and_they_are_still_answered(desk: Desk) -> None:
    conversation = say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    write(desk, purpose="service")
    consents.record_consent(
        desk.ana, record_of("cara@example.com").pk, purpose="service", state="withdrawn", how="said", now=NOW
    )

    with pytest.raises(SaidNoError, match="not to be written to first"):
        write(desk, purpose="service", key="again")
    sent = reply.send(
        desk.ana,
        conversation,
        text="An answer",
        client_key="a",
        saw_message_id=None,
        send_anyway=True,
        now=after(hours=2),
    )
    assert isinstance(sent, reply.Sent)


def test_whoever_said_no_is_not_told_of_an_improvement_and_the_ledger_says_why(desk: Desk) -> None:
    conversation = say(desk.mail, "<1@x>", "Please add this", who="cara@example.com", private=True)
    improvement = improve.begin(desk.lea, "Add this", conversation_id=conversation, now=NOW)
    improve.move(desk.lea, improvement, "doing", now=NOW)
    improve.move(desk.lea, improvement, "done", now=NOW)
    consents.record_consent(
        desk.ana, record_of("cara@example.com").pk, purpose="service", state="withdrawn", how="said", now=NOW
    )

    improve.tell(desk.lea, improvement, "It is there now.", after(hours=1))
    while improve.tell_next(now=after(hours=1)):
        break

    assert not Delivery.objects.exists()
    assert "asked not to be written to first" in Asker.objects.get().reason


@override_settings(CSRF_TRUSTED_ORIGINS=["https://care.example"])
def test_one_click_says_no_and_looking_does_not(desk: Desk) -> None:
    say(desk.mail, "<1@x>", "Words", who="cara@example.com", private=True)
    cara = record_of("cara@example.com")
    consents.record_consent(Actor("form"), cara.pk, purpose="marketing", state="granted", how="form", now=NOW)
    write(desk, purpose="marketing")
    address = Delivery.objects.get().document["unsubscribe"]
    path = address.removeprefix("https://care.example")
    client = Client(enforce_csrf_checks=True)

    assert client.get(path).status_code == 200
    assert queries.may(None, cara.customer_id, purpose="marketing")
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200

    assert not queries.may(None, cara.customer_id, purpose="marketing")
    lines = {line.purpose: line for line in queries.get_consents(None, cara.customer_id)}
    assert [row.how for row in lines["marketing"].rows] == ["unsubscribe", "form"]  # type: ignore[index]


def test_a_link_that_is_not_ours_is_refused(desk: Desk) -> None:
    assert Client().get("/unsubscribe/not-a-token-of-ours/").status_code == 404
    with pytest.raises(LinkNotKnownError):
        speak_first.unsubscribe("x" * 40, now=NOW)
