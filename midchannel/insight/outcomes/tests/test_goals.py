"""Goals and baselines are written once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from midchannel.insight.facts import actions as facts
from midchannel.insight.outcomes import actions, queries
from midchannel.insight.outcomes.models import Baseline, Goal
from midchannel.platform.audit.models import Entry
from midchannel.platform.errors import InvalidError
from midchannel.platform.events.models import StoredEvent
from tests import company as companies

NOW = datetime(2026, 11, 18, 10, 20, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_events_are_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's one transaction never commits, so its events would wait for ever."""
    monkeypatch.setattr(
        "midchannel.platform.events.queries.list_after",
        lambda cursor, *, limit: list(StoredEvent.objects.filter(pk__gt=cursor).order_by("pk")[:limit]),
    )


def company_with_contacts(count: int = 6) -> companies.Company:
    company = companies.make_company(now=NOW - timedelta(days=30))
    for number in range(count):
        at = NOW - timedelta(days=5 * number, minutes=1)
        companies.say(company, company.public, "Hello?", by=f"Person {number}", at=at)
        companies.hear(now=at)
    facts.project(now=NOW)
    return company


def test_a_baseline_is_none_when_there_was_nothing() -> None:
    company = companies.make_company(now=NOW)

    frozen = actions.freeze_baseline(company.chat.pk, now=NOW)

    record = queries.get_baseline(companies.viewer_of(company.agent), company.chat.pk)
    assert frozen.is_none
    assert record is not None
    assert record.is_none
    assert record.weeks == ()


def test_a_baseline_counts_thirteen_weeks_of_the_whole_company() -> None:
    company = company_with_contacts(6)

    frozen = actions.freeze_baseline(company.chat.pk, now=NOW)

    record = queries.get_baseline(companies.viewer_of(company.agent), company.chat.pk)
    assert record is not None
    assert (frozen.contacts, frozen.messages, len(record.weeks)) == (6, 6, 13)
    assert sum(week.contacts for week in record.weeks) == 6
    assert [week.contacts for week in record.weeks][-2:] == [1, 2]


def test_a_baseline_is_never_written_again() -> None:
    company = company_with_contacts(2)
    first = actions.freeze_baseline(company.chat.pk, now=NOW)
    companies.say(company, company.public, "One more", by="Somebody Else", at=NOW)
    companies.hear(now=NOW)
    facts.project(now=NOW)

    again = actions.freeze_baseline(company.chat.pk, now=NOW + timedelta(days=1))

    assert again == first
    for change in (
        lambda: Baseline.objects.update(contacts=99),
        lambda: Baseline.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_goal_is_never_changed() -> None:
    actions.open_goal(measure="contacts", target=5, due_on=date(2027, 1, 1), now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.update(target=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Goal.objects.all().delete()


def test_the_demo_takes_its_goals_with_it() -> None:
    company = companies.make_company(now=NOW)
    actions.open_goal(measure="contacts", target=5, due_on=date(2027, 1, 1), now=NOW, is_demo=True)
    actions.open_goal(measure="contacts", target=6, due_on=date(2027, 1, 1), now=NOW)
    actions.freeze_baseline(company.chat.pk, now=NOW, is_demo=True)

    actions.forget_demo()

    assert [goal.target for goal in Goal.objects.all()] == [6]
    assert not Baseline.objects.exists()


@pytest.mark.parametrize(
    ("measure", "target", "due_on", "field"),
    [
        ("replies", 5, date(2027, 1, 1), "measure"),
        ("contacts", -1, date(2027, 1, 1), "target"),
        ("contacts", float("nan"), date(2027, 1, 1), "target"),
        ("contacts", 5, NOW.date(), "due_on"),
    ],
)
def test_a_goal_that_cannot_be_is_refused(measure: str, target: float, due_on: date, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        actions.open_goal(measure=measure, target=target, due_on=due_on, now=NOW)

    assert refused.value.field == field


def test_progress_is_seen_by_those_who_see_the_channel() -> None:
    company = company_with_contacts(6)
    actions.open_goal(measure="contacts", target=3, due_on=date(2027, 1, 1), now=NOW, channel_id=company.public.pk)

    mine = queries.list_goals(companies.viewer_of(company.agent), now=NOW)
    others = queries.list_goals(companies.viewer_of(company.outsider), now=NOW)

    assert [(goal.value, goal.share, goal.is_met) for goal in mine] == [(1.5, 0.5, False)]
    assert others == []


def test_goals_and_baselines_are_in_the_audit_trail_and_told() -> None:
    company = companies.make_company(now=NOW)
    actions.open_goal(measure="contacts", target=3, due_on=date(2027, 1, 1), now=NOW)
    actions.freeze_baseline(company.chat.pk, now=NOW)

    assert {"goal.open", "baseline.freeze"} <= set(Entry.objects.values_list("action", flat=True))
    assert {"goal.opened", "baseline.frozen"} <= set(StoredEvent.objects.values_list("kind", flat=True))
