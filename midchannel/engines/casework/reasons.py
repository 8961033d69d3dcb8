"""What a case can tell about itself: why something is here, what would move it, what keeps a stage open, what may be added and why not.

Everything comes in parts, for whoever makes sentences of it: titles, events, conditions taken apart with the values they met.
"""

from datetime import datetime
from typing import Any

import msgspec

from midchannel.engines.casework import events, expressions, finishing, phrases, plan, values
from midchannel.engines.casework.compiled import CompiledPlan, Option, ReadyCriterion
from midchannel.engines.casework.dialects import STANDARD
from midchannel.engines.casework.errors import ExpressionError
from midchannel.engines.casework.state import CASE, CaseState, Instance
from midchannel.engines.casework.states import State, Transition, is_allowed
from midchannel.engines.casework.stepping import Step

BY_PERSON = (
    Transition.COMPLETE, Transition.OCCUR, Transition.MANUAL_START, Transition.DISABLE, Transition.REENABLE, Transition.SUSPEND,
    Transition.RESUME, Transition.TERMINATE, Transition.FAULT, Transition.REACTIVATE, Transition.CLOSE,
)  # fmt: skip


class Part(msgspec.Struct, frozen=True):
    """An event that is waited for, and whether it has happened. `phrase` is it in plain words, `title` whose event it is."""

    kind: str
    source: str
    title: str
    event: str
    phrase: str
    done: bool


class Asked(msgspec.Struct, frozen=True):
    """A condition, or a part of one: `and`, `or` and `not` have parts, all else is a leaf. `holds` is None where it cannot be answered.

    A leaf that compares has its operator and both sides: as written, and what they came to.
    """

    kind: str
    text: str
    holds: bool | None
    parts: tuple["Asked", ...] = ()
    op: str = ""
    left: str = ""
    right: str = ""
    left_value: Any = None
    right_value: Any = None
    error: str = ""


class Awaited(msgspec.Struct, frozen=True):
    """One way on: all parts and the condition together."""

    label: str
    name: str
    about: str
    parts: tuple[Part, ...]
    condition: Asked | None
    rests: bool
    """It has fired for the one before; its condition must become false first."""


class Why(msgspec.Struct, frozen=True):
    """Why an instance is here, and in this state."""

    instance: int
    title: str
    state: str
    origin: str
    because: str
    criterion: Awaited | None
    reason: str
    created_at: datetime | None
    changed_at: datetime | None
    count: int


class Movable(msgspec.Struct, frozen=True):
    """What would move an instance: ways in and out, what a person may do, and when a timer goes off."""

    instance: int
    enters: tuple[Awaited, ...]
    leaves: tuple[Awaited, ...]
    possible: tuple[str, ...]
    due: datetime | None


class Blocker(msgspec.Struct, frozen=True):
    """Something that keeps a stage open."""

    instance: int
    item: str
    title: str
    state: str
    required: bool
    hard: bool
    """A person cannot complete the stage either as long as it is so."""


class Offer(msgspec.Struct, frozen=True):
    """A discretionary item: whether it may be added now, and if not why (codes of `finishing.why_not`)."""

    item: str
    key: str
    title: str
    about: str
    holder: int
    stage: str
    roles: tuple[str, ...]
    possible: bool
    objection: str
    what: str
    condition: Asked | None


class Openness(msgspec.Struct, frozen=True):
    """What keeps a stage, or the case, open."""

    instance: int
    automatic: bool
    completable: bool
    blockers: tuple[Blocker, ...]
    offers: tuple[str, ...]
    """Titles of what could still be added, where that keeps it open."""
    reopened: bool


def why_here(ready: CompiledPlan, state: CaseState, number: int) -> Why:
    """Why an instance is here. Raises `KeyError` where there is none."""
    instance = state.instances[number]
    node = ready.node(instance.item)
    found = next((each for each in (*node.entry, *node.exit) if each.label == instance.because), None)
    criterion = _awaited(ready, state, instance, found, all_done=True) if found else None
    return Why(
        number, title(ready, state, number), instance.state.value, instance.origin, instance.because, criterion, instance.reason,
        instance.created_at, instance.changed_at, instance.count,
    )  # fmt: skip


def what_moves(ready: CompiledPlan, state: CaseState, number: int) -> Movable:
    """What would move an instance. Raises `KeyError` where there is none."""
    instance = state.instances[number]
    node = ready.node(instance.item)
    waits = instance.state is State.AVAILABLE
    enters = tuple(_awaited(ready, state, instance, each) for each in node.entry) if waits else ()
    ended = instance.state in {State.COMPLETED, State.TERMINATED, State.CLOSED}
    leaves = () if ended else tuple(_awaited(ready, state, instance, each) for each in node.exit)
    possible = tuple(each.value for each in BY_PERSON if is_possible(ready, state, number, each))
    return Movable(number, enters, leaves, possible, instance.due if waits else None)


def is_possible(ready: CompiledPlan, state: CaseState, number: int, transition: Transition) -> bool:
    """Whether a person may ask for this transition now."""
    instance = state.instances[number]
    family = ready.node(instance.item).family
    if state.case.state is State.CLOSED or not is_allowed(family, transition, instance.state):
        return False
    if number not in state.live.get(instance.item, ()):
        return False
    if transition is Transition.COMPLETE and family in {"stage", "case"}:
        return _step(ready, state).is_completable(instance)
    return True


