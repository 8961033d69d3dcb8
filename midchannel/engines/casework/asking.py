"""What people, clocks and other systems ask of a case, and why it may be refused."""

from collections.abc import Callable
from typing import Any

from midchannel.engines.casework import checking, commands, events, finishing
from midchannel.engines.casework.errors import RefusedError
from midchannel.engines.casework.state import CASE, FREE, Instance
from midchannel.engines.casework.states import (
    ENDED,
    FileTransition,
    State,
    Transition,
    VariableTransition,
    destination,
    is_allowed,
)
from midchannel.engines.casework.stepping import Step

_BY_PERSON = frozenset({
    Transition.COMPLETE, Transition.MANUAL_START, Transition.DISABLE, Transition.REENABLE, Transition.TERMINATE, Transition.SUSPEND,
    Transition.RESUME, Transition.FAULT, Transition.REACTIVATE, Transition.CLOSE, Transition.OCCUR,
})  # fmt: skip


def do(step: Step, command: commands.AnyCommand) -> None:
    """Does what is asked, or raises `RefusedError`."""
    if step.state.case.state is State.CLOSED:
        raise RefusedError("closed", "The case is closed.")
    set_values(step, command.values)
    _DOERS[type(command)](step, command)


def set_values(step: Step, given: dict[str, Any]) -> None:
    """Sets values; whoever waits for them, or asks for them, is looked at."""
    for name, value in given.items():
        known = name in step.state.values
        step.ledger.put(events.ValueSet(name, value))
        step.tell_value(name, VariableTransition.UPDATE if known else VariableTransition.CREATE)


def find(
    step: Step, item: str, *, state: State | None = None, within: str | None = None, instance: int | None = None
) -> Instance:
    """The instance that is meant: the oldest that lives and fits. Raises `RefusedError` where there is none."""
    if instance is not None:
        found = step.state.instances.get(instance)
        if found is None:
            raise RefusedError("unknown", f"There is nothing numbered {instance} in this case.")
        if not step.is_alive(found):
            raise RefusedError("ended", f"{_title(step, found)!r} has ended.", item=found.item)
        return found
    if item == commands.THE_CASE:
        return step.state.case
    numbers = sorted(each for key in step.ready.by_id.get(item, ()) for each in step.state.live.get(key, ()))
    for number in numbers:
        each = step.instance(number)
        holder = step.node(step.instance(each.parent)).item.id
        if (state is None or each.state is state) and within in {None, holder}:
            return each
    if item not in step.ready.by_id:
        hint = checking.near(item, step.ready.by_id)
        raise RefusedError("unknown", f"This plan has no item {item!r}. {hint}".strip(), item=item)
    raise RefusedError("absent", f"{item!r} is not there now.", item=item)


def _title(step: Step, instance: Instance) -> str:
    return instance.title or step.node(instance).item.title


def _need_living(step: Step) -> None:
    if step.state.case.state in ENDED:
        raise RefusedError("ended", "The case has ended: open it again first.")


def _move(step: Step, command: commands.Move) -> None:
    instance = find(step, command.item, state=command.state, within=command.within, instance=command.instance)
    transition = command.transition
    family = step.node(instance).family
    if transition not in _BY_PERSON or not is_allowed(family, transition, instance.state):
        words = f"{_title(step, instance)!r} is {instance.state.value}: {transition.value} is not possible."
        raise RefusedError("state", words, item=instance.item, state=instance.state.value, transition=transition.value)
    if transition in {Transition.RESUME, Transition.REACTIVATE} and instance.id != CASE:
        _check_holder_runs(step, instance)
    if transition is Transition.COMPLETE and family in {"stage", "case"}:
        _check_completable(step, instance)
    _MOVERS.get(transition, _simply)(step, instance, command)


def _check_holder_runs(step: Step, instance: Instance) -> None:
    holder = step.instance(instance.parent)
    if holder.state is State.SUSPENDED:
        words = f"{_title(step, instance)!r} stays suspended as long as {_title(step, holder)!r} is."
        raise RefusedError("holder", words, item=instance.item, state=holder.state.value)


