"""Many cases, and one's work across them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from midchannel.middle.cases.models import OPEN, Case, CaseConversation, PlanItem, PlanVersion
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; `now` are the titles of what is to be done in it."""

    id: int
    title: str
    state: str
    plan_title: str
    owner_id: int | None
    queue_id: int | None
    handle_id: int | None
    opened_at: datetime
    changed_at: datetime
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """Something to do, with the case it is in."""

    case_id: int
    case_title: str
    instance: int
    item: str
    title: str
    state: str
    role: str
    assignee_id: int | None
    due_at: datetime | None
    since: datetime


def list_cases(
    viewer: Viewer, *, is_open: bool = True, owner_id: int | None = None, queue_id: int | None = None, handle_ids: tuple[int, ...] = (),
    before: datetime | None = None, most: int = 50,
) -> list[CaseRow]:  # fmt: skip
    """Cases that the viewer may see, what changed last first; `before` is the `changed_at` to go on from."""
    found = Case.objects.visible_to(viewer).filter(ended_at__isnull=is_open)
    if owner_id is not None:
        found = found.filter(owner_id=owner_id)
    if queue_id is not None:
        found = found.filter(queue_id=queue_id)
    if handle_ids:
        found = found.filter(handle_id__in=handle_ids)
    if before is not None:
        found = found.filter(changed_at__lt=before)
    return _rows(list(found.defer("snapshot", "before_snapshot").order_by("-changed_at", "-id")[:most]))


def list_cases_of(viewer: Viewer, conversation_id: int) -> list[CaseRow]:
    """The cases that a conversation belongs to, open ones first."""
    link = CaseConversation.objects.filter(case_id=OuterRef("pk"), conversation_id=conversation_id)
    found = Case.objects.visible_to(viewer).filter(Exists(link)).defer("snapshot", "before_snapshot")
    rows = _rows(list(found.order_by("-changed_at")[:50]))
    return sorted(rows, key=lambda each: each.state not in OPEN)


def _rows(cases: list[Case]) -> list[CaseRow]:
    titles = dict(
        PlanVersion.objects.filter(pk__in={each.plan_version_id for each in cases}).values_list("pk", "title")
    )
    now: dict[int, list[str]] = {}
    items = PlanItem.objects.filter(case_id__in=[each.pk for each in cases], list_name="now").order_by(
        "case_id", "instance"
    )
    for case_id, title in items.values_list("case_id", "title"):
        now.setdefault(case_id, []).append(title)
    return [
        CaseRow(each.pk, each.title, each.state, titles[each.plan_version_id], each.owner_id, each.queue_id, each.handle_id,
                each.opened_at, each.changed_at, tuple(now.get(each.pk, ())))
        for each in cases
    ]  # fmt: skip


def list_work(viewer: Viewer, *, mine: bool = False, roles: tuple[str, ...] = (), most: int = 100) -> list[WorkRow]:
    """What is to be done in cases that the viewer may see, the longest waiting first: everything, one's own, or of some roles."""
    seen = Case.objects.visible_to(viewer).filter(pk=OuterRef("case_id"), ended_at=None)
    found = PlanItem.objects.filter(Exists(seen), list_name="now")
    if mine:
        found = found.filter(assignee_id=viewer.user_id)
    if roles:
        found = found.filter(role__in=roles)
    rows = list(found.order_by("since", "id")[:most])
    titles = dict(Case.objects.filter(pk__in={each.case_id for each in rows}).values_list("pk", "title"))
    return [
        WorkRow(each.case_id, titles[each.case_id], each.instance, each.item, each.title, each.state, each.role, each.assignee_id,
                each.due_at, each.since)
        for each in rows
    ]  # fmt: skip
