"""Another plan for a running case: what stays, what ends, what is new; with the difference beforehand and the way back.

An item is the same when its key and its family are. What stays keeps its state and, where the new plan still waits for the same events,
what was ticked off. A task in progress that the new plan does not know goes on as a free task, so that no work vanishes; whatever else
it does not know ends with it. What is new in a stage that has begun is created, and the case is run to rest.
"""

import copy
from datetime import datetime

import msgspec

from midchannel.engines.casework import events, previews, stepping
from midchannel.engines.casework.compiled import CompiledPlan, Node
from midchannel.engines.casework.dialects import STANDARD, Dialect
from midchannel.engines.casework.errors import RefusedError
from midchannel.engines.casework.machine import Outcome
from midchannel.engines.casework.state import FREE, CaseState, Instance
from midchannel.engines.casework.states import ENDED, OCCUPIED, State, Transition


class PlanChange(msgspec.Struct, frozen=True):
    """What another plan would come to: in the case, and in the plan itself."""

    difference: previews.Difference
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    """Titles of items that are, are no more, or are otherwise in the new plan."""
    refused: str = ""


def change(old: CompiledPlan, state: CaseState, new: CompiledPlan, *, now: datetime, by: str | None = None,
           dialect: Dialect = STANDARD) -> Outcome:  # fmt: skip
    """The case by another plan. Raises `RefusedError` for a case that has ended, `UnsettledError` where it does not come to rest."""
    if state.case.state in ENDED:
        raise RefusedError("ended", "The case has ended: open it again first.")
    ledger = events.Ledger(state)
    ledger.put(events.Asked(None, now, by))
    before = stepping.Step(old, ledger, now=now, dialect=dialect)
    _end_unknown(before, new)
    ledger.put(events.Changed(new.plan.id, new.plan.version, _carried(old, new, ledger.state)))
    after = stepping.Step(new, ledger, now=now, dialect=dialect)
    _add_new(after, old)
    after.settle()
    return Outcome(ledger.state, ledger.events)


def back(new: CompiledPlan, state: CaseState, old: CompiledPlan, before: CaseState, *, changed: CaseState, now: datetime,
         by: str | None = None) -> Outcome:  # fmt: skip
    """The way back to the plan before: exactly as it was when nothing has happened since (`changed` is the state right after), otherwise by
    another change of plan.
    """
    if state.events != changed.events:
        return change(new, state, old, now=now, by=by)
    ledger = events.Ledger(state)
    ledger.put(events.Asked(None, now, by))
    ledger.put(events.Changed(old.plan.id, old.plan.version, before))
    return Outcome(ledger.state, ledger.events)


def preview(old: CompiledPlan, state: CaseState, new: CompiledPlan, *, now: datetime) -> PlanChange:
    """What another plan would come to. Nothing is done."""
    added = tuple(each.item.title for key, each in new.nodes.items() if key not in old.nodes)
    removed = tuple(each.item.title for key, each in old.nodes.items() if key not in new.nodes)
    altered = tuple(
        each.item.title
        for key, each in new.nodes.items()
        if key and key in old.nodes and _own(each) != _own(old.nodes[key])
    )
    try:
        after = change(old, state, new, now=now).state
    except RefusedError as refused:
        return PlanChange(
            previews.Difference(refused=refused.message, code=refused.code), added, removed, altered, refused.message
        )
    return PlanChange(previews.difference(old, state, new, after), added, removed, altered)


def _own(node: Node) -> object:
    """What an item says itself, without what it holds."""
    return msgspec.structs.astuple(_Said(node.item.kind, node.item.title, node.item.entry, node.item.exit, node.rules, node.item.work,
                                         node.item.timing, node.item.auto_complete))  # fmt: skip


class _Said(msgspec.Struct):
    kind: object
    title: object
    entry: object
    exit: object
    rules: object
    work: object
    timing: object
    complete: object


