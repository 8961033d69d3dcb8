"""What a step knows: the state in the making, its conditions, and which on-parts an event ticks off. `stepping` moves."""

import heapq
from collections import deque
from datetime import datetime
from typing import Any

from midchannel.engines.casework import events, times, values
from midchannel.engines.casework.compiled import COUNTER, CompiledPlan, Dependent, Node, ReadyCriterion
from midchannel.engines.casework.dialects import Dialect
from midchannel.engines.casework.errors import ExpressionError
from midchannel.engines.casework.state import CaseState, Instance
from midchannel.engines.casework.states import ENDED, FileTransition, Transition, VariableTransition


class Ticking:
    """The state in the making, what was ticked off, and what is still to be looked at."""

    def __init__(self, ready: CompiledPlan, ledger: events.Ledger, *, now: datetime | None, dialect: Dialect) -> None:
        self.ready, self.ledger, self.now, self.dialect = ready, ledger, now, dialect
        self.queue: deque[tuple[int, Transition, str | None]] = deque()
        self.past: list[tuple[int, Transition, str | None]] = []
        self.advancing: deque[int] = deque()
        self.exits: list[int] = []
        self.entries: list[int] = []
        self.stages: list[tuple[int, int]] = []
        self.listed: set[tuple[str, int]] = set()
        self.moments: set[int] = set()
        self.turns = 0
        self.recent: deque[str] = deque(maxlen=8)
        self.reopened = False

    @property
    def state(self) -> CaseState:
        """The state as it is by now."""
        return self.ledger.state

    def instance(self, number: int) -> Instance:
        """An instance as it is by now."""
        return self.ledger.state.instances[number]

    def node(self, instance: Instance) -> Node:
        """What the plan says about an instance."""
        return self.ready.node(instance.item)

    # what is to be looked at

    def look_exit(self, number: int) -> None:
        """The exit criteria of this instance are to be looked at; the case comes last."""
        if ("exit", number) not in self.listed:
            self.listed.add(("exit", number))
            heapq.heappush(self.exits, number or 1 << 60)

    def look_entry(self, number: int) -> None:
        """The entry criteria of this instance are to be looked at."""
        if ("entry", number) not in self.listed:
            self.listed.add(("entry", number))
            heapq.heappush(self.entries, number)

    def look_stage(self, number: int) -> None:
        """Whether this stage, or the case, is complete is to be looked at; the innermost comes first."""
        if ("stage", number) not in self.listed:
            self.listed.add(("stage", number))
            heapq.heappush(self.stages, (-self.node(self.instance(number)).depth, number))

    def is_alive(self, instance: Instance) -> bool:
        """Whether it has not ended, nor anything that holds it."""
        return instance.state not in ENDED and instance.id in self.state.live.get(instance.item, ())

    def is_satisfied(self, instance: Instance, criterion: ReadyCriterion) -> bool:
        """Whether all on-parts are ticked off, and the condition holds."""
        if instance.marks & criterion.mask != criterion.mask:
            return False
        if criterion.label[1] == "n" and instance.blocked & criterion.bit:
            return False
        return criterion.condition is None or self.holds(criterion.condition, instance, criterion.label)

    def unblock(self, instance: Instance) -> None:
        """A criterion of a condition alone may fire again once its condition was false."""
        if not instance.blocked:
            return
        left = instance.blocked
        for criterion in self.node(instance).entry:
            if (
                left & criterion.bit
                and criterion.condition
                and not self.holds(criterion.condition, instance, criterion.label)
            ):
                left &= ~criterion.bit
        if left != instance.blocked:
            self.ledger.put(events.Blocked(instance.id, left))

    def holds(self, condition: values.Condition, instance: Instance, what: str) -> bool:
        """Whether a condition holds for an instance; one that cannot be answered does not, and is kept as a failure."""
        try:
            return condition.holds(self.known(condition, instance))
        except ExpressionError as wrong:
            self.ledger.put(events.Failed(instance.id, what, str(wrong)))
            return False

    def known(self, condition: values.Condition, instance: Instance) -> dict[str, Any]:
        """The values of the case, and how often the item has been there where that is asked."""
        counter = self.node(instance).rules.counter
        if COUNTER in condition.names or (counter and counter in condition.names):
            return {**self.state.values, COUNTER: instance.count, counter or COUNTER: instance.count}
        return self.state.values

    # events

    def tell(self, number: int, transition: Transition, criterion: str | None) -> None:
        """Ticks off the on-parts that waited for this, in every living instance."""
        source = self.instance(number)
        for dependent in self.ready.on_item.get((source.item, transition.value), ()):
            if dependent.exit_criterion is None or dependent.exit_criterion == criterion:
                self.reach(dependent, source)

    def reach(self, dependent: Dependent, source: Instance | None, only: int | None = None) -> None:
        """Ticks off one on-part in the living instances of its owner that belong together with the source."""
        for number in self.state.live.get(dependent.owner, ()):
            if only is not None and number != only:
                continue
            if source is None or dependent.down is None or self.belongs(dependent, number, source):
                self.mark(number, dependent)

    def belongs(self, dependent: Dependent, number: int, source: Instance) -> bool:
        """Whether the stage that owner and source are both in is one and the same."""
        holder = self.above(source, dependent.down or 0)
        return holder == number if dependent.up is None else holder == self.above(self.instance(number), dependent.up)

    def above(self, instance: Instance, steps: int) -> int:
        """What holds an instance, so many steps further up."""
        number = instance.parent
        for _ in range(steps):
            number = self.instance(number).parent
        return number

    def mark(self, number: int, dependent: Dependent) -> None:
        """Ticks off an on-part of one instance; starts a timer that waited for it."""
        instance = self.instance(number)
        if dependent.is_timer:
            if instance.due is None:
                self.time(instance)
            return
        if not instance.marks & dependent.bit:
            self.ledger.put(events.Marked(number, instance.marks | dependent.bit))
            if self.node(instance).moments & dependent.bit:
                self.moments.add(number)
        (self.look_exit if dependent.is_exit else self.look_entry)(number)

    def tell_value(self, name: str, event: VariableTransition) -> None:
        """What waits for a value, or asks for it in a condition, is to be looked at."""
        for dependent in self.ready.on_value.get((name, event.value), ()):
            self.reach(dependent, None)
        for key, is_exit in self.ready.asking.get(name, ()):
            for number in self.state.live.get(key, ()):
                (self.look_exit if is_exit else self.look_entry)(number)
        for key in self.ready.offering.get(name, ()):
            for number in self.state.live.get(key, ()):
                self.look_stage(number)

    def tell_file(self, item: str, event: FileTransition) -> None:
        """Ticks off the on-parts that waited for this in the case file."""
        for dependent in self.ready.on_file.get((item, event.value), ()):
            self.reach(dependent, None)

    def time(self, instance: Instance) -> None:
        """Sets the time at which a timer goes off first."""
        timing = self.node(instance).item.timing
        if timing is None or self.now is None:
            return
        try:
            text = timing.expression
            if text.strip()[:2] in {"${", "#{"}:
                condition = values.condition(text)
                text = str(condition.value(self.known(condition, instance)))
            schedule = times.read_schedule(text)
            self.ledger.put(events.Timed(instance.id, schedule.first(self.now, self.ready.calendar), schedule.repeats))
        except (ExpressionError, ValueError, OverflowError) as wrong:
            self.ledger.put(events.Failed(instance.id, "timer", str(wrong)))
