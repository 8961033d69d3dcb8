"""From what an agent writes to what the customer gets, and everything that can go wrong between."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

import pytest
from django.db import connection

from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations import queries
from midchannel.middle.conversations.models import Conversation, Message
from midchannel.middle.conversations.queries import MessageItem
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.errors import CannotSendError, NotOnItsWayError
from midchannel.outside.channels.models import Channel, Delivery, Seen
from midchannel.outside.channels.port import File, NetworkError, OutcomeUnknownError, Outgoing, Receipt
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import clockwork, deliver, reply, resolve
from midchannel.usecases.reply import Held, Sent
from tests.desk import NOW, TESTER, Desk, after, make_desk, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def answer(
    viewer: Viewer, conversation_id: int, text: str = "It is on its way", key: str = "k1", **more: Any
) -> Sent | Held:
    row = queries.get_conversation(viewer, conversation_id).row
    given = {"saw_message_id": row.last_message_id, "saw_in_id": row.last_in_id, "now": after(minutes=10), **more}
    return reply.send(viewer, conversation_id, text=text, client_key=key, **given)


def sent(viewer: Viewer, conversation_id: int, *args: str, **more: Any) -> Sent:
    result = answer(viewer, conversation_id, *args, **more)
    assert isinstance(result, Sent)
    return result


def deliver_all(now: datetime) -> int:
    count = 0
    while deliver.send_due(now):
        count += 1
    return count


def bubble(viewer: Viewer, conversation_id: int) -> MessageItem:
    return queries.list_messages(viewer, conversation_id).items[-1]


def state_of(message: MessageItem) -> str:
    assert message.delivery is not None
    return message.delivery.state


def kinds() -> list[str]:
    return list(StoredEvent.objects.order_by("id").values_list("kind", flat=True))


def test_a_reply_goes_out_on_the_customers_channel_after_the_time_to_take_it_back(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1", subject="Card", private=True)

    result = sent(desk.ana, conversation_id)

    assert not deliver.send_due(after(minutes=10, seconds=4))
    assert deliver.send_due(after(minutes=10, seconds=5))
    (outgoing,) = desk.wire(desk.mail).sent
    assert (outgoing.to, outgoing.subject, outgoing.in_reply_to) == (["cara@example.com"], "Re: Card", "m1")
    assert not outgoing.is_public
    assert outgoing.conversation_id == str(conversation_id)
    shown = bubble(desk.ana, conversation_id)
    assert (shown.id, shown.text, shown.author_name, state_of(shown)) == (
        result.message_id,
        "It is on its way",
        "Ana",
        "sent",
    )


def test_a_reply_names_those_before_it_so_that_mail_programs_thread_it(desk: Desk) -> None:
    say(desk.mail, "m1", private=True)
    conversation_id = say(desk.mail, "m3", behind=["m2", "m1"], private=True)

    sent(desk.ana, conversation_id)

    document = Delivery.objects.get().document
    assert document["in_reply_to"] == "m3"
    assert document["references"] == ["m1", "m2"]


def test_an_answer_to_our_answer_joins_the_thread_and_our_echo_is_a_duplicate(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1")
    result = sent(desk.ana, conversation_id)
    desk.wire(desk.square).answer = lambda outgoing: Receipt("net-77")
    deliver_all(after(hours=1))

    say(desk.square, f"our-{result.message_id}", "It is on its way", who="us", at=after(hours=2))
    say(desk.square, "net-77", "It is on its way", who="us", at=after(hours=2))
    joined = say(desk.square, "p2", "Thanks", behind="net-77", at=after(hours=3))

    assert joined == conversation_id
    assert Conversation.objects.count() == 1
    assert Message.objects.count() == 3


def test_the_same_key_again_sends_nothing_more_and_gives_the_same(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    first = sent(desk.ana, conversation_id)

    again = sent(desk.ana, conversation_id)

    assert again.is_repeat
    assert again.message_id == first.message_id
    assert Message.objects.filter(direction=2).count() == 1
    assert deliver_all(after(hours=1)) == 1


def test_one_persons_key_is_not_anothers(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    first = sent(desk.ana, conversation_id)

    second = sent(desk.ben, conversation_id, "And by courier", "k1", now=after(minutes=11))

    assert second.message_id != first.message_id


def test_a_reply_is_held_when_the_customer_wrote_meanwhile(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1", private=True)
    seen = queries.get_conversation(desk.ana, conversation_id).row
    say(desk.mail, "m2", "Forget it, it is here!", behind="m1", private=True, at=after(minutes=5))

    held = reply.send(
        desk.ana,
        conversation_id,
        text="Where do you live?",
        client_key="k",
        saw_message_id=seen.last_message_id,
        now=after(minutes=10),
    )

    assert isinstance(held, Held)
    assert held.cause == "moved_on"
    assert [message.text for message in held.new_messages] == ["Forget it, it is here!"]
    assert not Delivery.objects.exists()
    assert "message.held" in kinds()
    anyway = reply.send(
        desk.ana,
        conversation_id,
        text="Where do you live?",
        client_key="k",
        saw_message_id=seen.last_message_id,
        send_anyway=True,
        now=after(minutes=10),
    )
    assert isinstance(anyway, Sent)


def test_a_reply_is_held_when_a_colleague_answered_meanwhile(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    seen = queries.get_conversation(desk.ben, conversation_id).row
    sent(desk.ana, conversation_id)

    held = answer(desk.ben, conversation_id, saw_message_id=seen.last_message_id, saw_in_id=seen.last_in_id)

    assert isinstance(held, Held)
    assert [message.author_name for message in held.new_messages] == ["Ana"]


def test_a_reply_is_held_for_what_arrived_before_our_last_word_but_was_filed_after_it(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1", private=True)
    sent(desk.ana, conversation_id, now=after(minutes=10))
    seen = queries.get_conversation(desk.ana, conversation_id).row
    say(desk.mail, "m2", "Wait!", behind="m1", private=True, at=after(minutes=5))

    held = answer(
        desk.ana,
        conversation_id,
        "One more thing",
        "k2",
        saw_message_id=seen.last_message_id,
        saw_in_id=seen.last_in_id,
    )

    assert isinstance(held, Held)
    assert [message.text for message in held.new_messages] == ["Wait!"]


def test_a_reply_taken_back_never_goes_out_and_everything_is_as_before(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    before = Conversation.objects.values().get()
    result = sent(desk.ana, conversation_id, "Dear Mr Cara")

    text = reply.take_back(desk.ana, result.message_id, now=after(minutes=10, seconds=2))

    assert text == "Dear Mr Cara"
    assert deliver_all(after(hours=1)) == 0
    now_is = Conversation.objects.values().get()
    assert {k: v for k, v in now_is.items() if k not in ("owner_id", "owner_epoch")} == {
        k: v for k, v in before.items() if k not in ("owner_id", "owner_epoch")
    }
    draft = queries.get_draft(desk.ana, conversation_id)
    assert draft is not None
    assert draft.text == "Dear Mr Cara"
    assert not Seen.objects.filter(activity_id=result.message_id).exists()
    with pytest.raises(ConflictError):
        answer(desk.ana, conversation_id, "Dear Mr Cara")


def test_what_is_on_its_way_cannot_be_taken_back(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    result = sent(desk.ana, conversation_id)
    deliver_all(after(hours=1))

    with pytest.raises(NotOnItsWayError):
        reply.take_back(desk.ana, result.message_id, now=after(hours=1))


def test_only_its_author_takes_a_reply_back(desk: Desk) -> None:
    result = sent(desk.ana, say(desk.mail, "m1"))

    with pytest.raises(NotAllowedError):
        reply.take_back(desk.ben, result.message_id, now=after(minutes=10))


def test_reply_stops_the_first_answer_clock(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    sent(desk.ana, conversation_id)

    row = queries.get_conversation(desk.ana, conversation_id).row
    assert (row.state, row.waiting_since, row.first_answered_at) == ("waiting", None, after(minutes=10))
    assert row.owner_name == "Ana"


def test_that_it_was_answered_is_told_once_and_only_when_it_is_out(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    assert "conversation.answered" not in kinds()

    deliver_all(after(minutes=11))

    (event,) = StoredEvent.objects.filter(kind="conversation.answered")
    assert event.object_id == conversation_id
    assert (event.body["seconds"], event.body["is_first"], event.body["in_time"]) == (600, True, True)
    assert event.body["channel_id"] == desk.mail
    assert event.scope_ids == list(desk.ana.scope_ids)


def test_a_passing_failure_is_tried_again_later_and_later(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    wire = desk.wire(desk.mail)
    wire.answer = _raise(NetworkError("The server is busy."))
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


def _raise(error: BaseException) -> Callable[[Outgoing], NoReturn]:
    def fail(outgoing: Outgoing) -> NoReturn:
        raise error

    return fail


def test_a_lasting_failure_is_shown_with_its_reason_and_the_customer_waits_again(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    result = sent(desk.ana, conversation_id)
    wire = desk.wire(desk.mail)
    wire.answer = _raise(NetworkError("There is no such address.", permanent=True))

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
    wire.answer = _raise(NetworkError("The password is wrong.", is_channel_wide=True))

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
    wire.answer = _raise(OutcomeUnknownError("The line broke."))
    wire.found = _raise(OutcomeUnknownError())
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
    wire.answer = _raise(OutcomeUnknownError())
    deliver_all(after(minutes=11))
    wire.found = lambda outgoing: Receipt(f"there:{outgoing.key}")

    assert not deliver.reconcile(after(minutes=11, seconds=30))
    assert deliver.reconcile(after(minutes=13))

    assert state_of(bubble(desk.ana, conversation_id)) == "sent"
    assert kinds().count("conversation.answered") == 1


def test_what_the_network_does_not_have_is_left_to_a_person(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id)
    desk.wire(desk.mail).answer = _raise(OutcomeUnknownError())
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
    wire.answer = _raise(KilledError())
    wire.found = _raise(OutcomeUnknownError())
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
    desk.wire(desk.mail).answer = _raise(KeyError("oops"))

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


def test_what_is_private_stays_with_the_participants(desk: Desk) -> None:
    say(desk.mail, "m1", private=True, copies=("dan@example.com",))
    say(desk.mail, "other", who="eve@example.com", private=True)
    conversation_id = Conversation.objects.order_by("id")[0].pk

    sent(desk.ana, conversation_id)
    deliver_all(after(hours=1))

    (outgoing,) = desk.wire(desk.mail).sent
    assert (outgoing.to, outgoing.cc, outgoing.is_public) == (["cara@example.com"], ["dan@example.com"], False)
    composer = queries.composer_state(desk.ana, conversation_id)
    assert composer.audience == "private"
    assert composer.seen_by == "Seen by Cara, dan@example.com and your company."


def test_a_private_conversation_cannot_be_answered_in_public(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1", private=True)

    with pytest.raises(InvalidError) as refused:
        answer(desk.ana, conversation_id, audience="public")

    assert refused.value.field == "audience"
    sent(desk.ana, conversation_id)
    assert Delivery.objects.get().document["is_public"] is False


def test_a_private_conversation_in_a_purely_public_place_cannot_be_answered_at_all(desk: Desk) -> None:
    conversation_id = say(desk.wall, "w1", private=True)

    composer = queries.composer_state(desk.ana, conversation_id)

    assert not composer.can_send
    assert composer.choices == ()
    with pytest.raises(CannotSendError):
        answer(desk.ana, conversation_id)
    letter = channels.Letter(text="x", to=["cara@example.com"], is_public=False)
    with pytest.raises(CannotSendError):
        channels.queue_delivery(desk.wall, letter, message_id=1, client_key="x", due_at=NOW, now=NOW)


def test_a_public_post_can_be_answered_in_private_where_the_place_has_that(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1")

    composer = queries.composer_state(desk.ana, conversation_id)
    sent(desk.ana, conversation_id, audience="private")

    assert [choice.value for choice in composer.choices] == ["public", "private"]
    assert composer.where == "Published in public through Our square."
    assert composer.seen_by == "Everybody can read it."
    assert bubble(desk.ana, conversation_id).audience == "private"
    assert Delivery.objects.get().document["is_public"] is False


def test_files_go_with_the_message(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    form = File(name="form.pdf", media_type="application/pdf", sha256="a" * 64, size_bytes=12)

    sent(desk.ana, conversation_id, files=[form])
    deliver_all(after(hours=1))

    assert desk.wire(desk.mail).sent[0].files == [form]
    assert [each.name for each in bubble(desk.ana, conversation_id).attachments] == ["form.pdf"]


def test_nothing_can_be_said_in_spam_by_strangers_or_with_nothing_to_say(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    with pytest.raises(InvalidError):
        answer(desk.ana, conversation_id, "  \n ")
    with pytest.raises(InvalidError):
        answer(desk.ana, conversation_id, key="")
    with pytest.raises(NotFoundError):
        reply.send(desk.kim, conversation_id, text="Hi", client_key="k", saw_message_id=0, now=NOW)
    conversations.mark_spam(desk.ana, conversation_id, now=NOW)
    assert "spam" in queries.composer_state(desk.ana, conversation_id).reason
    with pytest.raises(CannotSendError):
        answer(desk.ana, conversation_id)


@pytest.mark.parametrize(("health", "word"), [("paused", "Holiday"), ("closed", "closed")])
def test_a_channel_that_cannot_send_says_so_before_anybody_types(desk: Desk, health: str, word: str) -> None:
    conversation_id = say(desk.mail, "m1")
    Channel.objects.filter(pk=desk.mail).update(health=health, health_reason="Holiday")

    composer = queries.composer_state(desk.ana, conversation_id)

    assert not composer.can_send
    assert word in composer.reason


def test_a_collectors_channel_only_listens(desk: Desk) -> None:
    collector = channels.open_channel(
        network="collector", name="Shop", by=TESTER, now=NOW, scope_id=desk.ana.scope_ids[0]
    )

    composer = queries.composer_state(desk.ana, say(collector, "c1"))

    assert not composer.can_send
    assert "only listens" in composer.reason


def test_a_sender_who_is_blocked_goes_to_spam_from_now_on(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1", who="troll")

    resolve.block_sender(desk.ana, conversation_id, now=NOW)
    second = say(desk.square, "p2", who="troll", at=after(hours=1))

    assert {row.id for row in queries.list_conversations(desk.ana, view="spam").items} == {conversation_id, second}
    assert queries.list_conversations(desk.ana, view="open").items == []
    resolve.unblock_sender(desk.ana, second, now=after(hours=2))
    assert not queries.get_conversation(desk.ana, second).row.is_blocked


def test_telling_leaves_state_clocks_and_owner_alone(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    conversations.resolve(desk.ana, conversation_id, now=NOW)
    before = Conversation.objects.values().get()

    first = reply.tell(desk.lea, conversation_id, text="It is mended", client_key="imp-1", now=after(days=3))
    again = reply.tell(desk.lea, conversation_id, text="It is mended", client_key="imp-1", now=after(days=3))

    assert again.message_id == first.message_id
    now_is = Conversation.objects.values().get()
    assert now_is["last_message_id"] == first.message_id
    assert {**now_is, "last_message_id": 0} == {**before, "last_message_id": 0}
    assert deliver_all(after(days=3)) == 1
    assert "conversation.answered" not in kinds()


def test_two_workers_never_take_the_same_delivery(desk: Desk) -> None:
    sent(desk.ana, say(desk.mail, "m1"))

    first = channels.take_due(now=after(hours=1))
    second = channels.take_due(now=after(hours=1))

    assert first is not None
    assert second is None


def test_sending_asks_the_database_a_fixed_number_of_times(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    for number in range(20):
        say(desk.mail, f"m{number + 2}", behind="m1", at=after(seconds=number + 1))

    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        sent(desk.ana, conversation_id)

    assert len(asked) <= 45, [q["sql"][:120] for q in asked]


def test_what_was_said_first_goes_out_first(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    sent(desk.ana, conversation_id, "One", "k1")
    sent(desk.ana, conversation_id, "Two", "k2")
    wire = desk.wire(desk.mail)
    wire.answer = _raise(NetworkError("The server is busy."))
    assert deliver_all(after(minutes=11)) == 1

    wire.answer = lambda outgoing: Receipt(outgoing.key)

    assert deliver_all(after(minutes=11, seconds=5)) == 0
    assert deliver_all(after(minutes=12)) == 2
    assert [outgoing.text for outgoing in wire.sent] == ["One", "One", "Two"]


def test_a_public_answer_goes_to_whoever_spoke_last_there(desk: Desk) -> None:
    say(desk.square, "p1", who="ana@square")
    conversation_id = say(desk.square, "p2", "Mine too", who="bob@square", behind="p1", at=after(minutes=1))

    sent(desk.ana, conversation_id)
    sent(desk.ana, conversation_id, "And in private", "k2", audience="private")

    in_public, in_private = Delivery.objects.order_by("id")
    assert (in_public.document["to"], in_public.document["in_reply_to"]) == (["bob@square"], "p2")
    assert in_private.document["to"] == ["ana@square"]


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
    desk.wire(desk.mail).found = _raise(OutcomeUnknownError())
    deliver.reconcile(after(minutes=12))

    assert state_of(bubble(desk.ana, conversation_id)) == "unknown"
    assert desk.wire(desk.mail).sent == []
