"""Asking a colleague in an object's internal thread, and that what is said there never leaves the company."""

import inspect
import json

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from midchannel.inside.teamwork import actions as teamwork
from midchannel.inside.teamwork import queries as teamwork_queries
from midchannel.inside.teamwork.errors import QuestionClosedError, QuestionNotFoundError
from midchannel.inside.teamwork.models import Post
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations import queries as conversation_queries
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.actions import delivering, queueing
from midchannel.outside.channels.errors import NotOnItsWayError
from midchannel.outside.channels.models import Delivery
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import ask, clockwork, deliver, reassign, reply
from tests.desk import NOW, Desk, after, make_desk, say

pytestmark = pytest.mark.django_db

SECRET = "Between us: the courier lost the whole van, the insurance will not pay for it"


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_a_colleague_of_another_team_is_asked_sees_answers_and_closes_the_question(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    with pytest.raises(NotFoundError):
        ask.list_posts(desk.kim, "conversation", conversation_id)

    asked = ask.ask(desk.ana, "conversation", conversation_id, text="@kim where is the van? @nobody", now=NOW)

    assert asked.unknown == ("nobody",)
    (notice,) = teamwork_queries.list_notices(desk.kim)
    assert (notice.kind, notice.object_id, notice.by_name) == ("asked", conversation_id, "Ana")
    assert notice.text == "@kim where is the van? @nobody"
    (question,) = teamwork_queries.list_open_questions(desk.kim)
    assert (question.asker_name, question.is_mine, question.id) == ("Ana", True, asked.question_ids[0])
    assert [row.id for row in conversation_queries.list_conversations(desk.kim, view="open").items] == [conversation_id]
    (post,) = ask.list_posts(desk.kim, "conversation", conversation_id)
    assert [(mark.asked_name, mark.state) for mark in post.questions] == [("Kim", "open")]

    answered = ask.answer(desk.kim, question.id, text="In Calais.", now=after(minutes=9))

    assert answered.answered_ids == asked.question_ids
    assert teamwork_queries.list_open_questions(desk.ana) == []
    assert teamwork_queries.count_notices(desk.kim) == 0
    assert [n.kind for n in teamwork_queries.list_notices(desk.ana)] == ["answered"]
    posts = ask.list_posts(desk.ana, "conversation", conversation_id)
    assert [p.text for p in posts] == ["@kim where is the van? @nobody", "In Calais."]
    assert posts[0].questions[0].state == "answered"
    assert posts[1].answers == asked.question_ids
    event = StoredEvent.objects.get(kind="question.answered")
    assert event.body["seconds"] == 540
    with pytest.raises(QuestionNotFoundError):
        ask.answer(desk.kim, question.id, text="Still in Calais.", now=after(minutes=10))


def test_a_question_stays_open_until_the_asked_colleague_has_written(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    asked = ask.ask(desk.ana, "conversation", conversation_id, text="@kim where is it?", now=NOW)

    ask.ask(desk.ben, "conversation", conversation_id, text="I think in Calais", now=NOW)
    teamwork.mark_seen(desk.kim, object_type="conversation", object_id=conversation_id, now=NOW)
    with pytest.raises(QuestionNotFoundError):
        ask.answer(desk.ben, asked.question_ids[0], text="In Calais", now=NOW)

    assert len(teamwork_queries.list_open_questions(desk.kim)) == 1
    assert teamwork_queries.count_notices(desk.kim) == 1
    ask.ask(desk.kim, "conversation", conversation_id, text="In Dover", now=NOW)
    assert teamwork_queries.list_open_questions(desk.kim) == []


def test_whoever_asked_may_withdraw_the_question(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    (question_id,) = ask.ask(desk.ana, "conversation", conversation_id, text="@kim?", now=NOW).question_ids

    with pytest.raises(QuestionNotFoundError):
        ask.withdraw(desk.ben, question_id, now=NOW)
    ask.withdraw(desk.ana, question_id, now=NOW)

    assert teamwork_queries.count_notices(desk.kim) == 0
    with pytest.raises(QuestionClosedError):
        ask.withdraw(desk.ana, question_id, now=NOW)


def test_notices_collapse_to_one_for_each_object(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")

    for number in range(5):
        ask.ask(desk.ana, "conversation", conversation_id, text=f"@kim {number}", now=after(minutes=number))

    (notice,) = teamwork_queries.list_notices(desk.kim)
    assert (notice.count, notice.text, notice.at) == (5, "@kim 4", after(minutes=4))


def test_a_notice_of_work_handed_over_is_gone_when_it_was_looked_at(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    reassign.reassign(desk.ana, conversation_id, owner_id=desk.ben.user_id, now=NOW)
    assert [notice.kind for notice in teamwork_queries.list_notices(desk.ben)] == ["assigned"]

    teamwork.mark_seen(desk.ben, object_type="conversation", object_id=conversation_id, now=NOW)

    assert teamwork_queries.list_notices(desk.ben) == []


def test_handled_notices_are_forgotten_after_a_month(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    ask.ask(desk.ana, "conversation", conversation_id, text="@kim?", now=NOW)
    teamwork.dismiss_notice(desk.kim, teamwork_queries.list_notices(desk.kim)[0].id, now=NOW)

    clockwork.tick(now=after(days=31))

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM notice")
        assert cursor.fetchone()[0] == 0


def test_customers_have_an_internal_thread_too(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    customer_id = conversation_queries.get_conversation(desk.ana, conversation_id).row.customer_id
    assert customer_id is not None
    with pytest.raises(NotFoundError):
        ask.ask(desk.kim, "customer", customer_id, text="Who is that?", now=NOW)

    ask.ask(desk.ana, "customer", customer_id, text="@kim a good one", now=NOW)

    assert len(ask.list_posts(desk.kim, "customer", customer_id)) == 1


def test_there_is_no_thread_on_anything_else(desk: Desk) -> None:
    with pytest.raises(InvalidError):
        ask.ask(desk.ana, "message", 1, text="Hi", now=NOW)
    with pytest.raises(InvalidError):
        ask.list_posts(desk.ana, "channel", 1)


def test_reading_a_thread_asks_twice_however_long_it_is(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    for number in range(12):
        ask.ask(desk.ana, "conversation", conversation_id, text=f"@kim @ben {number}", now=NOW)

    with CaptureQueriesContext(connection) as asked:
        posts = teamwork_queries.list_posts(desk.ana, "conversation", conversation_id)

    assert len(posts) == 12
    assert len(asked) == 2


# What is internal never leaves: every way out is tried.


def leave_everything(desk: Desk, conversation_id: int, post_id: int) -> None:
    """Every way to make a post a message that can be thought of."""
    for attempt in (
        lambda: reply.retry(desk.ana, post_id, now=after(minutes=1)),
        lambda: reply.take_back(desk.ana, post_id, now=after(minutes=1)),
        lambda: reply.send(
            desk.ana,
            conversation_id,
            text="Hello",
            client_key="k",
            saw_message_id=2**62,
            audience="internal",
            now=after(minutes=1),
        ),
        lambda: reply.send(desk.ana, post_id, text="Hello", client_key="k", saw_message_id=0, now=after(minutes=1)),
        lambda: channels.requeue(post_id, now=after(minutes=1)),
    ):
        with pytest.raises((NotFoundError, InvalidError, NotOnItsWayError)):
            attempt()


def test_what_is_said_internally_never_leaves_the_company(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1")
    asked = ask.ask(desk.ana, "conversation", conversation_id, text=f"@kim {SECRET}", now=NOW)
    ask.ask(desk.kim, "conversation", conversation_id, text=f"Yes. {SECRET}", now=NOW)

    leave_everything(desk, conversation_id, asked.post_id)
    row = conversation_queries.get_conversation(desk.ana, conversation_id).row
    reply.send(
        desk.ana,
        conversation_id,
        text="We are looking for it.",
        client_key="k",
        saw_message_id=row.last_message_id,
        now=after(minutes=2),
    )
    while deliver.send_due(after(hours=1)):
        pass
    clockwork.tick(now=after(hours=1))

    (outgoing,) = desk.wire(desk.square).sent
    assert "courier" not in str(outgoing)
    assert not Delivery.objects.exclude(message_id=Delivery.objects.get().message_id).exists()
    thread = conversation_queries.list_messages(desk.ana, conversation_id)
    assert all("courier" not in item.text for item in thread.items)
    assert "courier" not in conversation_queries.get_conversation(desk.ana, conversation_id).row.snippet
    assert all("courier" not in json.dumps(body) for body in StoredEvent.objects.values_list("body", flat=True))


def test_a_reply_that_repeats_internal_words_is_held(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1")
    ask.ask(desk.ana, "conversation", conversation_id, text=SECRET, now=NOW)
    row = conversation_queries.get_conversation(desk.ana, conversation_id).row

    held = reply.send(
        desk.ben,
        conversation_id,
        text=f"Hello Cara,\n\n{SECRET.lower()}\n\nBen",
        client_key="k",
        saw_message_id=row.last_message_id,
        now=after(minutes=1),
    )

    assert isinstance(held, reply.Held)
    assert held.cause == "internal_text"
    assert not Delivery.objects.exists()


def test_events_about_internal_things_go_to_colleagues_alone_and_carry_no_words(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1")
    ask.ask(desk.ana, "conversation", conversation_id, text=f"@kim {SECRET}", now=NOW)

    notices = StoredEvent.objects.filter(kind="notice.made")
    assert [event.user_ids for event in notices] == [[desk.kim.user_id]]
    assert all(event.scope_ids == [] for event in notices)
    for event in StoredEvent.objects.filter(kind__in=["post.written", "question.asked"]):
        assert set(event.user_ids) <= {desk.ana.user_id, desk.kim.user_id}
        assert event.scope_ids == list(desk.ana.scope_ids)


def test_nothing_that_sends_knows_the_tables_of_teamwork() -> None:
    """The structure itself: the room of channels cannot import teamwork, and posts refer to no message, delivery or handle."""
    assert "teamwork" not in inspect.getsource(delivering) + inspect.getsource(queueing)
    assert "post" not in {field.name for field in Delivery._meta.get_fields()}
    names = {field.name for field in Post._meta.get_fields()}
    assert not names & {"audience", "handle", "handle_id", "message_id", "channel_id", "delivery", "external_id"}
    for model in apps.get_app_config("channels").get_models():
        assert all("teamwork" not in str(field.related_model) for field in model._meta.get_fields())
    for model in apps.get_app_config("conversations").get_models():
        assert all("teamwork" not in str(field.related_model) for field in model._meta.get_fields())


def test_a_forged_audience_is_refused_by_the_action_itself(desk: Desk) -> None:
    conversation_id = say(desk.square, "p1")

    for forged in ("internal", "PUBLIC", "partner", "everybody", ""):
        with pytest.raises(InvalidError):
            reply.send(
                desk.ana,
                conversation_id,
                text="Hi",
                client_key=f"k{forged}",
                saw_message_id=2**62,
                audience=forged,
                now=NOW,
            )
    assert conversations.list_unseen(conversation_id, desk.ana, saw_message_id=2**62, saw_in_id=None) == []
