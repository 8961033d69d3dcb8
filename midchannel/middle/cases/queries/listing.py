"""Many cases."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q

from midchannel.middle.cases.models import OPEN, Case, CaseConversation, CaseQuerySet, PlanItem, PlanVersion
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database import paging
from midchannel.platform.database.paging import Page
from midchannel.platform.errors import InvalidError


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; `now` are the titles of what is to be done in it."""

    id: int
    title: str
    state: str
    plan_title: str
    owner_id: int | None
    opened_at: datetime
    changed_at: datetime
    now: tuple[str, ...]


def list_cases(
    viewer: Viewer, *, is_open: bool = True, owner_id: int | None = None, cursor: str | None = None, limit: int = 50
) -> Page[CaseRow]:
    """Cases that the viewer may see, what changed last first. Raises InvalidError for a cursor that was not made here."""
    found = Case.objects.visible_to(viewer).filter(ended_at__isnull=is_open)
    if owner_id is not None:
        found = found.filter(owner_id=owner_id)
    page = page_of(found.defer("snapshot"), cursor, limit)
    return Page(_rows(page.items), page.next_cursor)


def page_of(found: CaseQuerySet, cursor: str | None, limit: int) -> Page[Case]:
    """A page of cases, what changed last first. Raises InvalidError for a cursor that was not made here."""
    if behind := paging.decode_cursor(cursor, str, int):
        moment = _moment(str(behind[0]))
        found = found.filter(Q(changed_at__lt=moment) | Q(changed_at=moment, id__lt=behind[1]))
    limit = paging.check_limit(limit)
    rows = list(found.defer("before_snapshot").order_by("-changed_at", "-id")[: limit + 1])
    return paging.cut(rows, limit, lambda each: (each.changed_at.isoformat(), each.pk))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidError(field="cursor") from error


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
        CaseRow(each.pk, each.title, each.state, titles[each.plan_version_id], each.owner_id, each.opened_at, each.changed_at,
                tuple(now.get(each.pk, ())))
        for each in cases
    ]  # fmt: skip
