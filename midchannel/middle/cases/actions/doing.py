"""What people, the clock and the outside do in a case."""

from datetime import datetime, timedelta

from django.db import transaction

from midchannel.engines.casework import machine
from midchannel.engines.casework.commands import AnyCommand
from midchannel.engines.casework.errors import RefusedError
from midchannel.middle.cases import plans
from midchannel.middle.cases.actions import keeping
from midchannel.middle.cases.errors import NotNowError
from midchannel.middle.cases.models import AppliedSignal, Case
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor

CLOCK = Actor("clock")
_AGAIN = timedelta(minutes=10)


@transaction.atomic
def do(viewer: Viewer, case_id: int, command: AnyCommand, *, now: datetime, revision: int | None = None) -> int:
    """A command of the engine by a person, on the case as it is now. Of two who do the same at once, one is refused.

    Returns the revision afterwards. Raises CaseNotFoundError, NotNowError when the case does not allow it, MovedOnError when it is not at
    `revision` any more.
    """
    case = keeping.lock(viewer, case_id, revision=revision)
    _apply(case, command, by=viewer.actor, now=now)
    what = str(getattr(command, "transition", "") or type(command).__name__)
    item = str(getattr(command, "item", "") or getattr(command, "instance", "") or "")
    keeping.note(viewer.actor, "case.do", case, now=now, what=what, item=item)
    return case.revision


@transaction.atomic
def apply_signal(case_id: int, command: AnyCommand, *, key: str, by: Actor, now: datetime) -> bool:
    """Something from outside (a reply, a payment, a mood) moves a case: once for each `key`, whatever crashes.

    False when it was applied before, the case is over, or the plan has no use for it now.
    """
    case = Case.objects.filter(pk=case_id, ended_at=None).select_for_update(no_key=True).first()
    if case is None:
        return False
    _, is_new = AppliedSignal.objects.get_or_create(case_id=case_id, key=key, defaults={"at": now})
    if not is_new:
        return False
    try:
        with transaction.atomic():
            _apply(case, command, by=by, now=now)
    except NotNowError:
        return False
    return True


def pass_time(*, now: datetime, most: int = 200) -> int:
    """Lets the timers go off that are due, a case in its own transaction; returns in how many. Workers may call it side by side.

    A case whose plan does not come to rest is tried again later, so that it holds up nobody.
    """
    due = Case.objects.filter(next_due_at__lte=now).order_by("next_due_at").values_list("pk", flat=True)[:most]
    return sum(_pass_time(each, now=now) for each in list(due))


@transaction.atomic
def _pass_time(case_id: int, *, now: datetime) -> bool:
    case = (
        Case.objects.filter(pk=case_id, next_due_at__lte=now).select_for_update(skip_locked=True, no_key=True).first()
    )
    if case is None:
        return False
    ready = plans.ready(case.plan_version_id, case.scope_id)
    try:
        outcome = machine.pass_time(ready, keeping.state_of(case), now=now, most=100)
    except RefusedError:
        case.next_due_at = now + _AGAIN
        case.save(update_fields=["next_due_at"])
        keeping.note(CLOCK, "case.timer_failed", case, now=now)
        return False
    keeping.keep(case, ready, outcome, by=CLOCK, now=now)
    return True


def _apply(case: Case, command: AnyCommand, *, by: Actor, now: datetime) -> None:
    ready = plans.ready(case.plan_version_id, case.scope_id)
    with keeping.refusals():
        outcome = machine.apply(ready, keeping.state_of(case), command, now=now, by=by.name)
    keeping.keep(case, ready, outcome, by=by, now=now)
