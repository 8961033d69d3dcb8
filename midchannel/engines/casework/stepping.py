"""One step of a case: transitions, what they cause, and running to rest. `machine` is the door; `asking` does what people ask for."""

import heapq

from midchannel.engines.casework import events, finishing, times, values
from midchannel.engines.casework.compiled import Node, ReadyCriterion
from midchannel.engines.casework.errors import ExpressionError, UnsettledError
from midchannel.engines.casework.plan import Kind
from midchannel.engines.casework.state import CASE, Instance
from midchannel.engines.casework.states import ENDED, State, Transition, is_allowed
from midchannel.engines.casework.ticking import Ticking

_TURNS = 1000
_TURNS_PER_ITEM = 10


class Step(Ticking):
    """Running to rest: who leaves, who enters, what is complete."""

    def settle(self) -> None:
        """Runs until nothing is left to do. Raises `UnsettledError`."""
        bound = _TURNS + _TURNS_PER_ITEM * len(self.ready.nodes)
        while self.turn():
            self.turns += 1
            if self.turns > bound:
                raise UnsettledError(bound, list(dict.fromkeys(self.recent)))
        for number in self.moments:
            instance = self.instance(number)
            left = instance.marks & ~self.node(instance).moments
            if left != instance.marks:
                self.ledger.put(events.Marked(number, left))

    def turn(self) -> bool:
        """Does the next thing there is to do; whether there was one."""
        while self.queue:
            if self.advancing:
                break
            event = self.queue.popleft()
            self.past.append(event)
            self.tell(*event)
        if self.advancing:
            self.advance(self.advancing.popleft())
            return True
        return self.leave_next() or self.enter_next() or self.complete_next()

    # criteria

    def leave_next(self) -> bool:
        """Lets the first instance go whose exit criterion is satisfied."""
        while self.exits:
            number = heapq.heappop(self.exits)
            number = CASE if number == 1 << 60 else number
            self.listed.discard(("exit", number))
            instance = self.instance(number)
            if not self.is_alive(instance) or instance.state is State.SUSPENDED:
                continue
            for criterion in self.node(instance).exit:
                if self.is_satisfied(instance, criterion):
                    self.leave(instance, criterion)
                    return True
        return False

    def enter_next(self) -> bool:
        """Lets the first instance in whose entry criterion is satisfied."""
        while self.entries:
            number = heapq.heappop(self.entries)
            self.listed.discard(("entry", number))
            instance = self.instance(number)
            if instance.state is not State.AVAILABLE or not self.is_alive(instance):
                continue
            self.unblock(instance)
            for criterion in self.node(instance).entry:
                if self.is_satisfied(instance, criterion):
                    self.enter(instance, criterion)
                    return True
        return False

    def complete_next(self) -> bool:
        """Completes the innermost stage that should complete."""
        while self.stages:
            _, number = heapq.heappop(self.stages)
            self.listed.discard(("stage", number))
            instance = self.instance(number)
            if self.is_alive(instance) and finishing.should_complete(self, instance):
                self.finish(instance, Transition.COMPLETE, because="rule")
                return True
        return False

    # transitions

    def move(self, instance: Instance, transition: Transition, target: State, *, because: str, criterion: str | None = None,
             reason: str = "") -> None:  # fmt: skip
        """Makes a transition and lets everybody know."""
        self.ledger.put(
            events.Moved(instance.id, instance.item, transition, instance.state, target, because, criterion, reason),
        )
        self.recent.append(self.node(instance).item.id)
        self.queue.append((instance.id, transition, criterion))
        if instance.id != CASE:
            self.look_stage(instance.parent)

    def open_case(self) -> None:
        """Creates the case and starts its first level."""
        self.ledger.put(events.Created(CASE, "", CASE))
        case = self.instance(CASE)
        if self.node(case).exit_by_condition:
            self.look_exit(CASE)
        self.move(case, Transition.START, State.ACTIVE, because="person")
        self.start_children(case)

    def create(
        self, node: Node, parent: Instance, *, origin: str = "plan", count: int = 1, blocked: int = 0, reason: str = ""
    ) -> Instance:
        """A new instance, available."""
        number = self.state.next_id
        sketch = Instance(number, node.key, parent.id, State.AVAILABLE, count=count)
        required = node.required is not None and self.holds(node.required, sketch, "required")
        self.ledger.put(events.Created(number, node.key, parent.id, required, count, origin, blocked, reason=reason))
        instance = self.instance(number)
        self.queue.append((number, Transition.CREATE, None))
        self.look_stage(parent.id)
        self.look_all(instance, node)
        if node.item.timing and node.item.timing.start is None:
            self.time(instance)
        if self.dialect.tells_the_newborn and origin == "plan":
            self.tell_newborn(instance)
        return instance

    def look_all(self, instance: Instance, node: Node) -> None:
        """Looks at criteria that may be satisfied without anything happening."""
        if node.entry_by_condition or (instance.marks and node.entry):
            self.look_entry(instance.id)
        if node.exit_by_condition or (instance.marks and node.exit):
            self.look_exit(instance.id)

    def tell_newborn(self, instance: Instance) -> None:
        """Lets a new instance know what has happened in this step already."""
        for number, transition, criterion in self.past:
            source = self.instance(number)
            for dependent in self.ready.on_item.get((source.item, transition.value), ()):
                if dependent.owner == instance.item and dependent.exit_criterion in {None, criterion}:
                    self.reach(dependent, source, instance.id)

    def start_children(self, holder: Instance) -> None:
        """Creates everything in a stage, then lets advance what waits for nothing."""
        node = self.node(holder)
        made = [self.create(self.ready.nodes[key], holder) for key in node.children]
        made += [self.create(self.ready.nodes[key], holder, origin="planned") for key in holder.pending]
        self.look_stage(holder.id)
        for each in made:
            self.advance(each.id)

    def advance(self, number: int) -> None:
        """Lets an instance in that waits for nothing. Listeners wait for their event."""
        instance = self.instance(number)
        node = self.node(instance)
        if (
            instance.state is State.AVAILABLE
            and not node.entry
            and node.family != "listener"
            and self.is_alive(instance)
        ):
            self.enter(instance, None)

    def enter(self, instance: Instance, criterion: ReadyCriterion | None) -> None:
        """An instance goes on from available: enabled, active or, a milestone, occurred. A repeatable one leaves the next behind."""
        node = self.node(instance)
        because = criterion.label if criterion else "rule"
        name = criterion.said.id if criterion else None
        repeats = criterion is not None and self.repeats(node, instance)
        if criterion is not None and instance.marks:
            self.ledger.put(events.Marked(instance.id, 0))
        if node.family == "milestone":
            self.finish(instance, Transition.OCCUR, because=because, criterion=name)
        elif node.manual is not None and self.holds(node.manual, instance, "manual"):
            self.move(instance, Transition.ENABLE, State.ENABLED, because=because, criterion=name)
        else:
            self.begin(instance, Transition.START, because=because, criterion=name)
        if repeats and self.instance(instance.parent).state not in ENDED:
            self.create(
                node,
                self.instance(instance.parent),
                origin="repeat",
                count=instance.count + 1,
                blocked=self.holding(node, instance),
            )

    def repeats(self, node: Node, instance: Instance) -> bool:
        """Whether the next instance is wanted. A discretionary item may be planned again, and does not repeat by itself."""
        if node.repeat is None or node.is_discretionary:
            return False
        return self.holds(node.repeat, instance, "repeat")

    def holding(self, node: Node, instance: Instance) -> int:
        """The criteria of a condition alone that hold now: the next instance waits until they did not."""
        return sum(
            each.bit
            for each in node.entry
            if each.is_condition_only and each.condition and self.holds(each.condition, instance, each.label)
        )

    def begin(
        self,
        instance: Instance,
        transition: Transition,
        *,
        because: str,
        criterion: str | None = None,
        reason: str = "",
    ) -> None:
        """An instance becomes active: a stage starts what it holds, a task that nobody waits for is done."""
        node = self.node(instance)
        self.move(instance, transition, State.ACTIVE, because=because, criterion=criterion, reason=reason)
        if node.family == "stage":
            self.start_children(self.instance(instance.id))
        elif node.blocking is not None and not self.holds(node.blocking, instance, "blocking"):
            self.finish(self.instance(instance.id), Transition.COMPLETE, because="work")

    def leave(self, instance: Instance, criterion: ReadyCriterion) -> None:
        """An exit criterion ends an instance and everything in it."""
        if instance.id == CASE and instance.marks:
            self.ledger.put(events.Marked(CASE, instance.marks & ~criterion.mask))
        family = self.node(instance).family
        transition = Transition.EXIT if is_allowed(family, Transition.EXIT, instance.state) else Transition.TERMINATE
        if is_allowed(family, transition, instance.state):
            self.finish(instance, transition, because=criterion.label, criterion=criterion.said.id)

    def finish(
        self,
        instance: Instance,
        transition: Transition,
        *,
        because: str,
        criterion: str | None = None,
        reason: str = "",
    ) -> None:
        """Ends an instance: first what it holds, unless it completes; then itself; then comes what repeats."""
        done = transition in {Transition.COMPLETE, Transition.OCCUR}
        if not done:
            self.end_children(instance)
        instance = self.instance(instance.id)
        target = State.COMPLETED if done else State.TERMINATED
        self.move(instance, transition, target, because=because, criterion=criterion, reason=reason)
        if instance.id != CASE:
            self.follow(self.instance(instance.id), transition)
            if self.dialect.drops_orphans:
                finishing.drop_orphans(self, instance)

    def end_children(self, holder: Instance) -> None:
        """Ends everything alive in a stage, the innermost first."""
        for number in holder.children:
            child = self.instance(number)
            self.end_children(child)
            family = self.node(child).family
            transition = Transition.EXIT if family in {"stage", "task"} else Transition.PARENT_TERMINATE
            self.move(self.instance(number), transition, State.TERMINATED, because="parent")

    def follow(self, instance: Instance, transition: Transition) -> None:
        """What waits for nothing repeats when it is over; a timer goes on while it repeats."""
        node = self.node(instance)
        parent = self.instance(instance.parent)
        if parent.state in ENDED or not self.is_alive(parent):
            return
        if node.item.kind is Kind.TIMER and transition is Transition.OCCUR and instance.repeats and instance.due:
            self.go_on(node, instance, parent)
        elif not node.entry and transition.value in node.repeat_on and self.repeats(node, instance):
            self.advancing.append(self.create(node, parent, origin="repeat", count=instance.count + 1).id)

    def go_on(self, node: Node, instance: Instance, parent: Instance) -> None:
        """The next time of a repeating timer."""
        text = node.item.timing.expression if node.item.timing else ""
        try:
            if text.strip()[:2] in {"${", "#{"}:
                condition = values.condition(text)
                text = str(condition.value(self.known(condition, instance)))
            following = times.read_schedule(text).following(instance.due) if instance.due else None
        except (ExpressionError, ValueError, OverflowError) as wrong:
            self.ledger.put(events.Failed(instance.id, "timer", str(wrong)))
            return
        if following is None:
            return
        after = self.create(node, parent, origin="repeat", count=instance.count + 1)
        left = instance.repeats - 1 if instance.repeats > 0 else instance.repeats
        self.ledger.put(events.Timed(after.id, following, left))

    def is_completable(self, instance: Instance) -> bool:
        """Whether a person may complete this stage, or the case, now."""
        return finishing.is_completable(self, instance)
