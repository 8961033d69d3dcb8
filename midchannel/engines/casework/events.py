"""What happened, in order. The list is the audit trail, and the state is nothing but its sum: `replay` gives it again.

Every change goes through `Ledger.put`: the machine decides, the ledger keeps and adds up, so that no change can be missing from the list.
"""

import copy
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from midchannel.engines.casework.commands import AnyCommand
from midchannel.engines.casework.state import CASE, CaseState, Instance
from midchannel.engines.casework.states import ENDED, FileTransition, State, Transition


class Event(msgspec.Struct, frozen=True, gc=False, tag_field="is"):
    """Something that happened."""


class Opened(Event, frozen=True, tag="opened"):
    """A case began, by this plan."""

    plan: str
    version: str
    at: datetime
    by: str | None = None


class Asked(Event, frozen=True, tag="asked"):
    """A command was given; what follows up to the next came of it."""

    command: AnyCommand | None
    at: datetime
    by: str | None = None


class Created(Event, frozen=True, tag="created"):
    """An instance came to be, available."""

    instance: int
    item: str
    parent: int
    required: bool = False
    count: int = 1
    origin: str = "plan"
    blocked: int = 0
    title: str | None = None
    about: str = ""
    role: str | None = None
    reason: str = ""


class Moved(Event, frozen=True, tag="moved"):
    """An instance made a transition."""

    instance: int
    item: str
    transition: Transition
    source: State
    target: State
    because: str = ""
    criterion: str | None = None
    reason: str = ""


class Marked(Event, frozen=True, tag="marked"):
    """On-parts were ticked off, or forgotten: all marks of the instance after it."""

    instance: int
    marks: int


class Blocked(Event, frozen=True, tag="blocked"):
    """Which entry criteria wait for their condition to become false, all of them after it."""

    instance: int
    blocked: int


class Timed(Event, frozen=True, tag="timed"):
    """A timer will go off then, and so many times more."""

    instance: int
    due: datetime
    repeats: int = 0


class Pending(Event, frozen=True, tag="pending"):
    """A discretionary item was planned into a stage that has not started."""

    instance: int
    item: str


class ValueSet(Event, frozen=True, tag="set"):
    """A value of the case is this now."""

    name: str
    value: Any


class ValueRemoved(Event, frozen=True, tag="removed"):
    """A value of the case is gone."""

    name: str


class Filed(Event, frozen=True, tag="filed"):
    """Something happened to a case file item."""

    item: str
    event: FileTransition


class Reopened(Event, frozen=True, tag="reopened"):
    """The case was opened again: until something happens in it, it stays open."""


class Failed(Event, frozen=True, tag="failed"):
    """A condition could not be answered, and counted as not holding."""

    instance: int
    what: str
    message: str


class Changed(Event, frozen=True, tag="changed"):
    """The case follows another plan from now on: its whole state after it."""

    plan: str
    version: str
    state: CaseState


AnyEvent = (
    Opened
    | Asked
    | Created
    | Moved
    | Marked
    | Blocked
    | Timed
    | Pending
    | ValueSet
    | ValueRemoved
    | Filed
    | Reopened
    | Failed
    | Changed
)
_FILE_STEP = {FileTransition.CREATE: 1, FileTransition.DELETE: -1}


