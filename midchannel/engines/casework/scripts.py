"""Conformance scripts: steps and what must be true after each. `run` plays one and gives the first difference, or nothing.

    {"name": "...", "model": "models/x.cmmn", "dialects": ["cmmn11"], "steps": [
        {"do": "start", "variables": {}, "expect": {"case": "active", "items": {"PI_A": ["active"]}}},
        {"do": "complete", "item": "PI_A", "error": true}]}

A script is played by the standard where it holds there, otherwise in the first dialect it names. Steps: `start`, `complete`, `manualStart`,
`disable`, `reenable`, `terminate`, `suspend`, `resume`, `fault`, `reactivate`, `close`, `occur`, `setVariables`, `removeVariable`,
`fileEvent`, `plan`, `advanceTime`; expectations: `case`, `items`, `total`, `only`, `active_tasks`, `required`, `completable`,
`case_completable`, `ended`.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from midchannel.engines.casework import commands, machine
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.dialects import DIALECTS, STANDARD, Dialect
from midchannel.engines.casework.errors import RefusedError
from midchannel.engines.casework.state import CASE, CaseState, Instance
from midchannel.engines.casework.states import ENDED, FileTransition, State, Transition

_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
_MOVES = frozenset({
    "complete", "manualStart", "disable", "reenable", "terminate", "suspend", "resume", "fault", "reactivate", "close", "occur",
})  # fmt: skip


class ScriptError(Exception):
    """The script itself cannot be understood."""


def dialect_of(script: dict[str, Any]) -> Dialect:
    """How a script is to be played. Raises `ScriptError` where no dialect is known."""
    named = script.get("dialects") or [STANDARD.name]
    if STANDARD.name in named:
        return STANDARD
    found = next((DIALECTS[each] for each in named if each in DIALECTS), None)
    if found is None:
        raise ScriptError(f"no known dialect in {named!r}")
    return found


def run(script: dict[str, Any], ready: CompiledPlan) -> str | None:
    """Plays a script on its plan: the first difference in words, or None when all is as expected. Raises `ScriptError`."""
    player = _Player(ready, dialect_of(script))
    for number, step in enumerate(script.get("steps", ()), 1):
        said = f"step {number} ({step.get('do')} {step.get('item', '')}".rstrip() + ")"
        difference = player.step(step)
        if difference:
            return f"{said}: {difference}"
    return None


class _Player:
    def __init__(self, ready: CompiledPlan, dialect: Dialect) -> None:
        self.ready, self.dialect, self.now = ready, dialect, _BEGINNING
        self.state: CaseState | None = None

    def step(self, step: dict[str, Any]) -> str | None:
        before = self.state
        try:
            self.do(step)
        except RefusedError as refused:
            if not step.get("error"):
                return f"refused: {refused}"
            if self.state is not before:
                return "refused, but the case has changed"
        else:
            if step.get("error"):
                return "done, but it should be refused"
        return self.check(step.get("expect") or {})

    def do(self, step: dict[str, Any]) -> None:
        what = step["do"]
        if what == "start":
            self.state = machine.start(
                self.ready, now=self.now, values=step.get("variables"), dialect=self.dialect
            ).state
        elif self.state is None:
            raise ScriptError("the first step must be start")
        elif what == "advanceTime":
            self.now += timedelta(seconds=step["seconds"])
            self.state = machine.pass_time(self.ready, self.state, now=self.now, dialect=self.dialect).state
        else:
            command = command_of(step)
            self.state = machine.apply(self.ready, self.state, command, now=self.now, dialect=self.dialect).state

    def check(self, expected: dict[str, Any]) -> str | None:
        if self.state is None:
            return None
        looked = _Looked(self.ready, self.state)
        for key, wanted in expected.items():
            if key not in _CHECKS:
                raise ScriptError(f"unknown expectation {key!r}")
            difference = _CHECKS[key](looked, wanted, expected)
            if difference:
                return f"{key}: {difference}"
        return None


def command_of(step: dict[str, Any]) -> commands.AnyCommand:
    """The command of a step. Raises `ScriptError`."""
    what, item, values = step["do"], step.get("item", ""), step.get("variables") or {}
    if what in _MOVES:
        state = State(step["state"]) if step.get("state") else None
        return commands.Move(
            transition=Transition(what), item=item, values=values, state=state, within=step.get("within")
        )
    if what == "setVariables":
        return commands.SetValues(values=values)
    if what == "removeVariable":
        names = step["name"] if isinstance(step["name"], list) else [step["name"]]
        return commands.SetValues(values=values, remove=tuple(names))
    if what == "fileEvent":
        return commands.FileEvent(item=item, event=FileTransition(step["event"]), values=values)
    if what == "plan":
        return commands.AddPlanned(item=item, values=values, within=step.get("within"))
    raise ScriptError(f"unknown step {what!r}")


class _Looked:
    """A case as a script looks at it: what lives, what has ended."""

    def __init__(self, ready: CompiledPlan, state: CaseState) -> None:
        self.ready, self.state = ready, state
        alive = {number for numbers in state.live.values() for number in numbers}
        rest = [each for each in state.instances.values() if each.id != CASE]
        over = state.case.state in ENDED
        self.living = [] if over else [each for each in rest if each.id in alive]
        self.over = [each for each in rest if each.state in ENDED]

    def name(self, instance: Instance) -> str:
        return self.ready.node(instance.item).item.id

    def of(self, path: str) -> list[Instance]:
        holder, _, name = path.rpartition("/")
        found = [each for each in self.living if self.name(each) == name]
        return [each for each in found if self.name(self.state.instances[each.parent]) == holder] if holder else found


def _case(looked: _Looked, wanted: str, _all: dict[str, Any]) -> str | None:
    found = looked.state.case.state.value
    fits = found in {"completed", "terminated"} if wanted == "ended" else found == wanted
    return None if fits else f"expected {wanted}, found {found}"


def _items(looked: _Looked, wanted: dict[str, list[str]], _all: dict[str, Any]) -> str | None:
    for path, states in wanted.items():
        found = sorted(each.state.value for each in looked.of(path))
        if found != sorted(states):
            return f"{path}: expected {sorted(states)}, found {found}"
    return None


def _total(looked: _Looked, wanted: int, _all: dict[str, Any]) -> str | None:
    found = Counter(looked.name(each) for each in looked.living)
    return None if len(looked.living) == wanted else f"expected {wanted}, found {len(looked.living)}: {dict(found)}"


def _only(looked: _Looked, wanted: bool, expected: dict[str, Any]) -> str | None:
    named = {path.rpartition("/")[2] for path in expected.get("items", {})}
    others = sorted({looked.name(each) for each in looked.living} - named)
    return f"besides those in items there live {others}" if wanted and others else None


def _active_tasks(looked: _Looked, wanted: list[str], _all: dict[str, Any]) -> str | None:
    tasks = [
        each for each in looked.living if each.state is State.ACTIVE and looked.ready.node(each.item).family == "task"
    ]
    found = sorted(looked.name(each) for each in tasks)
    return None if found == sorted(wanted) else f"expected {sorted(wanted)}, found {found}"


def _required(looked: _Looked, wanted: dict[str, bool], _all: dict[str, Any]) -> str | None:
    for path, value in wanted.items():
        found = looked.of(path) or [each for each in looked.over if looked.name(each) == path]
        if not found or found[-1].required is not value:
            return f"{path}: expected {value}, found {[each.required for each in found]}"
    return None


def _completable(looked: _Looked, wanted: dict[str, bool], _all: dict[str, Any]) -> str | None:
    for path, value in wanted.items():
        found = [machine.is_completable(looked.ready, looked.state, each.id) for each in looked.of(path)]
        if (found or [False])[0] is not value:
            return f"{path}: expected {value}, found {found}"
    return None


def _case_completable(looked: _Looked, wanted: bool, _all: dict[str, Any]) -> str | None:
    found = machine.is_completable(looked.ready, looked.state)
    return None if found is wanted else f"expected {wanted}, found {found}"


def _ended(looked: _Looked, wanted: dict[str, list[str]], _all: dict[str, Any]) -> str | None:
    for name, states in wanted.items():
        found = sorted(each.state.value for each in looked.over if looked.name(each) == name)
        if found != sorted(states):
            return f"{name}: expected {sorted(states)}, found {found}"
    return None


_CHECKS: dict[str, Callable[[_Looked, Any, dict[str, Any]], str | None]] = {
    "case": _case,
    "items": _items,
    "total": _total,
    "only": _only,
    "active_tasks": _active_tasks,
    "required": _required,
    "completable": _completable,
    "case_completable": _case_completable,
    "ended": _ended,
}
