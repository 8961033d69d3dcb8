"""The five lists of the case page: do now, may start, may add, waiting for, done; and the milestones as the line of progress."""

from datetime import datetime

import msgspec

from midchannel.engines.casework import reasons
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.plan import Kind
from midchannel.engines.casework.state import CASE, CaseState, Instance
from midchannel.engines.casework.states import ENDED, State, Transition


class Row(msgspec.Struct, frozen=True):
    """An item of a list. `stages` are the titles of what holds it, from the outside in."""

    instance: int
    item: str
    kind: str
    title: str
    about: str
    state: str
    role: str | None
    required: bool
    origin: str
    count: int
    stages: tuple[str, ...]
    show: tuple[str, ...]
    form: str | None
    because: str
    reason: str
    created_at: datetime | None
    changed_at: datetime | None
    due: datetime | None


class Milestone(msgspec.Struct, frozen=True):
    """A milestone of the plan: when it was reached, if it was; `open` when it can still be."""

    key: str
    title: str
    reached_at: datetime | None
    open: bool


class Stage(msgspec.Struct, frozen=True):
    """A stage that is active: whether a person may complete it now."""

    instance: int
    title: str
    completable: bool


class Lists(msgspec.Struct, frozen=True):
    """A case as a page shows it."""

    do_now: tuple[Row, ...]
    may_start: tuple[Row, ...]
    may_add: tuple[reasons.Offer, ...]
    waiting: tuple[Row, ...]
    done: tuple[Row, ...]
    milestones: tuple[Milestone, ...]
    stages: tuple[Stage, ...]


def list_all(ready: CompiledPlan, state: CaseState, roles: tuple[str, ...] | None = None) -> Lists:
    """The lists of a case, the oldest first; what is done the newest first. `roles` decides what may be added."""
    now: list[Row] = []
    start: list[Row] = []
    waiting: list[Row] = []
    done: list[Row] = []
    stages: list[Stage] = []
    alive = {number for numbers in state.live.values() for number in numbers}
    over = state.case.state in ENDED
    for instance in state.instances.values():
        if instance.id == CASE:
            continue
        row = _row(ready, state, instance)
        if instance.state in ENDED:
            done.append(row)
        elif instance.id not in alive or over:
            continue
        elif instance.state is State.ACTIVE and ready.node(instance.item).family == "stage":
            stages.append(
                Stage(instance.id, row.title, reasons.is_possible(ready, state, instance.id, Transition.COMPLETE))
            )
        else:
            _place(row, instance, now, start, waiting)
    done.sort(key=lambda each: (each.changed_at is not None, each.changed_at, each.instance), reverse=True)
    offers = () if over else tuple(reasons.list_offers(ready, state, roles))
    return Lists(tuple(now), tuple(start), offers, tuple(waiting), tuple(done), milestones(ready, state), tuple(stages))


def _place(row: Row, instance: Instance, now: list[Row], start: list[Row], waiting: list[Row]) -> None:
    if instance.state in {State.ACTIVE, State.FAILED}:
        now.append(row)
    elif instance.state is State.ENABLED or (instance.state is State.AVAILABLE and row.kind == Kind.USER_LISTENER):
        start.append(row)
    elif instance.state is not State.DISABLED:
        waiting.append(row)
    else:
        start.append(row)


def _row(ready: CompiledPlan, state: CaseState, instance: Instance) -> Row:
    node = ready.node(instance.item)
    item = node.item
    return Row(
        instance.id, instance.item, item.kind.value, reasons.title(ready, state, instance.id), instance.about or item.about,
        instance.state.value, instance.role or item.work.performer, instance.required, instance.origin, instance.count,
        _above(ready, state, instance), item.work.show, item.work.form, instance.because, instance.reason, instance.created_at,
        instance.changed_at, instance.due,
    )  # fmt: skip


def _above(ready: CompiledPlan, state: CaseState, instance: Instance) -> tuple[str, ...]:
    found: list[str] = []
    number = instance.parent
    while number != CASE:
        found.append(reasons.title(ready, state, number))
        number = state.instances[number].parent
    return tuple(reversed(found))


def milestones(ready: CompiledPlan, state: CaseState) -> tuple[Milestone, ...]:
    """The milestones of a plan, in its order: the line of progress."""
    found = []
    for key, node in ready.nodes.items():
        if node.family == "milestone":
            reached = [
                each.changed_at
                for each in state.instances.values()
                if each.item == key and each.state is State.COMPLETED
            ]
            first = min((each for each in reached if each), default=None)
            begun = any(each.item == key for each in state.instances.values())
            found.append(
                Milestone(key, node.item.title, first, first is None and (bool(state.live.get(key)) or not begun))
            )
    return tuple(found)
