"""What every story in a case begins and ends with: the case locked and proven; events, state and rows written, audited and told."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import F

from midchannel.engines.casework import events as happenings
from midchannel.engines.casework import lists, machine, state
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.errors import RefusedError
from midchannel.engines.casework.machine import Outcome
from midchannel.engines.casework.states import ENDED, State
from midchannel.middle.cases import events as told
from midchannel.middle.cases.errors import CaseNotFoundError, MovedOnError, NotNowError
from midchannel.middle.cases.models import Case, CaseEvent, PlanItem, PlanVersion
from midchannel.middle.cases.queries import reading
from midchannel.middle.cases.tracing import BY_HAND
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor, Detail
from midchannel.platform.events import actions as events

Fact = tuple[type[told.CaseToldEvent], dict[str, Any]]


def lock(viewer: Viewer, case_id: int, *, revision: int | None = None) -> Case:
    """The case, locked until the transaction ends. Raises CaseNotFoundError; MovedOnError when it is not at `revision` any more."""
    found = Case.objects.visible_to(viewer).filter(pk=case_id).select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise CaseNotFoundError
    if revision is not None and found.revision != revision:
        raise MovedOnError
    return found


@contextmanager
def refusals() -> Iterator[None]:
    """What the engine refuses in here is told as NotNowError."""
    try:
        yield
    except RefusedError as refused:
        raise NotNowError(refused) from refused


def state_of(case: Case) -> state.CaseState:
    """The engine's state of a case."""
    return state.decode(bytes(case.snapshot))


def keep(
    case: Case, ready: CompiledPlan, outcome: Outcome, *, by: Actor, now: datetime, unsaid: Collection[str] = ()
) -> None:
    """Writes what happened: events, state, rows of what is alive; and tells it. `unsaid` names values that nobody has said: the machine
    knew them, and nobody's name is put to them."""
    first = case.revision
    CaseEvent.objects.bulk_create(
        CaseEvent(
            case_id=case.pk,
            seq=first + number,
            body=msgspec.to_builtins(each),
            at=now,
            by_user_id=None if _is_unsaid(each, unsaid) else by.user_id,
            by_name="" if _is_unsaid(each, unsaid) else by.name,
        )
        for number, each in enumerate(outcome.events)
    )
    was_over = case.state in {each.value for each in ENDED}
    case.snapshot = state.encode(outcome.state)
    case.revision = first + len(outcome.events)
    case.state = outcome.state.case.state.value
    case.changed_at = now
    is_over = outcome.state.case.state in ENDED
    case.ended_at = (case.ended_at or now) if is_over else None
    case.next_due_at = None if is_over else machine.next_due(ready, outcome.state)
    case.save()
    _write_rows(case, ready, outcome.state, now=now)
    facts = list(_moves(case, ready, outcome, now=now))
    if is_over and not was_over:
        facts.append(_end(case, outcome.state, now=now))
    _tell_all(case, ready, facts, now=now)


def _is_unsaid(event: happenings.AnyEvent, unsaid: Collection[str]) -> bool:
    return isinstance(event, happenings.ValueSet) and event.name in unsaid


def _write_rows(case: Case, ready: CompiledPlan, current: state.CaseState, *, now: datetime) -> None:
    shown = lists.list_all(ready, current)
    rows = [
        PlanItem(
            case_id=case.pk, instance=row.instance, item=row.item, kind=row.kind, title=row.title, state=row.state, list_name=name,
            role=row.role or "", due_at=row.due, since=row.changed_at or now,
        )
        for name, found in (("now", shown.do_now), ("start", shown.may_start), ("waiting", shown.waiting))
        for row in found
    ]  # fmt: skip
    if current.case.state in ENDED:
        rows = []
    PlanItem.objects.filter(case_id=case.pk).exclude(instance__in=[each.instance for each in rows]).delete()
    PlanItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["case_id", "instance"],
        update_fields=["item", "title", "state", "list_name", "role", "due_at", "since"],
    )


def _moves(case: Case, ready: CompiledPlan, outcome: Outcome, *, now: datetime) -> Iterator[Fact]:
    moved = [each for each in outcome.events if isinstance(each, happenings.Moved) and each.instance]
    opened = [each.item for each in moved if each.target in {State.ACTIVE, State.ENABLED}]
    ended = [each.item for each in moved if each.target in ENDED]
    made = [each for each in outcome.events if isinstance(each, happenings.Created)]
    added = sum(each.origin in BY_HAND for each in made)
    has_news = any(
        isinstance(each, happenings.ValueSet | happenings.ValueRemoved | happenings.Filed) for each in outcome.events
    )
    if opened or ended or added or has_news:
        yield told.CaseMoved, {"opened": opened[:100], "ended": ended[:100], "added": added}
    for milestone in reached(ready, outcome.events):
        yield told.MilestoneReached, {"milestone": milestone, "seconds": _seconds(case, now)}


def reached(ready: CompiledPlan, found: Sequence[happenings.AnyEvent]) -> list[str]:
    """The milestones that some events reach, by their keys."""
    moved = [each for each in found if isinstance(each, happenings.Moved) and each.transition == "occur"]
    return [each.item for each in moved if each.instance and ready.node(each.item).family == "milestone"]


def _end(case: Case, current: state.CaseState, *, now: datetime) -> Fact:
    items = [each for each in current.instances.values() if each.id]
    return told.CaseEnded, {
        "state": case.state,
        "seconds": _seconds(case, now),
        "items": len(items),
        "again": sum(each.count > 1 and each.state in ENDED for each in items),
        "added": sum(each.origin in BY_HAND for each in items),
    }


def _seconds(case: Case, now: datetime) -> int:
    return int((now - case.opened_at).total_seconds())


def tell(event: type[told.CaseToldEvent], case: Case, ready: CompiledPlan, *, now: datetime, **body: Any) -> None:
    """Emit an event about a case to those who may know."""
    _tell_all(case, ready, [(event, body)], now=now)


def _tell_all(case: Case, ready: CompiledPlan, facts: Sequence[Fact], *, now: datetime) -> None:
    if facts:
        about: dict[str, Any] = {"object_id": case.pk, "plan": ready.plan.id, **reading.who_may_know(case)}
        events.emit_many([event(**about, **body) for event, body in facts], now=now)


def note(by: Actor, action: str, case: Case, *, now: datetime, **details: Detail) -> None:
    """Write the audit row of a change."""
    audit.record(by, action, object_type="case", object_id=case.pk, now=now, **details)


def next_number(name: str) -> int:
    """The number of the next version of a plan."""
    latest = (
        PlanVersion.objects.filter(name=name, case_id=None)
        .order_by("-number")
        .values_list(F("number"), flat=True)
        .first()
    )
    return (latest or 0) + 1
