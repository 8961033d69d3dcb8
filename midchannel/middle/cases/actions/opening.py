"""A case begins, and gathers conversations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from midchannel.engines.casework import machine
from midchannel.engines.casework.errors import UnsettledError
from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import keeping
from midchannel.middle.cases.errors import CaseNotFoundError, NotNowError, PlanNotFoundError
from midchannel.middle.cases.events import CaseOpened
from midchannel.middle.cases.models import Case, CaseConversation, PlanVersion
from midchannel.middle.conversations.models import Conversation
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError, NotFoundError

RULES = Actor("rules")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a case begins with: a plan by its name, whose work it is, whom and which conversations it is about; what is `known` of them by
    itself, and the `values` that somebody said, which go before it."""

    plan: str
    title: str = ""
    scope_id: int | None = None
    queue_id: int | None = None
    owner_id: int | None = None
    handle_id: int | None = None
    conversation_ids: tuple[int, ...] = ()
    parent_id: int | None = None
    parent_instance: int | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def open_case(
    viewer: Viewer,
    *,
    plan: str,
    title: str = "",
    scope_id: int | None = None,
    queue_id: int | None = None,
    conversation_ids: tuple[int, ...] = (),
    handle_id: int | None = None,
    parent_id: int | None = None,
    known: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    now: datetime,
) -> int:
    """Begin a case by the current version of a plan. From a conversation it takes scope, queue and whom it is about, unless they are said.

    Returns its id. Raises PlanNotFoundError, NotFoundError for a conversation that the viewer does not see, CaseNotFoundError for the
    parent, NotNowError when the plan never comes to rest.
    """
    if parent_id is not None and not Case.objects.visible_to(viewer).filter(pk=parent_id).exists():
        raise CaseNotFoundError
    found = list(Conversation.objects.visible_to(viewer).filter(pk__in=conversation_ids).order_by("id"))
    if len(found) != len(set(conversation_ids)):
        raise NotFoundError
    if found:
        first = found[0]
        scope_id, queue_id = scope_id or first.scope_id, queue_id or first.queue_id
        handle_id = handle_id or first.handle_id
    if (
        scope_id is not None
        and scope_id not in viewer.scope_ids
        and not viewer.is_lead
        and scope_id not in {each.scope_id for each in found}
    ):
        raise InvalidError(field="scope_id")
    beginning = Beginning(
        plan, title, scope_id, queue_id, viewer.user_id, handle_id, tuple(each.pk for each in found), parent_id,
        known=known or {}, values=values or {},
    )  # fmt: skip
    return begin_case(beginning, by=viewer.actor, now=now)


@transaction.atomic
def begin_case(beginning: Beginning, *, by: Actor, now: datetime) -> int:
    """Begin a case for the machine (a rule, a plan item of another case): nothing is proven here. Returns its id.

    Raises PlanNotFoundError, NotNowError when the plan never comes to rest.
    """
    version = PlanVersion.objects.filter(name=beginning.plan, is_current=True).first()
    if version is None:
        raise PlanNotFoundError
    ready = plans.ready(version.pk, beginning.scope_id)
    try:
        outcome = machine.start(ready, now=now, values={**beginning.known, **beginning.values}, by=by.name)
    except UnsettledError as wrong:
        raise NotNowError(wrong) from wrong
    case = Case(
        id=ids.take(1, now=now)[0], scope_id=beginning.scope_id, queue_id=beginning.queue_id, owner_id=beginning.owner_id,
        handle_id=beginning.handle_id, parent_id=beginning.parent_id, parent_instance=beginning.parent_instance,
        plan_version_id=version.pk, title=beginning.title.strip()[:500] or version.title, snapshot=b"", revision=0, opened_at=now,
        changed_at=now,
    )  # fmt: skip
    keeping.keep(case, ready, outcome, by=by, now=now, unsaid=beginning.known.keys() - beginning.values.keys())
    _attach(case, beginning.conversation_ids, now=now)
    keeping.note(by, "case.open", case, now=now, version=version.pk)
    keeping.tell(CaseOpened, case, ready, now=now, version=version.number)
    return case.pk


@transaction.atomic
def attach_conversation(viewer: Viewer, case_id: int, conversation_id: int, *, now: datetime) -> None:
    """A conversation that the viewer sees belongs to the case from now on; again is harmless. Raises CaseNotFoundError, NotFoundError."""
    case = keeping.lock(viewer, case_id)
    seen = Conversation.objects.visible_to(viewer).filter(pk=conversation_id)
    if not seen.exists():
        raise NotFoundError
    there = CaseConversation.objects.filter(case_id=case.pk, conversation_id=conversation_id)
    if not there.exists():
        _attach(case, (conversation_id,), now=now)
        keeping.note(viewer.actor, "case.attach_conversation", case, now=now, conversation_id=conversation_id)


@transaction.atomic
def detach_conversation(viewer: Viewer, case_id: int, conversation_id: int, *, now: datetime) -> None:
    """A conversation belongs to the case no longer; what it has moved stays moved. Raises CaseNotFoundError, NotFoundError."""
    case = keeping.lock(viewer, case_id)
    gone, _ = CaseConversation.objects.filter(case_id=case.pk, conversation_id=conversation_id).delete()
    if not gone:
        raise NotFoundError
    keeping.note(viewer.actor, "case.detach_conversation", case, now=now, conversation_id=conversation_id)


def _attach(case: Case, conversation_ids: tuple[int, ...], *, now: datetime) -> None:
    CaseConversation.objects.bulk_create(
        [CaseConversation(case_id=case.pk, conversation_id=each, added_at=now) for each in conversation_ids],
        ignore_conflicts=True,
    )
