"""The company speaks first; and what runs by the clock."""

import pytest

from midchannel.middle.conversations import queries
from midchannel.middle.conversations.models import Conversation
from midchannel.outside.channels.errors import CannotSendError, ChannelNotFoundError
from midchannel.outside.channels.models import Channel
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import InvalidError
from midchannel.usecases import clockwork, deliver, reply, start_conversation
from midchannel.usecases.reply import Sent
from tests.desk import NOW, Desk, after, make_desk, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def start(desk: Desk, **given: object) -> Sent:
    asked = {
        "channel_id": desk.mail,
        "address": "dora@example.com",
        "subject": "Your contract",
        "text": "It ends soon",
        "client_key": "s1",
        "now": NOW,
        **given,
    }
    return start_conversation.start(desk.ana, **asked)  # type: ignore[arg-type]


def test_we_write_first_and_the_answer_joins(desk: Desk) -> None:
    sent = start(desk)

    row = queries.get_conversation(desk.ana, sent.conversation_id).row
    assert (row.state, row.owner_name, row.customer_name, row.queue_id) == (
        "waiting",
        "Ana",
        "dora@example.com",
        desk.queue_id,
    )
    assert (row.audience, row.first_answer_due_at) == ("private", None)
    deliver.send_due(after(minutes=1))
    (outgoing,) = desk.wire(desk.mail).sent
    assert (outgoing.to, outgoing.subject, outgoing.text) == (["dora@example.com"], "Your contract", "It ends soon")
    answer = say(
        desk.mail, "a1", "Thanks", who="dora@example.com", behind=outgoing.key, private=True, at=after(minutes=5)
    )
    assert answer == sent.conversation_id
    row = queries.get_conversation(desk.ana, sent.conversation_id).row
    assert (row.state, row.customer_name) == ("open", "Dora")


def test_a_second_word_of_ours_stands_behind_the_first(desk: Desk) -> None:
    sent = start(desk)
    row = queries.get_conversation(desk.ana, sent.conversation_id).row

    reply.send(
        desk.ana,
        sent.conversation_id,
        text="And one more thing",
        client_key="s2",
        saw_message_id=row.last_message_id,
        now=after(minutes=1),
    )
    while deliver.send_due(after(hours=1)):
        pass

    first, second = desk.wire(desk.mail).sent
    assert (second.in_reply_to, second.subject) == (first.key, "Re: Your contract")


def test_starting_again_with_the_same_key_starts_nothing(desk: Desk) -> None:
    first = start(desk)

    again = start(desk)

    assert (again.is_repeat, again.conversation_id) == (True, first.conversation_id)
    assert Conversation.objects.count() == 1


def test_a_start_that_is_taken_back_leaves_nothing_to_do(desk: Desk) -> None:
    sent = start(desk)

    reply.take_back(desk.ana, sent.message_id, now=after(seconds=2))

    assert not deliver.send_due(after(hours=1))
    assert queries.get_conversation(desk.ana, sent.conversation_id).row.state == "resolved"


def test_starting_needs_a_channel_one_sees_that_can_send_and_somebody_to_write_to(desk: Desk) -> None:
    with pytest.raises(InvalidError):
        start(desk, address="  ")
    with pytest.raises(InvalidError):
        start(desk, text=" ")
    with pytest.raises(ChannelNotFoundError):
        start_conversation.start(
            desk.kim, channel_id=desk.mail, address="x@example.com", subject="", text="Hi", client_key="k", now=NOW
        )
    Channel.objects.filter(pk=desk.mail).update(health="paused", health_reason="Paused.")
    with pytest.raises(CannotSendError):
        start(desk)


def test_the_clockwork_makes_the_partitions_of_this_and_the_next_month(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    clockwork.tick(now=NOW)
    clockwork.tick(now=NOW)

    found = {
        name for (name,) in fetch("SELECT relname FROM pg_class WHERE relname LIKE 'activity_20%%' AND relkind = 'r'")
    }
    assert {"activity_2026_11", "activity_2026_12"} <= found
    assert fetch("SELECT count(*) FROM activity_2026_11") == [(1,)]
    assert queries.list_messages(desk.ana, conversation_id).items[0].text == "My card has not come"