def _check_completable(step: Step, holder: Instance) -> None:
    left = [_title(step, each) for each in finishing.standing_in_the_way(step, holder)]
    if left:
        raise RefusedError(
            "blocked",
            f"{_title(step, holder)!r} cannot be completed: {', '.join(left)} would be left.",
            left=", ".join(left),
        )


def _simply(step: Step, instance: Instance, command: commands.Move) -> None:
    target = destination(step.node(instance).family, command.transition)
    step.move(instance, command.transition, target or State.ACTIVE, because=command.because, reason=command.reason)


def _end(step: Step, instance: Instance, command: commands.Move) -> None:
    step.finish(instance, command.transition, because=command.because, reason=command.reason)


def _begin(step: Step, instance: Instance, command: commands.Move) -> None:
    step.begin(instance, command.transition, because=command.because, reason=command.reason)


def _suspend(step: Step, instance: Instance, command: commands.Move) -> None:
    _simply(step, instance, command)
    _suspend_children(step, step.instance(instance.id))


def _suspend_children(step: Step, holder: Instance) -> None:
    for number in holder.children:
        child = step.instance(number)
        if child.state is not State.SUSPENDED and is_allowed(
            step.node(child).family, Transition.PARENT_SUSPEND, child.state
        ):
            step.move(child, Transition.PARENT_SUSPEND, State.SUSPENDED, because="parent")
        _suspend_children(step, step.instance(number))


def _resume(step: Step, instance: Instance, command: commands.Move) -> None:
    _simply(step, instance, command)
    _wake(step, step.instance(instance.id))
    _resume_children(step, step.instance(instance.id))


def _resume_children(step: Step, holder: Instance) -> None:
    """What was suspended by its holder goes back to the state it had; what a person suspended stays."""
    for number in holder.children:
        child = step.instance(number)
        if child.state is State.SUSPENDED and child.by_parent and child.before is not None:
            step.move(child, Transition.PARENT_RESUME, child.before, because="parent")
            _wake(step, step.instance(number))
            _resume_children(step, step.instance(number))


def _wake(step: Step, instance: Instance) -> None:
    node = step.node(instance)
    step.look_entry(instance.id)
    step.look_exit(instance.id)
    if instance.state is State.AVAILABLE and not node.entry:
        step.advancing.append(instance.id)
    if node.family in {"stage", "case"}:
        step.look_stage(instance.id)


def _reactivate(step: Step, instance: Instance, command: commands.Move) -> None:
    was = instance.state
    if was is State.SUSPENDED:
        _resume(step, instance, command)
        return
    _simply(step, instance, command)
    if instance.id != CASE or was is State.FAILED:
        _wake(step, step.instance(instance.id))
        return
    step.ledger.put(events.Reopened())


_MOVERS: dict[Transition, Callable[[Step, Instance, commands.Move], None]] = {
    Transition.COMPLETE: _end,
    Transition.TERMINATE: _end,
    Transition.OCCUR: _end,
    Transition.MANUAL_START: _begin,
    Transition.SUSPEND: _suspend,
    Transition.RESUME: _resume,
    Transition.REACTIVATE: _reactivate,
}


def _set(step: Step, command: commands.SetValues) -> None:
    for name in command.remove:
        if name in step.state.values:
            step.ledger.put(events.ValueRemoved(name))
            step.tell_value(name, VariableTransition.DELETE)


def _file(step: Step, command: commands.FileEvent) -> None:
    known = [each.id for each in checking.walk_files(step.ready.plan.file)]
    if command.item not in known:
        hint = checking.near(command.item, known)
        raise RefusedError("unknown", f"The case file has no item {command.item!r}. {hint}".strip(), item=command.item)
    step.ledger.put(events.Filed(command.item, FileTransition(command.event)))
    step.tell_file(command.item, command.event)


def _plan(step: Step, command: commands.AddPlanned) -> None:
    _need_living(step)
    found = step.ready.options.get(command.item, ())
    if not found:
        hint = checking.near(command.item, step.ready.options)
        raise RefusedError("unknown", f"This plan offers no {command.item!r} to add. {hint}".strip(), item=command.item)
    objection = ("absent", command.item)
    for option in found:
        for number in step.state.live.get(option.container, ()):
            holder = step.instance(number)
            if command.instance not in {None, number} or command.within not in {None, step.node(holder).item.id}:
                continue
            against = finishing.why_not(step, option, holder, command.roles)
            if against is None:
                _add(step, option.key, holder, command.reason)
                return
            objection = against
    raise RefusedError("not_applicable", f"{command.item!r} cannot be added now: {_OBJECTIONS[objection[0]]} {objection[1]}.",
                       why=objection[0], about=objection[1])  # fmt: skip