def _is_known(new: CompiledPlan, node: Node) -> bool:
    same = new.nodes.get(node.key)
    return same is not None and same.family == node.family


def _end_unknown(step: stepping.Step, new: CompiledPlan) -> None:
    """Ends what the new plan does not know, the outermost first; tasks in progress are kept."""
    for number in sorted(each for numbers in step.state.live.values() for each in numbers):
        instance = step.instance(number)
        if not step.is_alive(instance) or instance.item == FREE or _is_known(new, step.node(instance)):
            continue
        if step.node(instance).family == "task" and instance.state in OCCUPIED and _holder_stays(step, new, instance):
            continue
        family = step.node(instance).family
        transition = Transition.EXIT if family in {"stage", "task"} else Transition.PARENT_TERMINATE
        step.end_children(instance)
        step.move(step.instance(number), transition, State.TERMINATED, because="plan")


def _holder_stays(step: stepping.Step, new: CompiledPlan, instance: Instance) -> bool:
    return _is_known(new, step.node(step.instance(instance.parent)))


def _carried(old: CompiledPlan, new: CompiledPlan, state: CaseState) -> CaseState:
    """The state in the terms of the new plan."""
    carried = copy.deepcopy(state)
    carried.plan, carried.version = new.plan.id, new.plan.version
    alive = {number for numbers in state.live.values() for number in numbers}
    for number, instance in carried.instances.items():
        node = old.node(instance.item)
        if instance.item != FREE and not _is_known(new, node):
            instance.title = instance.title or node.item.title
            if number in alive:
                instance.about, instance.role = (
                    instance.about or node.item.about,
                    instance.role or node.item.work.performer,
                )
                instance.item, instance.marks, instance.blocked, instance.origin = FREE, 0, 0, "free"
        elif number in alive:
            instance.marks = _marks(node, new.node(instance.item), instance.marks)
            instance.blocked &= (1 << len(new.node(instance.item).entry)) - 1
            instance.pending = tuple(each for each in instance.pending if each in new.nodes)
    live: dict[str, tuple[int, ...]] = {}
    for number in sorted(alive):
        item = carried.instances[number].item
        live[item] = (*live.get(item, ()), number)
    carried.live = live
    return carried


def _marks(old: Node, new: Node, marks: int) -> int:
    """What is ticked off, where the new plan waits for the same."""
    if not marks:
        return 0
    happened = {
        (way, part.kind, part.source, part.event, part.exit_criterion)
        for way, criteria in (("in", old.entry), ("out", old.exit))
        for each in criteria
        for bit, part in each.parts
        if marks & bit
    }
    return sum(
        bit
        for way, criteria in (("in", new.entry), ("out", new.exit))
        for each in criteria
        for bit, part in each.parts
        if (way, part.kind, part.source, part.event, part.exit_criterion) in happened
    )


def _add_new(step: stepping.Step, old: CompiledPlan) -> None:
    """Creates what is new in stages that have begun, and looks at everything again."""
    for number in sorted(each for numbers in step.state.live.values() for each in numbers):
        instance = step.instance(number)
        step.look_entry(number)
        step.look_exit(number)
        node = step.node(instance)
        if instance.state is State.AVAILABLE and not node.entry and node.key != FREE:
            step.advancing.append(number)
        if node.family not in {"stage", "case"}:
            continue
        step.look_stage(number)
        begun = instance.state in {State.ACTIVE, State.FAILED} or (
            instance.state is State.SUSPENDED and instance.before is State.ACTIVE
        )
        if begun:
            for key in node.children:
                if key not in old.nodes or old.nodes[key].family != step.ready.nodes[key].family:
                    _create(step, key, instance)


def _create(step: stepping.Step, key: str, holder: Instance) -> None:
    made = step.create(step.ready.nodes[key], holder)
    if holder.state is State.SUSPENDED:
        step.move(made, Transition.PARENT_SUSPEND, State.SUSPENDED, because="parent")
    else:
        step.advancing.append(made.id)
