"""When teams work."""

from dataclasses import dataclass

from midchannel.middle.cases import plans
from midchannel.middle.cases.models import WorkingHours
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours in force for a team: seven days of (from, to) in minutes, Monday first; holidays as ISO dates."""

    timezone: str
    week: tuple[tuple[tuple[int, int], ...], ...]
    holidays: tuple[str, ...]


def list_hours(viewer: Viewer) -> frozenset[int | None]:
    """The scopes that have hours of their own; None is the company."""
    return frozenset(WorkingHours.objects.values_list("scope_id", flat=True))


def get_calendar(viewer: Viewer, scope_id: int | None) -> Hours:
    """The hours of a team, or those that hold for it; everybody may know when colleagues work."""
    found = plans.hours_of(scope_id)
    return Hours(found.zone, found.week, tuple(sorted(each.isoformat() for each in found.holidays)))
