"""When a stage or a case is complete, what keeps it open, and which discretionary items could still be planned."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from midchannel.engines.casework.compiled import Node, Option
from midchannel.engines.casework.state import CASE, Instance
from midchannel.engines.casework.states import OCCUPIED, State, Transition

if TYPE_CHECKING:
    from midchannel.engines.casework.stepping import Step

_PLANNABLE_IN = {
    "task": frozenset({State.ACTIVE}),
    "stage": frozenset({State.AVAILABLE, State.ENABLED, State.DISABLED, State.ACTIVE, State.FAILED, State.SUSPENDED}),
    "case": frozenset({State.ACTIVE, State.FAILED, State.SUSPENDED}),
}
_WAITING = frozenset({State.AVAILABLE, State.ENABLED})
_CONSIDERED = OCCUPIED | _WAITING


def should_complete(step: "Step", holder: Instance) -> bool:
    """Whether a stage completes by itself now."""
    if holder.state is not State.ACTIVE or step.node(holder).family not in {"stage", "case"}:
        return False
    if holder.id == CASE and step.state.held:
        return False
    return not any(True for _ in keeping_open(step, holder))


def keeping_open(step: "Step", holder: Instance) -> Iterator[Instance | Option]:
    """What keeps an active stage from completing by itself: instances, then discretionary options."""
    node = step.node(holder)
    automatic = node.item.auto_complete
    for number in holder.children:
        child = step.instance(number)
        if keeps_open(step, child, automatic=automatic):
            yield child
    if not automatic:
        for option in node.options:
            if could_plan(step, option, holder):
                yield option


def keeps_open(step: "Step", child: Instance, *, automatic: bool) -> bool:
    """Whether a living child keeps its stage from completing by itself."""
    rule = step.node(child).rules.parent_completion
    if rule == "ignore" or child.state not in _CONSIDERED:
        return False
    waits = child.state in _WAITING
    if (
        rule.startswith("ignoreAfterFirstCompletion")
        and (waits or not rule.endswith("Enabled"))
        and has_completed(step, child)
    ):
        return False
    if not waits or child.required:
        return True
    return not automatic and not _may_be_left(step, child, rule)


def _may_be_left(step: "Step", child: Instance, rule: str) -> bool:
    """Whether something that waits may be left behind although its stage does not complete automatically."""
    node = step.node(child)
    if rule == "ignoreIfAvailableOrEnabled":
        return True
    if child.state is not State.AVAILABLE:
        return False
    neutral = rule == "ignoreIfAvailable" or (node.neutral is not None and step.holds(node.neutral, child, "neutral"))
    return neutral or (step.dialect.ignores_waiting_repetitions and child.origin == "repeat" and bool(node.entry))


def has_completed(step: "Step", child: Instance) -> bool:
    """Whether an earlier instance of the same item in the same stage has completed."""
    return any(
        each.item == child.item and each.parent == child.parent and each.state is State.COMPLETED
        for each in step.state.instances.values()
    )


def is_completable(step: "Step", holder: Instance) -> bool:
    """Whether a person may complete it: it is active, nothing in it is, and nothing required is left."""
    if holder.state is not State.ACTIVE or step.node(holder).family not in {"stage", "case"}:
        return False
    return not any(True for _ in standing_in_the_way(step, holder))


def standing_in_the_way(step: "Step", holder: Instance) -> Iterator[Instance]:
    """What a person would have to finish first: what is active, suspended or failed, and what is required and still waits."""
    for number in holder.children:
        child = step.instance(number)
        if child.state in OCCUPIED or (child.required and child.state in _WAITING):
            yield child


def could_plan(step: "Step", option: Option, holder: Instance) -> bool:
    """Whether a discretionary item could be planned into this stage now, by somebody."""
    return why_not(step, option, holder) is None


def why_not(
    step: "Step", option: Option, holder: Instance, roles: tuple[str, ...] | None = None
) -> tuple[str, str] | None:
    """Why a discretionary item cannot be planned into a stage now: a code and what it is about. None: it can.

    `state` (the holder's), `holder` (the task whose table it is in is not active), `there` (it is there, and may not be twice), `rule` (the
    text of the condition that does not hold), `role` (who may).
    """
    found = _holder_objection(step, option, holder)
    if found is not None:
        return found
    node = step.ready.nodes[option.key]
    if node.repeat is None and (option.key in holder.pending or option.key in holder.planned):
        return "there", option.said.item.id
    for rule, condition in option.rules:
        if not step.holds(condition, holder, f"rule:{rule.id}"):
            return "rule", condition.text
    if roles is not None and option.roles and not set(roles) & set(option.roles):
        return "role", ", ".join(option.roles)
    return None


def _holder_objection(step: "Step", option: Option, holder: Instance) -> tuple[str, str] | None:
    own = step.node(holder)
    if holder.state not in _PLANNABLE_IN[own.family]:
        return "state", holder.state.value
    if option.holder != own.key:
        tasks = (step.instance(each) for each in step.state.live.get(option.holder, ()))
        if not any(each.parent == holder.id and each.state is State.ACTIVE for each in tasks):
            return "holder", step.ready.node(option.holder).item.id
    return None


def drop_orphans(step: "Step", ended: Instance) -> None:
    """Ends the event listeners for which nobody waits any more (a reading of Flowable's)."""
    for key, (waiting, _) in step.ready.listeners.items():
        if ended.item not in waiting:
            continue
        if any(step.state.live.get(each) or _is_still_to_come(step, each) for each in waiting):
            continue
        for number in step.state.live.get(key, ()):
            listener = step.instance(number)
            if listener.state is State.AVAILABLE:
                step.finish(listener, Transition.TERMINATE, because="rule")


def _is_still_to_come(step: "Step", key: str) -> bool:
    node: Node | None = step.ready.node(key)
    return not any(each.item == key for each in step.state.instances.values()) and node is not None
