"""Every number has exactly as many rows behind it as it says, whoever looks, wherever they are."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from midchannel.insight.facts import actions as facts
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.outcomes import definitions, periods, queries
from midchannel.middle.conversations.events import ConversationAnswered, ConversationReopened, ConversationResolved
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.events import actions as events
from midchannel.platform.events.models import StoredEvent
from tests import company as companies

NOW = datetime(2026, 11, 18, 10, 20, tzinfo=UTC)
ZONES = (
    "UTC",
    "Europe/Lisbon",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_events_are_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's one transaction never commits, so its events would wait for ever."""
    monkeypatch.setattr(
        "midchannel.platform.events.queries.list_after",
        lambda cursor, *, limit: list(StoredEvent.objects.filter(pk__gt=cursor).order_by("pk")[:limit]),
    )


def lively(rng: random.Random, *, days: int = 12) -> companies.Company:
    """Some days of talk with two teams, answered and resolved at random."""
    company = companies.make_company(now=NOW - timedelta(days=days))
    other = companies.open_channel("Back", _queue_of(company), is_public=False, now=NOW - timedelta(days=days))
    moments = sorted(NOW - timedelta(minutes=rng.randrange(days * 24 * 60)) for _ in range(60))
    for number, at in enumerate(moments):
        channel = rng.choice((company.chat, company.public, other))
        companies.say(company, channel, "Where is my card?", by=f"Person {rng.randrange(25)}", at=at)
        if number % 3 == 0:
            companies.hear(now=at + timedelta(minutes=1))
    companies.hear(now=NOW)
    for conversation_id, scope_id, channel_id, opened_at in fetch(
        "SELECT id, scope_id, channel_id, opened_at FROM conversation"
    ):
        _work(
            rng, company, {"object_id": conversation_id, "scope_ids": (scope_id,), "channel_id": channel_id}, opened_at
        )
    while facts.project(now=NOW, limit=7):
        pass
    return company


def _queue_of(company: companies.Company):  # type: ignore[no-untyped-def]
    from midchannel.inside.service.models import Queue

    return Queue.objects.create(name="Back", team=company.back_office, created_at=NOW)


def _work(rng: random.Random, company: companies.Company, about: dict[str, Any], opened_at: datetime) -> None:
    message_id = str(about["object_id"])
    at = opened_at + timedelta(minutes=rng.randrange(1, 3000))
    owner = rng.choice((company.agent, company.lead)).pk
    if rng.random() < 0.7:
        waited = int((at - opened_at).total_seconds())
        events.emit(
            ConversationAnswered(message_id=message_id, seconds=waited, is_first=True, **about), now=min(at, NOW)
        )
    if rng.random() < 0.5:
        at = min(at + timedelta(minutes=rng.randrange(5000)), NOW)
        events.emit(ConversationResolved(seconds=1, answers=1, user_ids=(owner,), **about), now=at)
        if rng.random() < 0.3:
            events.emit(ConversationReopened(seconds_resolved=1, **about), now=at)


def walk(
    viewer: Viewer,
    measure: str,
    period: periods.Period,
    *,
    limit: int,
    channel_id: int | None = None,
    own: bool = False,
) -> int:
    """All pages of rows behind a number; checks that no row comes twice and that the number says how many."""
    seen: set[tuple[object, ...]] = set()
    cursor, total = None, None
    while True:
        found = queries.list_behind(
            viewer,
            definitions.BY_ID[measure],
            period,
            now=NOW,
            channel_id=channel_id,
            own=own,
            cursor=cursor,
            limit=limit,
        )
        keys = [(row.at, row.conversation_id, row.message_id, row.seconds) for row in found.items]
        assert not seen & set(keys)
        seen |= set(keys)
        assert total in (None, found.total)
        total, cursor = found.total, found.next_cursor
        if cursor is None:
            assert len(seen) == total
            return len(seen)


