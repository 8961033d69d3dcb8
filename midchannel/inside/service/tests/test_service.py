"""Queues and canned replies."""

import pytest

from midchannel.inside.service import actions, queries, rules
from midchannel.inside.service.errors import (
    CannedNotFoundError,
    LeadsOnlyError,
    QueueNameTakenError,
    QueueNotFoundError,
    ShortcutTakenError,
)
from midchannel.platform.audit.models import Entry
from midchannel.platform.errors import InvalidError, NotAllowedError
from midchannel.usecases import reply
from tests.desk import NOW, Desk, make_desk, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def test_a_lead_makes_a_queue_with_its_promise(desk: Desk) -> None:
    team_id = queries.get_queue(desk.lea, desk.queue_id).team_id

    queue_id = actions.create_queue(desk.lea, name=" Night  shift ", team_id=team_id, first_answer_seconds=60, now=NOW)

    queue = queries.get_queue(desk.ana, queue_id)
    assert (queue.name, queue.first_answer_seconds, queue.resolution_seconds, queue.is_mine) == (
        "Night shift",
        60,
        None,
        True,
    )
    assert not queries.get_queue(desk.kim, queue_id).is_mine
    assert Entry.objects.filter(action="queue.create", object_id=queue_id, actor_id=desk.lea.user_id).exists()
    with pytest.raises(QueueNameTakenError):
        actions.create_queue(desk.lea, name="Night shift", team_id=team_id, now=NOW)


def test_only_leads_change_queues(desk: Desk) -> None:
    with pytest.raises(LeadsOnlyError):
        actions.create_queue(desk.ana, name="Mine", team_id=1, now=NOW)
    with pytest.raises(LeadsOnlyError):
        actions.change_queue(desk.ana, desk.queue_id, name="Mine", now=NOW)


def test_changing_a_queue_leaves_what_is_not_given(desk: Desk) -> None:
    actions.change_queue(desk.lea, desk.queue_id, name="Front desk", resolution_seconds=None, now=NOW)

    queue = queries.get_queue(desk.lea, desk.queue_id)
    assert (queue.name, queue.first_answer_seconds, queue.resolution_seconds) == ("Front desk", 3600, None)
    with pytest.raises(QueueNotFoundError):
        actions.change_queue(desk.lea, 9999, name="x", now=NOW)
    with pytest.raises(InvalidError):
        actions.change_queue(desk.lea, desk.queue_id, first_answer_seconds=0, now=NOW)


def test_queues_of_all_teams_are_listed_because_work_may_go_to_any(desk: Desk) -> None:
    assert [(queue.name, queue.is_mine) for queue in queries.list_queues(desk.kim)] == [
        ("Back office", True),
        ("Service", False),
    ]
    assert [queue.name for queue in queries.list_queues(desk.kim, mine=True)] == ["Back office"]


def test_a_team_writes_its_canned_replies_and_a_lead_those_for_everybody(desk: Desk) -> None:
    team_id = queries.get_queue(desk.ana, desk.queue_id).team_id
    own = actions.save_canned(
        desk.ana, team_id=team_id, shortcut=":Card", title="Card sent", body="Hello {first_name}", now=NOW
    )
    with pytest.raises(NotAllowedError):
        actions.save_canned(desk.ana, shortcut="hi", title="Hi", body="Hi", now=NOW)
    with pytest.raises(NotAllowedError):
        actions.save_canned(desk.kim, team_id=team_id, shortcut="hi", title="Hi", body="Hi", now=NOW)
    everybody = actions.save_canned(desk.lea, shortcut="hi", title="Hi", body="Hi", now=NOW)

    assert [canned.id for canned in queries.list_canned(desk.ana)] == [own, everybody]
    assert [canned.id for canned in queries.list_canned(desk.kim)] == [everybody]
    assert [canned.shortcut for canned in queries.list_canned(desk.ana, text="ca")] == ["card"]
    with pytest.raises(CannedNotFoundError):
        queries.get_canned(desk.kim, own)
    with pytest.raises(ShortcutTakenError):
        actions.save_canned(desk.lea, shortcut="hi", title="Again", body="Hi", now=NOW)
    with pytest.raises(NotAllowedError):
        actions.delete_canned(desk.kim, own, now=NOW)
    actions.delete_canned(desk.ana, own, now=NOW)
    assert [canned.id for canned in queries.list_canned(desk.ana)] == [everybody]


def test_placeholders_are_filled_in_and_unknown_ones_stay() -> None:
    body = "Hello {first_name}, {agent} here about {subject}. {nonsense} {customer}"

    filled = rules.fill(body, customer="Cara {agent} Diaz", agent="Ana", subject="", channel="Mail")

    assert filled == "Hello Cara, Ana here about {subject}. {nonsense} Cara {agent} Diaz"
    assert rules.unknown_placeholders(body) == ["nonsense"]


def test_a_canned_reply_is_filled_for_a_conversation(desk: Desk) -> None:
    canned_id = actions.save_canned(
        desk.lea, shortcut="hi", title="Hi", body="Hello {first_name}, about {subject}: {agent}", now=NOW
    )
    conversation_id = say(desk.mail, "m1", subject="Card", private=True)

    assert reply.fill_canned(desk.ana, conversation_id, canned_id) == "Hello Cara, about Card: Ana"


def test_service_reads_in_one_query_each(desk: Desk, django_assert_num_queries: object) -> None:
    for read in (queries.list_queues, queries.list_canned):
        with django_assert_num_queries(1):  # type: ignore[operator]
            read(desk.ana)
