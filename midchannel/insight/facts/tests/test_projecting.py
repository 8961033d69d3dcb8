"""Facts come from events: each once, in order, and the same again when made anew."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from midchannel.insight.facts import actions as facts
from midchannel.insight.facts import queries
from midchannel.insight.facts.actions.projecting import EventsPrunedError
from midchannel.insight.facts.kinds import Fact
from midchannel.middle.conversations.events import (
    ConversationAnswered,
    ConversationChanged,
    ConversationReopened,
    ConversationResolved,
    MessagesArrived,
)
from midchannel.platform.database.bulk import execute, fetch
from midchannel.platform.events import actions as events
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import measure
from tests import company as companies

NOW = datetime(2026, 11, 18, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def project(now: datetime = NOW) -> None:
    while facts.project(now=now):
        pass


def everything() -> tuple[list[object], ...]:
    return (
        fetch("SELECT f.* FROM fact f ORDER BY event_id, kind, conversation_id"),
        fetch("SELECT h.* FROM fact_hour h ORDER BY kind, scope_id, hour, channel_id"),
        fetch("SELECT d.* FROM fact_day d ORDER BY kind, scope_id, day, channel_id"),
    )


def filled(count: int = 12) -> companies.Company:
    company = companies.make_company(now=NOW - 3 * HOUR)
    companies.fill(company, now=NOW, count=count)
    return company


@pytest.fixture(autouse=True)
def own_events_are_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's one transaction never commits, so its events would wait for ever."""
    monkeypatch.setattr("midchannel.platform.events.queries.list_after", _list_after)


def _list_after(cursor: int, *, limit: int = 1000) -> list[object]:
    return list(StoredEvent.objects.filter(pk__gt=cursor).order_by("pk")[:limit])


def test_contacts_and_messages_are_counted() -> None:
    company = filled()

    project()

    viewer = companies.viewer_of(company.agent)
    counted = queries.count_by_day(
        viewer, [Fact.OPENED, Fact.MESSAGE], since=NOW - 24 * HOUR, until=NOW + HOUR, zone="UTC"
    )
    assert sum(c.count for c in counted if c.kind == Fact.OPENED) == len(fetch("SELECT 1 FROM conversation"))
    assert sum(c.count for c in counted if c.kind == Fact.MESSAGE) == len(
        fetch("SELECT 1 FROM message WHERE direction = 1")
    )


def test_making_facts_twice_changes_nothing() -> None:
    filled()
    project()
    once = everything()

    project()

    assert everything() == once


def test_facts_made_anew_are_the_same() -> None:
    filled()
    project()
    project(NOW + timedelta(days=1))
    before = everything()

    facts.rebuild(now=NOW + timedelta(days=1))

    assert everything() == before


def test_portions_of_one_event_give_the_same_facts() -> None:
    filled()
    project()
    before = everything()

    for table in ("fact", "fact_hour", "fact_day"):
        execute(f"DELETE FROM {table}")
    execute("UPDATE fact_projection SET event_id = 0, days_closed_before = NULL")
    while facts.project(now=NOW, limit=1):
        pass

    assert everything() == before


def test_the_first_answer_is_counted_once_and_every_reply() -> None:
    company = filled(1)
    conversation = fetch("SELECT id, opened_at, scope_id FROM conversation")[0]
    for minutes, is_first in ((10, True), (20, False), (30, True)):
        _answer(conversation, minutes=minutes, is_first=is_first)

    project()

    viewer = companies.viewer_of(company.agent)
    period: dict[str, Any] = {"since": NOW - 24 * HOUR, "until": NOW + HOUR}
    assert [row.seconds for row in queries.list_rows(viewer, Fact.FIRST_ANSWER, **period).items] == [600]
    assert len(queries.list_rows(viewer, Fact.REPLY_SENT, **period).items) == 3


def test_resolution_is_timed_from_when_the_customer_came_back() -> None:
    company = filled(1)
    conversation_id, opened_at, scope_id = fetch("SELECT id, opened_at, scope_id FROM conversation")[0]
    about: dict[str, Any] = {"object_id": conversation_id, "scope_ids": (scope_id,), "channel_id": company.chat.pk}
    for minutes, event in (
        (30, ConversationResolved(seconds=0, answers=1, **about)),
        (50, ConversationReopened(seconds_resolved=1200, **about)),
        (55, ConversationResolved(seconds=0, answers=1, **about)),
    ):
        events.emit(event, now=opened_at + timedelta(minutes=minutes))

    project()

    viewer = companies.viewer_of(company.agent)
    page = queries.list_rows(viewer, Fact.RESOLVED, since=NOW - 24 * HOUR, until=NOW + 24 * HOUR)
    assert [row.seconds for row in page.items] == [300, 1800]