def what_keeps_open(ready: CompiledPlan, state: CaseState, number: int = CASE) -> Openness:
    """What keeps a stage, or the case, open."""
    step = _step(ready, state)
    holder = state.instances[number]
    hard = {each.id for each in finishing.standing_in_the_way(step, holder)}
    found = list(finishing.keeping_open(step, holder)) if holder.state is State.ACTIVE else []
    blockers = tuple(
        Blocker(each.id, each.item, title(ready, state, each.id), each.state.value, each.required, each.id in hard)
        for each in found
        if isinstance(each, Instance)
    )
    offers = tuple(each.said.item.title for each in found if isinstance(each, Option))
    automatic = ready.node(holder.item).item.auto_complete
    return Openness(number, automatic, step.is_completable(holder), blockers, offers, number == CASE and state.held)


def list_offers(ready: CompiledPlan, state: CaseState, roles: tuple[str, ...] | None = None) -> list[Offer]:
    """Every discretionary item of what is alive, with whether it may be added now by somebody in these roles (None: in all of them)."""
    step = _step(ready, state)
    found = []
    for key, numbers in state.live.items():
        for option in ready.node(key).options:
            found += [_offer(step, option, state.instances[number], roles) for number in numbers]
    return found


def title(ready: CompiledPlan, state: CaseState, number: int) -> str:
    """What people read for an instance."""
    instance = state.instances[number]
    return instance.title or (ready.plan.title if number == CASE else ready.node(instance.item).item.title)


def explain(condition: values.Condition, known: dict[str, Any]) -> Asked:
    """A condition taken apart, with what its sides came to."""
    return _explained(condition.node, known, condition.text)


def _step(ready: CompiledPlan, state: CaseState) -> Step:
    return Step(ready, events.Ledger(state), now=state.changed_at, dialect=STANDARD)


def _awaited(
    ready: CompiledPlan, state: CaseState, instance: Instance, criterion: ReadyCriterion, *, all_done: bool = False
) -> Awaited:
    parts = tuple(_part(ready, part, done=all_done or bool(instance.marks & bit)) for bit, part in criterion.parts)
    known = _step(ready, state).known(criterion.condition, instance) if criterion.condition else {}
    condition = explain(criterion.condition, known) if criterion.condition else None
    rests = criterion.label.startswith("entry") and bool(instance.blocked & criterion.bit)
    return Awaited(criterion.label, criterion.said.name or "", criterion.said.about, parts, condition, rests)


def _part(ready: CompiledPlan, part: plan.OnPart, *, done: bool) -> Part:
    named = part.source
    if part.kind is plan.Source.ITEM and part.source in ready.by_id:
        named = ready.nodes[ready.by_id[part.source][0]].item.title
    return Part(part.kind.value, part.source, named, part.event, phrases.event_words(part), done)


def _offer(step: Step, option: Option, holder: Instance, roles: tuple[str, ...] | None) -> Offer:
    objection = finishing.why_not(step, option, holder, roles)
    item = option.said.item
    condition = None
    if objection and objection[0] == "rule":
        failing = next(each for _, each in option.rules if each.text == objection[1])
        condition = explain(failing, step.state.values)
    code, what = objection or ("", "")
    if code == "holder":
        what = step.ready.node(option.holder).item.title
    stage = title(step.ready, step.state, holder.id)
    return Offer(
        item.id,
        option.key,
        item.title,
        item.about,
        holder.id,
        stage,
        option.roles,
        objection is None,
        code,
        what,
        condition,
    )


def _explained(node: expressions.Node, known: dict[str, Any], text: str) -> Asked:
    written = expressions.write(node)
    answer = values.of_node(node, text)
    holds, error = _answered(answer, known)
    if isinstance(node, expressions.Binary) and node.op in {"and", "or"}:
        parts = (*_flat(node.left, node.op), *_flat(node.right, node.op))
        return Asked(node.op, written, holds, tuple(_explained(each, known, text) for each in parts), error=error)
    if isinstance(node, expressions.Unary) and node.op == "not":
        return Asked("not", written, holds, (_explained(node.operand, known, text),), error=error)
    if isinstance(node, expressions.Binary):
        left, right = _value(node.left, known, text), _value(node.right, known, text)
        return Asked(
            "compare",
            written,
            holds,
            (),
            node.op,
            expressions.write(node.left),
            expressions.write(node.right),
            left,
            right,
            error,
        )
    return Asked("value", written, holds, (), left=written, left_value=_value(node, known, text), error=error)


def _flat(node: expressions.Node, op: str) -> tuple[expressions.Node, ...]:
    if isinstance(node, expressions.Binary) and node.op == op:
        return (*_flat(node.left, op), *_flat(node.right, op))
    return (node,)


def _answered(condition: values.Condition, known: dict[str, Any]) -> tuple[bool | None, str]:
    try:
        return condition.holds(known), ""
    except ExpressionError as wrong:
        return None, wrong.message


def _value(node: expressions.Node, known: dict[str, Any], text: str) -> Any:
    try:
        return values.of_node(node, text).value(known)
    except ExpressionError:
        return None
