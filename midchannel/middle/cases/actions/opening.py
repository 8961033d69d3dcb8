"""A case begins, and gathers conversations."""

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
from midchannel.platform.errors import InvalidError, NotFoundError


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
    values: dict[str, Any] | None = None,
    now: datetime,
) -> int:
    """Begin a case by the current version of a plan. From a conversation it takes scope, queue and whom it is about, unless they are said.

    Returns its id. Raises PlanNotFoundError, NotFoundError for a conversation that the viewer does not see, CaseNotFoundError for the
    parent, NotNowError when the plan never comes to rest.
    """
    version = PlanVersion.objects.filter(name=plan, is_current=True).first()
    if version is None:
        raise PlanNotFoundError
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
    ready = plans.ready(version.pk)
    try:
        outcome = machine.start(ready, now=now, values=values, by=viewer.name)
    except UnsettledError as wrong:
        raise NotNowError(wrong) from wrong
    case = Case(
        id=ids.take(1, now=now)[0], scope_id=scope_id, queue_id=queue_id, owner_id=viewer.user_id, handle_id=handle_id, parent_id=parent_id,
        plan_version_id=version.pk, title=title or version.title, snapshot=b"", revision=0, opened_at=now, changed_at=now,
    )  # fmt: skip
    keeping.keep(case, ready, outcome, by=viewer.actor, now=now)
    _attach(case, tuple(each.pk for each in found), now=now)
    keeping.note(viewer.actor, "case.open", case, now=now, version=version.pk)
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


def _attach(case: Case, conversation_ids: tuple[int, ...], *, now: datetime) -> None:
    CaseConversation.objects.bulk_create(
        [CaseConversation(case_id=case.pk, conversation_id=each, added_at=now) for each in conversation_ids],
        ignore_conflicts=True,
    )