class Ledger:
    """A state in the making: copies what it changes, and keeps the list."""

    def __init__(self, state: CaseState) -> None:
        """Begins from `state`, which stays as it is."""
        self.state = copy.copy(state)
        self.state.instances = state.instances.copy()
        self.state.live = state.live.copy()
        self.events: list[AnyEvent] = []
        self._own: set[int] = set()
        self._values_owned = self._file_owned = False

    def put(self, event: AnyEvent) -> None:
        """Adds what happened to the list and to the state."""
        self.events.append(event)
        self.state.events += 1
        _FOLDS[type(event)](self, event)

    def own(self, number: int) -> Instance:
        """The instance, to be changed."""
        if number in self._own:
            return self.state.instances[number]
        instance = copy.copy(self.state.instances[number])
        self.state.instances[number] = instance
        self._own.add(number)
        return instance

    def _opened(self, event: Opened) -> None:
        self.state.plan, self.state.version, self.state.changed_at = event.plan, event.version, event.at

    def _asked(self, event: Asked) -> None:
        self.state.changed_at = event.at

    def _created(self, event: Created) -> None:
        state = self.state
        at = state.changed_at
        instance = Instance(
            event.instance, event.item, event.parent, State.AVAILABLE, blocked=event.blocked, required=event.required, count=event.count,
            origin=event.origin, title=event.title, about=event.about, role=event.role, created_at=at, changed_at=at, reason=event.reason,
        )  # fmt: skip
        state.instances[event.instance] = instance
        self._own.add(event.instance)
        state.next_id = event.instance + 1
        state.live[event.item] = (*state.live.get(event.item, ()), event.instance)
        if event.instance == CASE:
            return
        state.held = False
        parent = self.own(event.parent)
        parent.children = (*parent.children, event.instance)
        if event.origin == "planned":
            parent.planned = (*parent.planned, event.item)
            if event.item in parent.pending:
                parent.pending = tuple(each for each in parent.pending if each != event.item)

    def _moved(self, event: Moved) -> None:
        state = self.state
        instance = self.own(event.instance)
        instance.before = event.source if event.target is State.SUSPENDED else None
        instance.by_parent = event.transition is Transition.PARENT_SUSPEND
        instance.state, instance.because, instance.reason = event.target, event.because, event.reason
        instance.changed_at = state.changed_at
        if event.instance != CASE:
            state.held = False
            if event.target in ENDED:
                self._end(instance)
        elif event.target in ENDED:
            self._drop(instance)

    def _end(self, instance: Instance) -> None:
        self._forget(instance)
        parent = self.own(instance.parent)
        parent.children = tuple(each for each in parent.children if each != instance.id)
        self._drop(instance)

    def _drop(self, holder: Instance) -> None:
        for number in holder.children:
            child = self.state.instances[number]
            self._forget(child)
            self._drop(child)
        if holder.children:
            self.own(holder.id).children = ()

    def _forget(self, instance: Instance) -> None:
        left = tuple(each for each in self.state.live[instance.item] if each != instance.id)
        if left:
            self.state.live[instance.item] = left
        else:
            del self.state.live[instance.item]

    def _marked(self, event: Marked) -> None:
        self.own(event.instance).marks = event.marks

    def _blocked(self, event: Blocked) -> None:
        self.own(event.instance).blocked = event.blocked

    def _timed(self, event: Timed) -> None:
        instance = self.own(event.instance)
        instance.due, instance.repeats = event.due, event.repeats

    def _pending(self, event: Pending) -> None:
        instance = self.own(event.instance)
        instance.pending = (*instance.pending, event.item)

    def _value_set(self, event: ValueSet) -> None:
        self._own_values()[event.name] = event.value

    def _value_removed(self, event: ValueRemoved) -> None:
        self._own_values().pop(event.name, None)

    def _own_values(self) -> dict[str, Any]:
        if not self._values_owned:
            self.state.values, self._values_owned = dict(self.state.values), True
        return self.state.values

    def _filed(self, event: Filed) -> None:
        if not self._file_owned:
            self.state.file, self._file_owned = dict(self.state.file), True
        count = self.state.file.get(event.item, 0) + _FILE_STEP.get(event.event, 0)
        self.state.file[event.item] = max(count, 0)

    def _reopened(self, _event: Reopened) -> None:
        self.state.held = True

    def _failed(self, event: Failed) -> None:
        pass

    def _changed(self, event: Changed) -> None:
        events = self.state.events
        self.state = copy.deepcopy(event.state)
        self.state.events = events
        self._own = set(self.state.instances)
        self._values_owned = self._file_owned = True


_FOLDS: dict[type, Callable[[Ledger, Any], None]] = {
    Opened: Ledger._opened,
    Asked: Ledger._asked,
    Created: Ledger._created,
    Moved: Ledger._moved,
    Marked: Ledger._marked,
    Blocked: Ledger._blocked,
    Timed: Ledger._timed,
    Pending: Ledger._pending,
    ValueSet: Ledger._value_set,
    ValueRemoved: Ledger._value_removed,
    Filed: Ledger._filed,
    Reopened: Ledger._reopened,
    Failed: Ledger._failed,
    Changed: Ledger._changed,
}


def replay(events: Iterable[AnyEvent], *, onto: CaseState | None = None) -> CaseState:
    """The state that these events come to, from the beginning or on top of `onto`."""
    ledger = Ledger(onto or CaseState(plan=""))
    for event in events:
        ledger.put(event)
    return ledger.state


def encode(events: list[AnyEvent]) -> bytes:
    """The events as JSON."""
    return msgspec.json.encode(events)


def decode(data: bytes) -> list[AnyEvent]:
    """The events from JSON. Raises `msgspec.ValidationError`."""
    return msgspec.json.decode(data, type=list[AnyEvent])
