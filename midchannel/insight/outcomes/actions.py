"""Goals are set and baselines frozen."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from midchannel.insight.facts import queries as facts
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.outcomes import definitions
from midchannel.insight.outcomes.events import BaselineFrozen, GoalOpened
from midchannel.insight.outcomes.models import Baseline, Goal
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

WEEKS = 13
WEEK = timedelta(days=7)
TERMINAL = Actor("terminal")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A baseline as it was written. `is_none`: there was nothing before."""

    channel_id: int
    frozen_at: datetime
    contacts: int
    messages: int
    is_none: bool


@transaction.atomic
def open_goal(
    *,
    measure: str,
    target: float,
    due_on: date,
    now: datetime,
    channel_id: int | None = None,
    note: str = "",
    by: Actor = TERMINAL,
    is_demo: bool = False,
) -> int:
    """Set a goal; returns its id. It is never changed: a new mind is a new goal.

    `measure` is one of `definitions.GOALS` (`contacts`, `messages` a week; `first_answer`, `resolution` in seconds; `loop_closure` as a
    share). `channel_id` None is the whole company.
    """
    if measure not in definitions.GOALS:
        raise InvalidError(f"A goal is a value of one of: {', '.join(definitions.GOALS)}.", "measure")
    if not 0 <= target < 1e12:
        raise InvalidError("Give the goal a number that is not negative.", "target")
    if due_on <= now.date():
        raise InvalidError("Give the goal a day in the future.", "due_on")
    goal = Goal.objects.create(
        channel_id=channel_id,
        measure=measure,
        target=target,
        due_on=due_on,
        note=note.strip(),
        created_at=now,
        by_user_id=by.user_id,
        by_name=by.name,
        is_demo=is_demo,
    )
    audit.record(
        by, "goal.open", object_type="goal", object_id=goal.pk, now=now, measure=measure, channel_id=channel_id
    )
    events.emit(GoalOpened(object_id=goal.pk, measure=measure, channel_id=channel_id), now=now)
    return goal.pk


@transaction.atomic
def freeze_baseline(channel_id: int, *, now: datetime, by: Actor = TERMINAL, is_demo: bool = False) -> Frozen:
    """Write down how it was before this channel: once. Called again it changes nothing and returns what was frozen."""
    found = Baseline.objects.filter(channel_id=channel_id).first()
    if found is None:
        found = _freeze(channel_id, now=now, is_demo=is_demo)
        audit.record(
            by, "baseline.freeze", object_type="channel", object_id=channel_id, now=now, contacts=found.contacts
        )
        told = BaselineFrozen(object_id=channel_id, contacts=found.contacts, messages=found.messages)
        events.emit(told, now=now)
    return Frozen(channel_id, found.frozen_at, found.contacts, found.messages, found.contacts + found.messages == 0)


def _freeze(channel_id: int, *, now: datetime, is_demo: bool) -> Baseline:
    totals = facts.count_all_before(now)
    starts = [now - WEEK * (WEEKS - i) for i in range(WEEKS)]
    weeks = [
        [start.isoformat(), counts.get(Fact.OPENED, 0), counts.get(Fact.MESSAGE, 0)]
        for start, counts in zip(starts, facts.count_all_by_week(starts, WEEK), strict=True)
    ]
    baseline, _ = Baseline.objects.get_or_create(
        channel_id=channel_id,
        defaults={
            "frozen_at": now,
            "contacts": totals.counts.get(Fact.OPENED, 0),
            "messages": totals.counts.get(Fact.MESSAGE, 0),
            "since": totals.since,
            "weeks": weeks if totals.counts else [],
            "is_demo": is_demo,
        },
    )
    return baseline


@transaction.atomic
def forget_demo() -> None:
    """Remove the goals and baselines of the demo, and nothing else."""
    Goal.objects.filter(is_demo=True).delete()
    Baseline.objects.filter(is_demo=True).delete()
