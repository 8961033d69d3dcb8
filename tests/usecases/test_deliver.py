"""What is on its way: tried again, lost, unknown, bounced; and who brings it."""

import threading

import pytest
from django.db import connection

from midchannel.middle.conversations import queries
from midchannel.middle.conversations.models import Message
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.errors import CannotSendError
from midchannel.outside.channels.models import Delivery
from midchannel.outside.channels.port import NetworkError, OutcomeUnknownError, Outgoing, Receipt
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import clockwork, deliver, reply
from tests.desk import NOW, Desk, after, make_desk, say
from tests.usecases.replying import answer, bubble, deliver_all, failing, kinds, sent, state_of

pytestmark = pytest.mark.django_db
HELD = """
SELECT pg_sleep(0.01) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_a_passing_failure_is_tried_again_later_and_later(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    wire = desk.wire(desk.mail)
    wire.answer = failing(NetworkError("The server is busy."))
    assert deliver.send_due(after(minutes=11))
    first = Delivery.objects.get()
    assert (first.state, first.reason) == ("queued", "The server is busy.")
    assert not deliver.send_due(after(minutes=11, seconds=9))
    assert deliver.send_due(after(minutes=11, seconds=10))
    assert not deliver.send_due(after(minutes=11, seconds=29))

    wire.answer = lambda outgoing: Receipt(outgoing.key, confirmed=True)
    assert deliver.send_due(after(minutes=12))

    assert state_of(bubble(desk.ana, conversation_id)) == "confirmed"
    assert len({outgoing.key for outgoing in wire.sent}) == 1


def test_a_lasting_failure_is_shown_with_its_reason_and_the_customer_waits_again(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    result = sent(desk.ana, conversation_id)
    wire = desk.wire(desk.mail)
    wire.answer = failing(NetworkError("There is no such address.", permanent=True))

    deliver_all(after(minutes=11))

    shown = bubble(desk.ana, conversation_id).delivery
    assert shown is not None
    assert (shown.state, shown.reason, shown.can_retry) == ("failed", "There is no such address.", True)
    row = queries.get_conversation(desk.ana, conversation_id).row
    assert (row.state, row.first_answered_at) == ("open", None)
    assert row.waiting_since == NOW
    assert "conversation.answered" not in kinds()

    wire.answer = lambda outgoing: Receipt(outgoing.key)
    reply.retry(desk.ana, result.message_id, now=after(minutes=20))
    deliver_all(after(minutes=20))

    assert state_of(bubble(desk.ana, conversation_id)) == "sent"
    assert queries.get_conversation(desk.ana, conversation_id).row.state == "waiting"
    assert kinds().count("conversation.answered") == 1


def test_a_wrong_password_makes_the_channel_fail_and_the_composer_says_so(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    wire = desk.wire(desk.mail)
    wire.answer = failing(NetworkError("The password is wrong.", is_channel_wide=True))

    deliver.send_due(after(minutes=11))

    composer = queries.composer_state(desk.ana, conversation_id)
    assert not composer.can_send
    assert "The password is wrong." in composer.reason
    with pytest.raises(CannotSendError):
        answer(desk.ana, conversation_id, key="k2", now=after(minutes=12))
    wire.answer = lambda outgoing: Receipt(outgoing.key)
    deliver.send_due(after(minutes=13))
    assert queries.composer_state(desk.ana, conversation_id).can_send


def test_a_lost_receipt_is_unknown_and_never_sent_again_by_itself(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    wire = desk.wire(desk.mail)
    wire.answer = failing(OutcomeUnknownError("The line broke."))
    wire.found = failing(OutcomeUnknownError())
    deliver_all(after(minutes=11))

    for minutes in range(12, 200, 3):
        clockwork.tick(now=after(minutes=minutes))
        deliver_all(after(minutes=minutes))

    assert len(wire.sent) == 1
    assert state_of(bubble(desk.ana, conversation_id)) == "unknown"


def test_an_unknown_delivery_is_asked_of_the_network(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    wire = desk.wire(desk.mail)
    wire.answer = failing(OutcomeUnknownError())
    deliver_all(after(minutes=11))
    wire.found = lambda outgoing: Receipt(f"there:{outgoing.key}")

    assert not deliver.reconcile(after(minutes=11, seconds=30))
    assert deliver.reconcile(after(minutes=13))

    assert state_of(bubble(desk.ana, conversation_id)) == "sent"
    assert kinds().count("conversation.answered") == 1


def test_what_the_network_does_not_have_is_left_to_a_person(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    desk.wire(desk.mail).answer = failing(OutcomeUnknownError())
    deliver_all(after(minutes=11))

    deliver.reconcile(after(minutes=13))

    shown = bubble(desk.ana, conversation_id).delivery
    assert shown is not None
    assert (shown.state, shown.is_permanent, shown.can_retry) == ("failed", False, True)
    assert deliver_all(after(hours=5)) == 0


class KilledError(BaseException):
    """The process is gone."""


def test_a_crash_between_sending_and_receipt_leaves_unknown(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    wire = desk.wire(desk.mail)
    wire.answer = failing(KilledError())
    wire.found = failing(OutcomeUnknownError())
    with pytest.raises(KilledError):
        deliver.send_due(after(minutes=11))
    assert Delivery.objects.get().state == "sending"

    deliver.reconcile(after(minutes=12))
    wire.answer = lambda outgoing: Receipt(outgoing.key)

    assert deliver_all(after(hours=5)) == 0
    assert state_of(bubble(desk.ana, conversation_id)) == "unknown"
    assert len(wire.sent) == 1
    reply.retry(desk.ana, Message.objects.get(direction=2).pk, now=after(hours=6))
    deliver_all(after(hours=6))
    assert [outgoing.key for outgoing in wire.sent] == [wire.sent[0].key] * 2
    assert state_of(bubble(desk.ana, conversation_id)) == "sent"


def test_a_fault_in_an_adapter_is_unknown_and_stops_no_other_delivery(desk: Desk) -> None:
    sent(desk.ana, say(desk.mail, "m1"))
    sent(desk.ana, say(desk.square, "p1"), key="k2")
    desk.wire(desk.mail).answer = failing(KeyError("oops"))

    assert deliver_all(after(minutes=11)) == 2

    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["sent", "unknown"]


def test_a_bounce_fails_what_was_sent(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    result = sent(desk.ana, conversation_id)
    deliver_all(after(minutes=11))
    assert queries.get_conversation(desk.ana, conversation_id).row.state == "waiting"

    failure = channels.Failure("The mailbox is full.")
    known = deliver.note_receipt(desk.mail, f"our-{result.message_id}", failure=failure, now=after(minutes=20))

    assert known
    shown = bubble(desk.ana, conversation_id).delivery
    assert shown is not None
    assert (shown.state, shown.reason) == ("failed", "The mailbox is full.")
    assert queries.get_conversation(desk.ana, conversation_id).row.state == "open"
    assert not deliver.note_receipt(desk.mail, "never-heard-of", failure=failure, now=after(minutes=20))


def test_two_workers_never_take_the_same_delivery(desk: Desk) -> None:
    sent(desk.ana, say(desk.mail, "m1"))

    first = channels.take_due(now=after(hours=1))
    second = channels.take_due(now=after(hours=1))

    assert first is not None
    channels.let_go(first.delivery_id)
    assert second is None


def test_what_was_said_first_goes_out_first(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id, "One", "k1")
    sent(desk.ana, conversation_id, "Two", "k2")
    wire = desk.wire(desk.mail)
    wire.answer = failing(NetworkError("The server is busy."))
    assert deliver_all(after(minutes=11)) == 1

    wire.answer = lambda outgoing: Receipt(outgoing.key)

    assert deliver_all(after(minutes=11, seconds=5)) == 0
    assert deliver_all(after(minutes=12)) == 2
    assert [outgoing.text for outgoing in wire.sent] == ["One", "One", "Two"]


@pytest.mark.django_db(transaction=True)
def test_what_a_living_worker_sends_is_not_taken_for_abandoned() -> None:
    desk = make_desk()
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    at_the_network, may_go_on = threading.Event(), threading.Event()

    def slow(outgoing: Outgoing) -> Receipt:
        at_the_network.set()
        assert may_go_on.wait(20)
        return Receipt(outgoing.key)

    desk.wire(desk.mail).answer = slow

    def work() -> None:
        try:
            deliver.send_due(after(minutes=11))
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert at_the_network.wait(20)
    deliver.reconcile(after(minutes=12))
    during = Delivery.objects.get().state
    may_go_on.set()
    worker.join()

    assert during == "sending"
    assert state_of(bubble(desk.ana, conversation_id)) == "sent"


@pytest.mark.django_db(transaction=True)
def test_what_a_lost_connection_leaves_is_unknown_to_the_next_worker() -> None:
    desk = make_desk()
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)

    def die() -> None:
        taken = channels.take_due(now=after(minutes=11))
        assert taken is not None
        connection.close()

    worker = threading.Thread(target=die)
    worker.start()
    worker.join()
    while fetch(HELD):  # the server lets go of what a connection held a moment after that is closed
        pass
    desk.wire(desk.mail).found = failing(OutcomeUnknownError())
    deliver.reconcile(after(minutes=12))

    assert state_of(bubble(desk.ana, conversation_id)) == "unknown"
    assert desk.wire(desk.mail).sent == []


def test_a_slow_network_leaves_lanes_to_the_others(desk: Desk) -> None:
    for number in range(3):
        sent(desk.ana, say(desk.mail, f"m{number}", who=f"{number}@example.com"), key=f"mail-{number}")
    sent(desk.ana, say(desk.square, "p1", who="ana@square"), key="square")

    on_their_way = [channels.take_due(now=after(hours=1)) for _ in range(4)]
    for taken in on_their_way:
        if taken:
            channels.let_go(taken.delivery_id)

    assert [taken and taken.channel_id for taken in on_their_way] == [desk.mail, desk.mail, desk.square, None]
