"""Cases as a list that people work from: whose, what is next, what is due, how far each has come."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from midchannel.engines.casework import lists, state
from midchannel.middle.cases import plans
from midchannel.middle.cases.models import Case, CaseConversation, CaseQuerySet, PlanItem, PlanVersion
from midchannel.middle.cases.queries import finding, listing
from midchannel.middle.customers import queries as customers
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.paging import Page

SOON = timedelta(days=1)
NEXT = 3


@dataclass(frozen=True, slots=True)
class NextItem:
    """Something to be done now. `assignee_name` is empty while nobody has taken it."""

    instance: int
    title: str
    role: str
    assignee_id: int | None
    assignee_name: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list. `next` are the first things to be done, `others` how many more there are; `due_at` is when its clock goes off."""

    id: int
    title: str
    state: str
    plan: str
    plan_title: str
    plan_number: int
    is_changed: bool
    owner_id: int | None
    owner_name: str
    customer_name: str
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    next: tuple[NextItem, ...]
    others: int
    milestones: tuple[lists.Milestone, ...]


def _mine(viewer: Viewer, found: CaseQuerySet) -> CaseQuerySet:
    item = PlanItem.objects.filter(case_id=OuterRef("pk"), assignee_id=viewer.user_id)
    return found.filter(Q(owner_id=viewer.user_id) | Q(Exists(item)), ended_at=None)


def _team(viewer: Viewer, found: CaseQuerySet) -> CaseQuerySet:
    return found.filter(scope_id__in=viewer.scope_ids, ended_at=None)


VIEWS: dict[str, Callable[[Viewer, CaseQuerySet], CaseQuerySet]] = {
    "mine": _mine,
    "team": _team,
    "open": lambda _, found: found.filter(ended_at=None),
    "ended": lambda _, found: found.filter(ended_at__isnull=False),
}
"""Mine: owned by the viewer or with something in it that is theirs to do. Team: in a scope of theirs."""


def list_page(
    viewer: Viewer,
    *,
    view: str = "open",
    plan: str = "",
    text: str = "",
    due_by: datetime | None = None,
    cursor: str | None = None,
    limit: int = 40,
) -> Page[CaseLine]:
    """A page of a view of `VIEWS`, what changed last first; of one plan, with the words of a text (`finding`), or whose clock goes off
    until `due_by`.

    Raises InvalidError for a cursor that was not made here.
    """
    found = _narrowed(VIEWS[view](viewer, Case.objects.visible_to(viewer)), plan=plan, due_by=due_by)
    if text:
        found = finding.with_words(viewer, found, text, is_open=view != "ended")
    page = listing.page_of(found, cursor, limit)
    return Page(_lines(viewer, page.items), page.next_cursor)


def count_views(viewer: Viewer) -> dict[str, int]:
    """How many cases are in each view of `VIEWS`."""
    return {name: narrow(viewer, Case.objects.visible_to(viewer)).count() for name, narrow in VIEWS.items()}


def list_of_conversation(viewer: Viewer, conversation_id: int) -> list[CaseLine]:
    """The cases that a conversation belongs to, open ones first."""
    link = CaseConversation.objects.filter(case_id=OuterRef("pk"), conversation_id=conversation_id)
    found = Case.objects.visible_to(viewer).filter(Exists(link)).defer("before_snapshot")
    rows = _lines(viewer, list(found.order_by("-changed_at")[:20]))
    return sorted(rows, key=lambda each: each.ended_at is not None)


def list_by_ids(viewer: Viewer, case_ids: Iterable[int]) -> list[CaseLine]:
    """Those of these cases that the viewer may see, the newest first."""
    found = Case.objects.visible_to(viewer).filter(pk__in=list(case_ids)).defer("before_snapshot")
    return _lines(viewer, list(found.order_by("-id")[:50]))


def list_related(viewer: Viewer, case_id: int, *, handle_ids: tuple[int, ...], limit: int = 5) -> list[CaseLine]:
    """Other cases of the same person, the newest first."""
    found = Case.objects.visible_to(viewer).filter(handle_id__in=handle_ids).exclude(pk=case_id)
    return _lines(viewer, list(found.defer("before_snapshot").order_by("-id")[:limit]))


def list_similar(viewer: Viewer, case_id: int, *, limit: int = 5) -> list[CaseLine]:
    """Cases by the same plan that have ended, the latest first."""
    versions = Case.objects.filter(pk=case_id).values("plan_version_id")[:1]
    name = PlanVersion.objects.filter(pk__in=versions).values("name")[:1]
    of_plan = PlanVersion.objects.filter(pk=OuterRef("plan_version_id"), name__in=name)
    found = Case.objects.visible_to(viewer).filter(Exists(of_plan), ended_at__isnull=False).exclude(pk=case_id)
    return _lines(viewer, list(found.defer("before_snapshot").order_by("-ended_at")[:limit]))


def _narrowed(found: CaseQuerySet, *, plan: str, due_by: datetime | None) -> CaseQuerySet:
    if plan:
        plan = plan.replace("\0", "")
        found = found.filter(Exists(PlanVersion.objects.filter(pk=OuterRef("plan_version_id"), name=plan)))
    if due_by is not None:
        found = found.filter(next_due_at__lte=due_by)
    return found


def _lines(viewer: Viewer, cases: list[Case]) -> list[CaseLine]:
    versions = {
        each.pk: each
        for each in PlanVersion.objects.filter(pk__in={case.plan_version_id for case in cases}).defer("text")
    }
    items = _next_of(cases)
    people = {each.owner_id for each in cases} | {item.assignee_id for found in items.values() for item in found}
    names = {
        each.id: each.name for each in accounts.list_people(viewer, ids=[one for one in people if one is not None])
    }
    persons = customers.get_names(each.handle_id for each in cases if each.handle_id)
    return [_line(case, versions[case.plan_version_id], items.get(case.pk, []), names, persons) for case in cases]


def _next_of(cases: list[Case]) -> dict[int, list[PlanItem]]:
    found: dict[int, list[PlanItem]] = {}
    rows = PlanItem.objects.filter(case_id__in=[each.pk for each in cases], list_name="now").order_by("instance")
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _line(
    case: Case,
    version: PlanVersion,
    items: list[PlanItem],
    names: dict[int, str],
    persons: dict[int, customers.CustomerName],
) -> CaseLine:
    person = persons.get(case.handle_id) if case.handle_id else None
    return CaseLine(
        id=case.pk, title=case.title, state=case.state, plan=version.name, plan_title=version.title, plan_number=version.number,
        is_changed=version.case_id is not None, owner_id=case.owner_id, owner_name=names.get(case.owner_id or 0, ""),
        customer_name=person.name if person else "", opened_at=case.opened_at, changed_at=case.changed_at, ended_at=case.ended_at,
        due_at=case.next_due_at,
        next=tuple(
            NextItem(each.instance, each.title, each.role, each.assignee_id, names.get(each.assignee_id or 0, ""))
            for each in items[:NEXT]
        ),
        others=max(0, len(items) - NEXT),
        milestones=lists.milestones(plans.ready(case.plan_version_id), state.decode(bytes(case.snapshot))),
    )  # fmt: skip
