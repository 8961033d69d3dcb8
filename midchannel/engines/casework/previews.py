"""What a command would change, without doing it: the step run on the state, which stays as it is, and the two compared."""

from datetime import datetime
from typing import Any

import msgspec

from midchannel.engines.casework import machine, reasons
from midchannel.engines.casework.commands import AnyCommand
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.dialects import STANDARD, Dialect
from midchannel.engines.casework.errors import RefusedError
from midchannel.engines.casework.state import CASE, CaseState
from midchannel.engines.casework.states import ENDED, State


class Change(msgspec.Struct, frozen=True):
    """An instance before and after; `before` or `after` is None where it was, or will be, not there."""

    instance: int
    item: str
    kind: str
    title: str
    before: str | None
    after: str | None


class Difference(msgspec.Struct, frozen=True):
    """How two states of a case differ, in the order of the instances. `refused` says why a command would not be done."""

    opens: tuple[Change, ...] = ()
    """Active or enabled afterwards and not before."""
    ends: tuple[Change, ...] = ()
    """Completed, terminated or dropped."""
    others: tuple[Change, ...] = ()
    case: Change | None = None
    values: tuple[tuple[str, Any, Any], ...] = ()
    reaches: tuple[str, ...] = ()
    """Titles of milestones reached."""
    refused: str = ""
    code: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing differs."""
        return not (self.opens or self.ends or self.others or self.case or self.values or self.refused)


def preview(
    ready: CompiledPlan, state: CaseState, command: AnyCommand, *, now: datetime, dialect: Dialect = STANDARD
) -> Difference:
    """What a command would change, or why it would be refused. Nothing is done."""
    try:
        after = machine.apply(ready, state, command, now=now, dialect=dialect).state
    except RefusedError as refused:
        return Difference(refused=refused.message, code=refused.code)
    return difference(ready, state, ready, after)


def difference(before_plan: CompiledPlan, before: CaseState, after_plan: CompiledPlan, after: CaseState) -> Difference:
    """How two states differ; each is read by its own plan."""
    opens: list[Change] = []
    ends: list[Change] = []
    others: list[Change] = []
    reaches: list[str] = []
    was, will = _shown(before), _shown(after)
    for number in sorted({*before.instances, *after.instances} - {CASE}):
        first, second = was.get(number), will.get(number)
        if first == second:
            continue
        change = _change(before_plan if number not in after.instances else after_plan,
                         before if number not in after.instances else after, number, first, second)  # fmt: skip
        if change.kind == "milestone" and second == State.COMPLETED:
            reaches.append(change.title)
        if second is None or second in ENDED:
            ends.append(change)
        elif second in {State.ACTIVE, State.ENABLED} and first not in {State.ACTIVE, State.ENABLED}:
            opens.append(change)
        else:
            others.append(change)
    case = None
    if before.case.state is not after.case.state:
        case = Change(CASE, "", "casePlanModel", after_plan.plan.title, before.case.state.value, after.case.state.value)
    names = sorted({*before.values, *after.values})
    changed = tuple(
        (each, before.values.get(each), after.values.get(each))
        for each in names
        if before.values.get(each) != after.values.get(each)
    )
    return Difference(tuple(opens), tuple(ends), tuple(others), case, changed, tuple(reaches))


def _change(ready: CompiledPlan, state: CaseState, number: int, first: State | None, second: State | None) -> Change:
    item = state.instances[number].item
    return Change(
        number, item, ready.node(item).item.kind.value, reasons.title(ready, state, number),
        first.value if first else None, second.value if second else None,
    )  # fmt: skip


def _shown(state: CaseState) -> dict[int, State]:
    """The states of all instances; what was dropped with its stage is left out."""
    alive = {number for numbers in state.live.values() for number in numbers}
    return {number: each.state for number, each in state.instances.items() if number in alive or each.state in ENDED}