def test_what_is_handed_to_another_team_counts_there_from_then_on() -> None:
    company = filled(1)
    conversation_id, opened_at, _ = fetch("SELECT id, opened_at, scope_id FROM conversation")[0]
    about: dict[str, Any] = {
        "object_id": conversation_id,
        "scope_ids": (company.back_office.scope_id,),
        "channel_id": company.chat.pk,
    }
    events.emit(ConversationChanged(change="reassigned", state="open", **about), now=opened_at + HOUR)
    _arrive_again(company, conversation_id, at=opened_at + 2 * HOUR)

    project()

    period: dict[str, Any] = {"since": NOW - 24 * HOUR, "until": NOW + 24 * HOUR}
    agent, outsider = companies.viewer_of(company.agent), companies.viewer_of(company.outsider)
    assert len(queries.list_rows(agent, Fact.OPENED, **period).items) == 1
    assert queries.list_rows(agent, Fact.REOPENED, **period).items == []
    assert len(queries.list_rows(outsider, Fact.REOPENED, **period).items) == 1


def test_a_day_that_is_over_is_summed_up_and_again_when_a_late_fact_comes() -> None:
    company = filled(2)
    viewer = companies.viewer_of(company.agent)
    rows = fetch("SELECT id, opened_at, scope_id FROM conversation ORDER BY id")
    _answer(rows[0], minutes=5)
    project(NOW)
    project(NOW + timedelta(days=1))
    period: dict[str, Any] = {"since": datetime(2026, 11, 18, tzinfo=UTC), "until": datetime(2026, 11, 19, tzinfo=UTC)}
    assert fetch("SELECT counts FROM fact_day") == [([1],)]
    assert sum(c.count for c in queries.count_by_day(viewer, [Fact.FIRST_ANSWER], zone="UTC", **period)) == 1
    assert sum(one.total() for one in queries.spread(viewer, Fact.FIRST_ANSWER, **period).values()) == 1

    _answer(rows[1], minutes=5)
    project(NOW + timedelta(days=1))

    assert sum(c.count for c in queries.count_by_day(viewer, [Fact.FIRST_ANSWER], zone="UTC", **period)) == 2
    assert sum(one.total() for one in queries.spread(viewer, Fact.FIRST_ANSWER, **period).values()) == 2
    assert sum(sum(counts) for (counts,) in fetch("SELECT counts FROM fact_day")) == 2


def test_facts_hold_no_id_of_a_person() -> None:
    company = filled(2)
    project()

    handles = {row[0] for row in fetch("SELECT handle_id FROM conversation")}
    people = {row[0] for row in fetch("SELECT person FROM fact")}
    assert people
    assert not people & handles
    assert company.agent.pk not in {row[0] for row in fetch("SELECT actor FROM fact")}


def test_events_are_pruned_only_up_to_where_facts_are_made() -> None:
    filled(3)
    later = NOW + timedelta(days=400)
    assert measure.prune_events(now=later) == 0

    project()
    removed = measure.prune_events(now=later)

    assert removed > 0
    with pytest.raises(EventsPrunedError):
        facts.rebuild(now=later)


def test_another_team_counts_nothing_of_it() -> None:
    company = filled()
    project()

    outsider = companies.viewer_of(company.outsider)

    period: dict[str, Any] = {"since": NOW - 24 * HOUR, "until": NOW + HOUR}
    assert queries.count_by_day(outsider, list(Fact), zone="UTC", **period) == []
    assert queries.list_rows(outsider, Fact.OPENED, **period).items == []
    assert queries.list_messages(outsider, **period).items == []


def _answer(row: tuple[int, datetime, int], *, minutes: int, is_first: bool = True) -> None:
    conversation_id, opened_at, scope_id = row
    events.emit(
        ConversationAnswered(
            object_id=conversation_id,
            scope_ids=(scope_id,),
            channel_id=1,
            message_id=str(conversation_id),
            seconds=60 * minutes,
            is_first=is_first,
        ),
        now=opened_at + timedelta(minutes=minutes),
    )


def _arrive_again(company: companies.Company, conversation_id: int, *, at: datetime) -> None:
    nothing: list[str] = []
    again = [str(conversation_id)]
    scope_ids = (company.service.scope_id,)
    event = MessagesArrived(
        object_id=company.chat.pk,
        scope_ids=scope_ids,
        first_id="1",
        last_id="1",
        count=1,
        opened=nothing,
        reopened=again,
        touched=again,
    )
    events.emit(event, now=at)
