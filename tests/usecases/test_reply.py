"""From what an agent writes to what goes out, and what holds it."""

import pytest
from django.db import connection

from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations import queries
from midchannel.middle.conversations.models import Conversation, Message
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.errors import CannotSendError, NotOnItsWayError
from midchannel.outside.channels.models import Channel, Delivery, Seen
from midchannel.outside.channels.port import File, Receipt
from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import deliver, reply, resolve
from midchannel.usecases.reply import Held, Sent
from tests.desk import NOW, TESTER, Desk, after, make_desk, say
from tests.usecases.replying import answer, bubble, deliver_all, kinds, sent, state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


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


def test_sending_asks_the_database_a_fixed_number_of_times(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    for number in range(20):
        say(desk.mail, f"m{number + 2}", behind="m1", at=after(seconds=number + 1))

    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        sent(desk.ana, conversation_id)

    assert len(asked) <= 45, [q["sql"][:120] for q in asked]


def test_a_public_answer_goes_to_whoever_spoke_last_there(desk: Desk) -> None:
    say(desk.square, "p1", who="ana@square")
    conversation_id = say(desk.square, "p2", "Mine too", who="bob@square", behind="p1", at=after(minutes=1))

    sent(desk.ana, conversation_id)
    sent(desk.ana, conversation_id, "And in private", "k2", audience="private")

    in_public, in_private = Delivery.objects.order_by("id")
    assert (in_public.document["to"], in_public.document["in_reply_to"]) == (["bob@square"], "p2")
    assert in_private.document["to"] == ["ana@square"]