@pytest.mark.parametrize("seed", range(4))
def test_every_number_has_as_many_rows_as_it_says(seed: int) -> None:
    rng = random.Random(seed)
    company = lively(rng)
    facts.project(now=NOW + timedelta(days=rng.randrange(2)))
    viewers = [companies.viewer_of(user) for user in (company.agent, company.outsider, company.lead)]
    for _ in range(12):
        zone, viewer = rng.choice(ZONES), rng.choice(viewers)
        period = _period(rng, zone)
        overview = queries.get_overview(viewer, period)
        for measure in definitions.MEASURES:
            if measure.fact is None:
                continue
            rows = walk(viewer, measure.id, period, limit=rng.choice((1, 3, 50)))
            if measure.is_timed:
                assert overview.timed[measure.fact][0].count == rows
                for timed in overview.timed[measure.fact][1:]:
                    assert timed.count == walk(viewer, measure.id, period, limit=50, channel_id=timed.channel_id)
            else:
                assert overview.totals[measure.fact] == rows
                assert sum(overview.by_day[measure.fact].values()) == rows
                for value in overview.by_channel[measure.fact]:
                    assert value.count == walk(viewer, measure.id, period, limit=50, channel_id=value.channel_id)
                before = sum(value.before for value in overview.by_channel[measure.fact])
                assert before == walk(viewer, measure.id, period.before, limit=50)


def _period(rng: random.Random, zone: str) -> periods.Period:
    if rng.random() < 0.3:
        return periods.last_days(rng.choice(periods.CHOICES), zone=zone, now=NOW)
    first = (NOW - timedelta(days=rng.randrange(14))).date()
    return periods.between(first, first + timedelta(days=rng.randrange(6)), zone=zone, now=NOW)


def test_open_and_overdue_have_as_many_rows_as_they_say() -> None:
    company = lively(random.Random(9))
    for user in (company.agent, company.outsider):
        viewer = companies.viewer_of(user)
        counts = queries.count_now(viewer, now=NOW)
        period = periods.last_days(7, zone="UTC", now=NOW)
        assert walk(viewer, "open", period, limit=3) == sum(counts.open.values()) > 0
        assert walk(viewer, "overdue", period, limit=2) == sum(counts.overdue.values())
        for channel_id, count in counts.open.items():
            assert walk(viewer, "open", period, limit=50, channel_id=channel_id) == count


def test_own_figures_are_the_viewers_and_have_their_rows() -> None:
    company = lively(random.Random(4))
    period = periods.last_days(28, zone="UTC", now=NOW)
    resolved = {}
    for user in (company.agent, company.lead, company.colleague):
        viewer = companies.viewer_of(user)
        resolved[user.pk] = queries.get_own(viewer, period).resolved
        assert walk(viewer, "resolution", period, limit=2, own=True) == resolved[user.pk]

    assert resolved[company.colleague.pk] == 0
    assert resolved[company.agent.pk] + resolved[company.lead.pk] == walk(
        companies.viewer_of(company.agent), "resolution", period, limit=50
    )


def test_a_row_of_a_conversation_that_another_team_has_by_now_says_no_word_of_it() -> None:
    company = companies.make_company(now=NOW - timedelta(days=1))
    companies.say(company, company.chat, "A secret word", at=NOW - timedelta(hours=2))
    companies.hear(now=NOW)
    facts.project(now=NOW)
    from midchannel.middle.conversations.models import Conversation

    Conversation.objects.update(scope_id=company.back_office.scope_id)
    viewer, period = companies.viewer_of(company.agent), periods.last_days(7, zone="UTC", now=NOW)

    for measure in ("contacts", "messages"):
        found = queries.list_behind(viewer, definitions.BY_ID[measure], period, now=NOW)

        assert [(row.name, row.line, row.is_elsewhere) for row in found.items] == [("", "", True)]
        assert found.total == 1


def test_a_day_is_the_readers_day() -> None:
    company = companies.make_company(now=NOW - timedelta(days=3))
    companies.say(company, company.chat, "Late in Lisbon", at=datetime(2026, 11, 17, 23, 30, tzinfo=UTC))
    companies.hear(now=NOW)
    facts.project(now=NOW)
    viewer = companies.viewer_of(company.agent)

    for zone, day in (("UTC", 17), ("Europe/Berlin", 18), ("America/New_York", 17)):
        overview = queries.get_overview(viewer, periods.last_days(7, zone=zone, now=NOW))

        assert [each.day for each in overview.by_day[Fact.OPENED]] == [day]
        assert overview.period.since.astimezone(ZoneInfo(zone)).hour == 0
