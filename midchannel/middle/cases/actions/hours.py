"""When teams work, for timers in business time."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.cases import plans
from midchannel.middle.cases.models import WorkingHours
from midchannel.platform.accounts.models import Scope
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.errors import InvalidError, NotAllowedError

MOST_HOLIDAYS = 1000
Week = Sequence[Sequence[tuple[int, int]]]


@transaction.atomic
def save_hours(
    viewer: Viewer, *, scope_id: int | None, timezone: str, week: Week, holidays: Sequence[str] = (), now: datetime
) -> None:
    """Say when a team works; `scope_id` None is every team without hours of its own. Timers that run already keep their time.

    `week`: seven lists of (from, to) in minutes of the day, Monday first. Raises NotAllowedError for who does not lead, InvalidError.
    """
    if not viewer.is_lead:
        raise NotAllowedError(_("Only a lead can change working hours."))
    if scope_id is not None and not Scope.objects.filter(pk=scope_id).exists():
        raise InvalidError(_("There is no such team."), "scope_id")
    if len(holidays) > MOST_HOLIDAYS:
        raise InvalidError(_("So many holidays cannot be kept."), "holidays")
    try:
        calendar = plans.calendar_of(timezone, week, holidays)
    except (ValueError, TypeError) as wrong:
        raise InvalidError(str(wrong), "week") from wrong
    values = {
        "timezone": timezone,
        "week": [[list(pair) for pair in day] for day in calendar.week],
        "holidays": sorted(each.isoformat() for each in calendar.holidays),
        "changed_at": now,
    }
    WorkingHours.objects.update_or_create(scope_id=scope_id, defaults=values)
    audit.record(viewer.actor, "case_hours.save", object_type="scope", object_id=scope_id or 0, now=now)


@transaction.atomic
def remove_hours(viewer: Viewer, *, scope_id: int | None, now: datetime) -> None:
    """Let a team have the company's hours again, or the company office hours. Raises NotAllowedError."""
    if not viewer.is_lead:
        raise NotAllowedError(_("Only a lead can change working hours."))
    WorkingHours.objects.filter(scope_id=scope_id).delete()
    audit.record(viewer.actor, "case_hours.remove", object_type="scope", object_id=scope_id or 0, now=now)
