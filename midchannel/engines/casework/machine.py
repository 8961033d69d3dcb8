"""A command on a case: `start` and `apply` give the new state and what happened, in order. The state that was given always stays as it was.

After each command the case is run until nothing moves any more, in this order:

    what waits to advance; the oldest event, which ticks off on-parts in all living instances; exit criteria, the case last; entry criteria;
    completion, the innermost stage first; and again from the beginning.

Criteria come before completion: that is what lets an exit criterion of the case end it when its last task completes. A plan that never
comes to rest within the bound is an error. Source: CMMN 1.1 (formal/2016-12-01), 8.
"""

from datetime import datetime
from typing import Any

import msgspec

from midchannel.engines.casework import asking, events, stepping
from midchannel.engines.casework.commands import AnyCommand, Tick
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.dialects import STANDARD, Dialect
from midchannel.engines.casework.state import CASE, CaseState
from midchannel.engines.casework.states import State


class Outcome(msgspec.Struct, frozen=True):
    """What a command came to."""

    state: CaseState
    events: list[events.AnyEvent]


def start(ready: CompiledPlan, *, now: datetime, values: dict[str, Any] | None = None, by: str | None = None,
          dialect: Dialect = STANDARD) -> Outcome:  # fmt: skip
    """A new case of this plan, active and run to rest. Raises `UnsettledError`."""
    ledger = events.Ledger(CaseState(plan=""))
    ledger.put(events.Opened(ready.plan.id, ready.plan.version, now, by))
    step = stepping.Step(ready, ledger, now=now, dialect=dialect)
    for name, value in (values or {}).items():
        ledger.put(events.ValueSet(name, value))
    step.open_case()
    step.settle()
    return Outcome(ledger.state, ledger.events)


def apply(ready: CompiledPlan, state: CaseState, command: AnyCommand, *, now: datetime, by: str | None = None,
          dialect: Dialect = STANDARD) -> Outcome:  # fmt: skip
    """The case after a command. Raises `RefusedError` when it is not allowed now, `UnsettledError` when it never comes to rest."""
    ledger = events.Ledger(state)
    ledger.put(events.Asked(command, now, by))
    step = stepping.Step(ready, ledger, now=now, dialect=dialect)
    asking.do(step, command)
    step.settle()
    return Outcome(ledger.state, ledger.events)


def list_due(ready: CompiledPlan, state: CaseState, now: datetime) -> list[tuple[datetime, int]]:
    """Timers that should have gone off by now: when, and which instance; the earliest first."""
    found = []
    for key in ready.timers:
        for number in state.live.get(key, ()):
            instance = state.instances[number]
            if instance.due is not None and instance.due <= now and instance.state is State.AVAILABLE:
                found.append((instance.due, number))
    return sorted(found)


def next_due(ready: CompiledPlan, state: CaseState) -> datetime | None:
    """When the next timer goes off, for whoever keeps a clock; none while nothing waits."""
    waiting = (state.instances[number] for key in ready.timers for number in state.live.get(key, ()))
    return min((each.due for each in waiting if each.due is not None and each.state is State.AVAILABLE), default=None)


def pass_time(
    ready: CompiledPlan, state: CaseState, *, now: datetime, dialect: Dialect = STANDARD, most: int = 1000
) -> Outcome:
    """Lets every timer that is due go off, in order, each at its own time. At most `most`: the rest is still due afterwards."""
    happened: list[events.AnyEvent] = []
    for _ in range(most):
        due = list_due(ready, state, now)
        if not due:
            break
        at, number = due[0]
        outcome = apply(ready, state, Tick(instance=number), now=max(at, state.changed_at or at), dialect=dialect)
        state = outcome.state
        happened += outcome.events
    return Outcome(state, happened)


def is_completable(ready: CompiledPlan, state: CaseState, number: int = CASE) -> bool:
    """Whether a person may complete this stage, or the case, by hand now."""
    step = stepping.Step(ready, events.Ledger(state), now=state.changed_at, dialect=STANDARD)
    return step.is_completable(state.instances[number])
