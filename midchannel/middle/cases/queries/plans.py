"""Plans and their versions."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from midchannel.middle.cases.errors import PlanNotFoundError
from midchannel.middle.cases.models import Case, PlanVersion
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class PlanRow:
    """The current version of a plan, and how many open cases the viewer sees that follow a version of it."""

    id: int
    name: str
    number: int
    title: str
    made_at: datetime
    made_by: str
    cases: int


def list_plans(viewer: Viewer) -> list[PlanRow]:
    """Every plan by its current version, by title."""
    counts = dict(
        Case.objects.visible_to(viewer)
        .filter(ended_at=None)
        .values("plan_version_id")
        .annotate(n=Count("id"))
        .values_list("plan_version_id", "n")
    )
    names: dict[str, int] = {}
    for version_id, name in PlanVersion.objects.filter(pk__in=counts).values_list("pk", "name"):
        names[name] = names.get(name, 0) + counts[version_id]
    found = PlanVersion.objects.filter(is_current=True).order_by("title", "id")
    return [
        PlanRow(each.pk, each.name, each.number, each.title, each.made_at, each.made_by_name, names.get(each.name, 0))
        for each in found
    ]


def get_plan_text(viewer: Viewer, name: str, *, number: int | None = None) -> str:
    """The text of a plan: its current version, or the one of this number. Raises PlanNotFoundError."""
    wanted = Q(is_current=True) if number is None else Q(number=number, case_id=None)
    text = PlanVersion.objects.filter(wanted, name=name).values_list("text", flat=True).first()
    if text is None:
        raise PlanNotFoundError
    return text