_OBJECTIONS = {
    "absent": "nothing that could hold it is there:",
    "state": "what would hold it is",
    "holder": "it can be added only during",
    "there": "it is there already:",
    "rule": "this does not hold:",
    "role": "it is for",
}


def _add(step: Step, key: str, holder: Instance, reason: str) -> None:
    if holder.state in {State.AVAILABLE, State.ENABLED, State.DISABLED} or (
        holder.state is State.SUSPENDED and holder.before is not State.ACTIVE
    ):
        step.ledger.put(events.Pending(holder.id, key))
        return
    made = step.create(step.ready.nodes[key], holder, origin="planned", reason=reason)
    _go(step, made, holder)


def _go(step: Step, made: Instance, holder: Instance) -> None:
    if holder.state is State.SUSPENDED:
        step.move(made, Transition.PARENT_SUSPEND, State.SUSPENDED, because="parent")
    else:
        step.advancing.append(made.id)


def _add_task(step: Step, command: commands.AddTask) -> None:
    _need_living(step)
    if not command.title.strip():
        raise RefusedError("nameless", "A task needs a name.")
    holder = _open_holder(step, command.within)
    number = step.state.next_id
    step.ledger.put(
        events.Created(
            number,
            FREE,
            holder.id,
            command.required,
            1,
            "free",
            0,
            command.title.strip(),
            command.about,
            command.role,
            command.reason,
        )
    )
    step.queue.append((number, Transition.CREATE, None))
    _go(step, step.instance(number), holder)


def _open_holder(step: Step, number: int) -> Instance:
    holder = find(step, "", instance=number)
    if step.node(holder).family not in {"stage", "case"}:
        raise RefusedError("holder", f"{_title(step, holder)!r} is no stage.")
    started = holder.state in {State.ACTIVE, State.FAILED} or (
        holder.state is State.SUSPENDED and holder.before is State.ACTIVE
    )
    if not started:
        raise RefusedError("holder", f"{_title(step, holder)!r} has not begun.", state=holder.state.value)
    return holder


def _again(step: Step, command: commands.DoAgain) -> None:
    _need_living(step)
    before = step.state.instances.get(command.instance)
    if before is None or before.id == CASE:
        raise RefusedError("unknown", f"There is nothing numbered {command.instance} in this case.")
    if before.state not in ENDED:
        raise RefusedError(
            "state", f"{_title(step, before)!r} is {before.state.value}: it has not ended.", state=before.state.value
        )
    holder = _open_holder(step, before.parent)
    if before.item == FREE:
        again = commands.AddTask(title=before.title or "", about=before.about, role=before.role, required=before.required,
                                 within=holder.id, reason=command.reason)  # fmt: skip
        _add_task(step, again)
        return
    made = step.create(step.node(before), holder, origin="again", count=before.count + 1, reason=command.reason)
    if holder.state is State.SUSPENDED:
        step.move(made, Transition.PARENT_SUSPEND, State.SUSPENDED, because="parent")
    elif step.node(made).family != "listener":
        step.enter(made, None)


def _tick(step: Step, command: commands.Tick) -> None:
    instance = find(step, "", instance=command.instance)
    if instance.due is None or step.now is None or instance.due > step.now:
        raise RefusedError("early", f"{_title(step, instance)!r} is not due yet.")
    if instance.state is not State.AVAILABLE:
        raise RefusedError(
            "state", f"{_title(step, instance)!r} is {instance.state.value}.", state=instance.state.value
        )
    step.finish(instance, Transition.OCCUR, because="clock")


_DOERS: dict[type, Callable[[Step, Any], None]] = {
    commands.Move: _move,
    commands.SetValues: _set,
    commands.FileEvent: _file,
    commands.AddPlanned: _plan,
    commands.AddTask: _add_task,
    commands.DoAgain: _again,
    commands.Tick: _tick,
}
