"""One case: where it stands, its lists, why something is there, what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from midchannel.engines.casework import lists, reasons, state
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.middle.cases import plans
from midchannel.middle.cases.errors import CaseNotFoundError
from midchannel.middle.cases.models import Case, CaseConversation, CaseEvent, PlanItem, PlanVersion
from midchannel.middle.conversations.models import Conversation
from midchannel.platform.accounts.models import Grant
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case as a page shows it. `assignees` by number of the instance; `revision` goes with a command: nobody acts on the past."""

    id: int
    title: str
    state: str
    plan: str
    plan_title: str
    plan_number: int
    is_changed: bool
    can_take_back: bool
    scope_id: int | None
    queue_id: int | None
    owner_id: int | None
    handle_id: int | None
    parent_id: int | None
    children: tuple[int, ...]
    conversation_ids: tuple[int, ...]
    revision: int
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    values: dict[str, Any]
    lists: lists.Lists
    openness: reasons.Openness
    assignees: dict[int, int]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened in a case: the engine's event as JSON, when, and who."""

    seq: int
    at: datetime
    by: str
    body: dict[str, Any]


class MayKnow(TypedDict):
    """Whom an event may be told."""

    scope_ids: tuple[int, ...]
    user_ids: tuple[int, ...]


def find(viewer: Viewer, case_id: int) -> Case:
    """The case, when the viewer may see it. Raises CaseNotFoundError."""
    found = Case.objects.visible_to(viewer).filter(pk=case_id).first()
    if found is None:
        raise CaseNotFoundError
    return found


def who_may_know(case: Case) -> MayKnow:
    """Whom of the company an event about a case is told: its scope, its owner, who was brought to it. Never a partner."""
    brought = Grant.objects.filter(object_type="case", object_id=case.pk).values_list("user_id", flat=True)
    people = {*brought, *([case.owner_id] if case.owner_id else [])}
    return {"scope_ids": (case.scope_id,) if case.scope_id else (), "user_ids": tuple(sorted(people))}


def ready_of(case: Case) -> tuple[CompiledPlan, state.CaseState]:
    """The plan and the state of a case."""
    return plans.ready(case.plan_version_id, case.scope_id), state.decode(bytes(case.snapshot))


def get_case(viewer: Viewer, case_id: int, *, roles: tuple[str, ...] | None = None) -> CaseDetail:
    """A case with its five lists; `roles` are the viewer's in this case (None: all). Raises CaseNotFoundError."""
    return detail_of(viewer, find(viewer, case_id), roles=roles)


def detail_of(viewer: Viewer, case: Case, *, roles: tuple[str, ...] | None = None) -> CaseDetail:
    """The same of a case that was found for the viewer. Its conversations are those that they may see."""
    ready, current = ready_of(case)
    links = CaseConversation.objects.filter(
        case_id=case.pk, conversation_id__in=Conversation.objects.visible_to(viewer).values("pk")
    )
    version = PlanVersion.objects.get(pk=case.plan_version_id)
    assignees = PlanItem.objects.filter(case_id=case.pk, assignee_id__isnull=False).values_list(
        "instance", "assignee_id"
    )
    return CaseDetail(
        id=case.pk, title=case.title, state=case.state, plan=version.name, plan_title=version.title, plan_number=version.number,
        is_changed=version.case_id is not None, can_take_back=case.before_version_id is not None, scope_id=case.scope_id,
        queue_id=case.queue_id, owner_id=case.owner_id, handle_id=case.handle_id, parent_id=case.parent_id,
        children=tuple(Case.objects.visible_to(viewer).filter(parent_id=case.pk).order_by("id").values_list("pk", flat=True)),
        conversation_ids=tuple(links.order_by("id").values_list("conversation_id", flat=True)),
        revision=case.revision, opened_at=case.opened_at, changed_at=case.changed_at, ended_at=case.ended_at, values=current.values,
        lists=lists.list_all(ready, current, roles), openness=reasons.what_keeps_open(ready, current),
        assignees={instance: who for instance, who in assignees if who is not None},
    )  # fmt: skip


def why_here(viewer: Viewer, case_id: int, instance: int) -> reasons.Why:
    """Why an item of a case is here. Raises CaseNotFoundError, NotFoundError."""
    ready, current = ready_of(find(viewer, case_id))
    if instance not in current.instances:
        raise NotFoundError
    return reasons.why_here(ready, current, instance)


def what_moves(viewer: Viewer, case_id: int, instance: int) -> reasons.Movable:
    """What would move an item of a case. Raises CaseNotFoundError, NotFoundError."""
    ready, current = ready_of(find(viewer, case_id))
    if instance not in current.instances:
        raise NotFoundError
    return reasons.what_moves(ready, current, instance)


def list_happenings(viewer: Viewer, case_id: int, *, before: int | None = None, most: int = 200) -> list[Happening]:
    """What happened in a case, the newest first, older than `before`. Raises CaseNotFoundError."""
    case = find(viewer, case_id)
    found = CaseEvent.objects.filter(case_id=case.pk)
    if before is not None:
        found = found.filter(seq__lt=before)
    return [Happening(each.seq, each.at, each.by_name, each.body) for each in found.order_by("-seq")[:most]]
