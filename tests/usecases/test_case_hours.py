"""Timers of a plan in business time run in the hours of the case's team."""

from datetime import UTC, datetime

import pytest

from midchannel.middle.cases import actions as cases
from midchannel.middle.cases.actions import hours
from midchannel.middle.cases.models import Case
from midchannel.platform.errors import InvalidError, NotAllowedError
from midchannel.usecases import open_case
from tests.desk import NOW, Desk, make_desk

PLAN = """
plan: slow
title: Slow
items:
  - task: look
  - timer: late
    time: 4 business hours
  - task: hurry
    after: late happens
"""
FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)
NIGHTS = [[(0, 6 * 60)]] * 7


@pytest.fixture
def desk(db: None) -> Desk:
    found = make_desk()
    cases.save_plan(found.lea, PLAN, now=NOW)
    return found


def _due(viewer_desk: Desk) -> datetime | None:
    case_id = open_case.open_case(viewer_desk.ana, plan="slow", now=FRIDAY)
    return Case.objects.get(pk=case_id).next_due_at


def test_a_timer_waits_over_the_weekend_in_office_hours(desk: Desk) -> None:
    assert _due(desk) == datetime(2026, 11, 23, 11, tzinfo=UTC)


def test_a_team_has_hours_of_its_own_and_else_those_of_the_company(desk: Desk) -> None:
    hours.save_hours(desk.lea, scope_id=None, timezone="Europe/Berlin", week=[[(540, 1080)]] * 5 + [[], []], now=NOW)
    assert _due(desk) == datetime(2026, 11, 23, 10, tzinfo=UTC)

    hours.save_hours(
        desk.lea, scope_id=desk.ana.scope_ids[0], timezone="UTC", week=NIGHTS, holidays=["2026-11-21"], now=NOW
    )
    assert _due(desk) == datetime(2026, 11, 22, 4, tzinfo=UTC)

    hours.remove_hours(desk.lea, scope_id=desk.ana.scope_ids[0], now=NOW)
    assert _due(desk) == datetime(2026, 11, 23, 10, tzinfo=UTC)


def test_hours_are_a_leads_and_have_to_make_sense(desk: Desk) -> None:
    with pytest.raises(NotAllowedError):
        hours.save_hours(desk.ana, scope_id=None, timezone="UTC", week=NIGHTS, now=NOW)
    mistakes: tuple[dict[str, object], ...] = (
        {"timezone": "Nowhere"}, {"week": [[]] * 7}, {"holidays": ["2026-13-01"]}, {"scope_id": 10**9},
    )  # fmt: skip
    for wrong in mistakes:
        with pytest.raises(InvalidError):
            hours.save_hours(desk.lea, **{"scope_id": None, "timezone": "UTC", "week": NIGHTS, "now": NOW, **wrong})  # type: ignore[arg-type]
