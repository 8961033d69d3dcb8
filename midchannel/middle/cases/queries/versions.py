"""The versions of a plan, and how many cases follow each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from midchannel.middle.cases import plans
from midchannel.middle.cases.errors import PlanNotFoundError
from midchannel.middle.cases.models import Case, PlanVersion
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version: its number, why it was made, and how many cases that the viewer sees follow it, running and ended."""

    id: int
    number: int
    title: str
    reason: str
    made_at: datetime
    made_by: str
    is_current: bool
    running: int
    ended: int


@dataclass(frozen=True, slots=True)
class PlanOverview:
    """A plan as a list shows it, by its current version. `own` are running cases with a plan changed for them alone."""

    name: str
    title: str
    version_id: int
    number: int
    about: str
    began_at: datetime
    made_at: datetime
    made_by: str
    running: int
    own: int
    behind: int
    """Running cases that follow an older version."""
    by_number: tuple[tuple[int, int], ...]
    """Version and how many running cases follow it, the newest first."""


def list_versions(viewer: Viewer, name: str) -> list[VersionRow]:
    """Every version of a plan, the newest first. Raises PlanNotFoundError."""
    found = list(PlanVersion.objects.filter(name=name, case_id=None).defer("text").order_by("-number"))
    if not found:
        raise PlanNotFoundError
    counts = _counts(viewer, PlanVersion.objects.filter(pk__in=[each.pk for each in found]).values("pk"))
    return [
        VersionRow(each.pk, each.number, each.title, each.reason, each.made_at, each.made_by_name, each.is_current,
                   *counts.get(each.pk, (0, 0)))
        for each in found
    ]  # fmt: skip


def get_version(viewer: Viewer, name: str, number: int | None = None) -> tuple[VersionRow, str]:
    """A version with its text: the current one, or the one of this number. Raises PlanNotFoundError."""
    wanted = Q(is_current=True) if number is None else Q(number=number)
    found = PlanVersion.objects.filter(wanted, name=name, case_id=None).first()
    if found is None:
        raise PlanNotFoundError
    running, ended = _counts(viewer, PlanVersion.objects.filter(pk=found.pk).values("pk")).get(found.pk, (0, 0))
    row = VersionRow(
        found.pk, found.number, found.title, found.reason, found.made_at, found.made_by_name, found.is_current, running, ended
    )  # fmt: skip
    return row, found.text


def get_about(version_id: int) -> str:
    """What a version says that it is for, on one line. Raises PlanNotFoundError."""
    return " ".join(plans.ready(version_id).plan.about.split())


def list_overviews(viewer: Viewer) -> list[PlanOverview]:
    """Every plan, by title, with its running cases per version."""
    counts = _counts(viewer, PlanVersion.objects.values("pk"))
    first: dict[str, datetime] = {}
    numbers: dict[str, list[tuple[int, int]]] = {}
    own: dict[str, int] = {}
    rows = PlanVersion.objects.order_by("-number").values_list("pk", "name", "number", "case_id", "made_at")
    for version_id, name, number, case_id, made_at in rows.filter(Q(case_id=None) | Q(pk__in=counts)):
        running = counts.get(version_id, (0, 0))[0]
        if case_id is not None:
            own[name] = own.get(name, 0) + running
            continue
        first[name] = min(first.get(name, made_at), made_at)
        if running:
            numbers.setdefault(name, []).append((number, running))
    found = PlanVersion.objects.filter(is_current=True).defer("text").order_by("title", "id")
    return [_overview(each, first, numbers.get(each.name, []), own.get(each.name, 0)) for each in found]


def _overview(
    version: PlanVersion, first: dict[str, datetime], numbers: list[tuple[int, int]], own: int
) -> PlanOverview:
    running = sum(count for _, count in numbers)
    behind = sum(count for number, count in numbers if number != version.number)
    return PlanOverview(
        version.name, version.title, version.pk, version.number, get_about(version.pk), first.get(version.name, version.made_at),
        version.made_at, version.made_by_name, running + own, own, behind, tuple(numbers),
    )  # fmt: skip


def _counts(viewer: Viewer, version_ids: QuerySet[PlanVersion, Any]) -> dict[int, tuple[int, int]]:
    """Running and ended cases by version."""
    rows = (
        Case.objects.visible_to(viewer)
        .filter(plan_version_id__in=version_ids)
        .values("plan_version_id")
        .annotate(running=Count("pk", filter=Q(ended_at=None)), ended=Count("pk", filter=Q(ended_at__isnull=False)))
        .values_list("plan_version_id", "running", "ended")
    )
    return {version_id: (running, ended) for version_id, running, ended in rows}
