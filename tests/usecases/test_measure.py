"""Measure: what people really do is what the numbers say."""

from datetime import datetime, timedelta

import pytest

from midchannel.insight.facts.kinds import Fact
from midchannel.insight.outcomes import definitions, periods, queries
from midchannel.middle.conversations import queries as conversations
from midchannel.outside.channels.port import NetworkError, Outgoing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import deliver, measure, reassign, reply, resolve, take_back
from tests.desk import NOW, Desk, after, make_desk, say

pytestmark = pytest.mark.django_db
LATER = after(minutes=600)


@pytest.fixture(autouse=True)
def own_events_are_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's one transaction never commits, so its events would wait for ever."""
    monkeypatch.setattr(
        "midchannel.platform.events.queries.list_after",
        lambda cursor, *, limit: list(StoredEvent.objects.filter(pk__gt=cursor).order_by("pk")[:limit]),
    )


@pytest.fixture
def desk() -> Desk:
    return make_desk()


def count() -> None:
    while measure.project_facts(now=LATER):
        pass


def overview(viewer: Viewer) -> queries.Overview:
    return queries.get_overview(viewer, periods.last_days(7, zone="UTC", now=LATER))


def total(viewer: Viewer, kind: Fact) -> int:
    return overview(viewer).totals[int(kind)]


def answer(viewer: Viewer, conversation_id: int, *, key: str, now: datetime) -> None:
    row = conversations.get_conversation(viewer, conversation_id).row
    reply.send(
        viewer,
        conversation_id,
        text="It is on its way",
        client_key=key,
        saw_message_id=row.last_message_id,
        saw_in_id=row.last_in_id,
        now=now,
    )
    while deliver.send_due(now + timedelta(minutes=1)):
        pass


def test_an_answer_is_timed_as_its_clock_ran(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    answer(desk.ana, conversation_id, key="k1", now=after(minutes=10))
    answer(desk.ana, conversation_id, key="k2", now=after(minutes=30))
    count()

    timed = overview(desk.lea).timed[int(Fact.FIRST_ANSWER)][0]
    assert (timed.count, total(desk.lea, Fact.REPLY_SENT)) == (1, 2)
    assert timed.median is not None
    assert timed.median.value == pytest.approx(600, rel=0.011)
    assert queries.get_own(desk.ana, overview(desk.ana).period).replies == 2
    assert queries.get_own(desk.lea, overview(desk.lea).period).replies == 0


def test_what_was_resolved_and_came_back_counts_anew(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    resolve.resolve(desk.ana, conversation_id, now=after(minutes=20))
    say(desk.mail, "m2", "Still nothing", behind="m1", at=after(minutes=60))
    count()

    assert (total(desk.lea, Fact.OPENED), total(desk.lea, Fact.REOPENED), total(desk.lea, Fact.RESOLVED)) == (1, 1, 1)
    assert total(desk.lea, Fact.MESSAGE) == 2


def test_a_reply_that_fails_is_counted_as_such(desk: Desk) -> None:
    def refuse(outgoing: Outgoing) -> None:
        raise NetworkError("No such mailbox.", permanent=True)

    desk.wire(desk.mail).answer = refuse  # type: ignore[assignment]
    answer(desk.ana, say(desk.mail, "m1"), key="k1", now=after(minutes=10))
    count()

    assert (total(desk.lea, Fact.REPLY_SENT), total(desk.lea, Fact.DELIVERY_FAILED)) == (0, 1)


def test_work_handed_to_another_team_counts_there(desk: Desk) -> None:
    conversation_id = say(desk.mail, "m1")
    reassign.reassign(desk.ana, conversation_id, queue_id=desk.other_queue_id, now=after(minutes=5))
    resolve.resolve(desk.kim, conversation_id, now=after(minutes=20))
    count()

    assert (total(desk.lea, Fact.OPENED), total(desk.lea, Fact.RESOLVED)) == (1, 0)
    assert (total(desk.kim, Fact.OPENED), total(desk.kim, Fact.RESOLVED)) == (0, 1)


@pytest.mark.parametrize("is_counted_before", [True, False])
def test_what_is_taken_back_is_not_counted(desk: Desk, is_counted_before: bool) -> None:
    kept = say(desk.mail, "m1", who="ana@example.com")
    gone = say(desk.mail, "m2", who="ben@example.com")
    resolve.resolve(desk.ana, gone, now=after(minutes=20))
    if is_counted_before:
        count()
        measure.project_facts(now=LATER + timedelta(days=1))
        assert total(desk.lea, Fact.RESOLVED) == 1
    activity_ids = [row[0] for row in fetch("SELECT id FROM message WHERE conversation_id = %s", [gone])]

    counted = measure.note_counted(desk.mail, activity_ids)
    take_back.take_back(activity_ids, now=LATER)
    measure.forget_counted(counted, now=LATER)
    count()

    numbers = overview(desk.lea)
    assert (numbers.totals[Fact.OPENED], numbers.totals[Fact.MESSAGE], numbers.totals[Fact.RESOLVED]) == (1, 1, 0)
    assert numbers.timed[int(Fact.RESOLVED)][0].count == 0
    for identifier in ("contacts", "messages"):
        found = queries.list_behind(desk.lea, definitions.BY_ID[identifier], numbers.period, now=LATER)
        assert [row.conversation_id for row in found.items] == [kept]
    assert NOW < LATER
