"""Plan versions ready to run: read and compiled once in a process, since a version never changes."""

import dataclasses
import functools
from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from midchannel.engines.casework import business, compiled, yaml_reading
from midchannel.engines.casework.errors import InvalidPlanError
from midchannel.middle.cases.errors import PlanNotFoundError, PlanWrongError
from midchannel.middle.cases.models import PlanVersion, WorkingHours

OFFICE = business.Calendar(week=(((9 * 60, 17 * 60),),) * 5 + ((), ()))
"""The hours of a company that has said none: Monday to Friday, 9 to 17, UTC."""


def ready(version_id: int, scope_id: int | None = None) -> compiled.CompiledPlan:
    """The plan of a version, ready to run in the hours of a team (by its scope). Raises PlanNotFoundError."""
    found, needs_hours = _compiled(version_id)
    return with_hours(found, scope_id) if needs_hours else found


def with_hours(found: compiled.CompiledPlan, scope_id: int | None) -> compiled.CompiledPlan:
    """The same plan in the hours of a team."""
    return dataclasses.replace(found, calendar=hours_of(scope_id)) if _needs_hours(found) else found


def hours_of(scope_id: int | None) -> business.Calendar:
    """When a team works: its own hours, else the company's, else office hours."""
    wanted = Q(scope_id=None) if scope_id is None else Q(scope_id=None) | Q(scope_id=scope_id)
    rows = list(WorkingHours.objects.filter(wanted).order_by("scope_id"))  # the company's come last
    return calendar_of(rows[0].timezone, rows[0].week, rows[0].holidays) if rows else OFFICE


def calendar_of(zone: str, week: Sequence[Sequence[Sequence[int]]], holidays: Sequence[str]) -> business.Calendar:
    """A calendar from what is kept of it. Raises `ValueError` with what is wrong."""
    days = tuple(tuple((int(start), int(end)) for start, end in day) for day in week)
    return business.Calendar(zone, days, frozenset(date.fromisoformat(each) for each in holidays))


def _needs_hours(found: compiled.CompiledPlan) -> bool:
    timings = [found.node(key).item.timing for key in found.timers]
    return any(each is not None and ("business" in each.expression or "{" in each.expression) for each in timings)


@functools.lru_cache(maxsize=256)
def _compiled(version_id: int) -> tuple[compiled.CompiledPlan, bool]:
    text = PlanVersion.objects.filter(pk=version_id).values_list("text", flat=True).first()
    if text is None:
        raise PlanNotFoundError
    found = compiled.compile_plan(yaml_reading.read(text))
    return found, _needs_hours(found)


def read(text: str) -> compiled.CompiledPlan:
    """A text that somebody wrote, ready to run. Raises PlanWrongError with every problem and its place."""
    try:
        return compiled.compile_plan(yaml_reading.read(text))
    except InvalidPlanError as wrong:
        raise PlanWrongError(wrong.problems) from wrong


def forget() -> None:
    """Forget the plans that were read: for tests, in which ids begin anew."""
    _compiled.cache_clear()
