"""A case played through without keeping anything: a beginning, what was done one after the other, and what came of each.

The script is all there is to know. It is played anew every time, so going back is leaving out its end.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from midchannel.engines.casework import commands, events, machine, previews, reasons
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.errors import RefusedError
from midchannel.engines.casework.state import CaseState

MOST = 200
LONGEST = 10 * 366 * 86_400.0


class Wait(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="wait"):
    """Time passes: so many seconds, or, where none are said, until the next timer goes off."""

    seconds: float = 0.0


Entry = (
    commands.Move
    | commands.SetValues
    | commands.FileEvent
    | commands.AddPlanned
    | commands.AddTask
    | commands.DoAgain
    | commands.Tick
    | Wait
)


class Script(msgspec.Struct, frozen=True):
    """When the case begins, with which values, and what is done in it."""

    begin: datetime
    values: dict[str, Any] = {}
    entries: tuple[Entry, ...] = ()


class Step(msgspec.Struct, frozen=True):
    """What one entry came to; the first step is the beginning and has none. `troubles` are conditions that could not be answered."""

    number: int
    entry: Entry | None
    at: datetime
    difference: previews.Difference
    whys: tuple[reasons.Why, ...]
    troubles: tuple[str, ...]


class Play(msgspec.Struct, frozen=True):
    """A script played: its steps, and where the case stands. `refused` says why it went no further than the steps there are."""

    steps: tuple[Step, ...]
    state: CaseState | None
    now: datetime
    refused: str = ""
    code: str = ""
    seen: frozenset[str] = frozenset()
    """Keys of all items that were ever there and began."""


def read(text: str) -> Script:
    """A script from JSON. Raises `ValueError` for what is none, or is longer than `MOST` entries."""
    script = msgspec.json.decode(text, type=Script)
    if len(script.entries) > MOST:
        raise ValueError(f"A play has at most {MOST} steps.")
    if script.begin.tzinfo is None:
        raise ValueError("The beginning needs a time zone.")
    return script


def write(script: Script) -> str:
    """The script as JSON."""
    return msgspec.json.encode(script).decode()


def add(script: Script, entry: Entry) -> Script:
    """The script with one more at its end."""
    return msgspec.structs.replace(script, entries=(*script.entries, entry))


def cut(script: Script, steps: int) -> Script:
    """The script as it was after so many entries."""
    return msgspec.structs.replace(script, entries=script.entries[: max(steps, 0)])


def play(ready: CompiledPlan, script: Script) -> Play:
    """Plays a script as far as it goes. What is refused, and what never comes to rest, is told and not raised."""
    at = script.begin
    empty = CaseState(plan="")
    try:
        outcome = machine.start(ready, now=at, values=script.values)
    except RefusedError as refused:
        return Play((), None, at, refused.message, refused.code)
    steps = [_step(ready, 0, None, at, before=_nothing_yet(outcome.state, empty), outcome=outcome)]
    for number, entry in enumerate(script.entries, 1):
        before = outcome.state
        try:
            at, outcome = _do(ready, before, entry, at)
        except RefusedError as refused:
            return Play(tuple(steps), before, at, refused.message, refused.code, _seen(before))
        except (OverflowError, ValueError) as wrong:
            return Play(tuple(steps), before, at, str(wrong), "wrong", _seen(before))
        steps.append(_step(ready, number, entry, at, before=before, outcome=outcome))
    return Play(tuple(steps), outcome.state, at, seen=_seen(outcome.state))


def _do(ready: CompiledPlan, state: CaseState, entry: Entry, at: datetime) -> tuple[datetime, machine.Outcome]:
    if not isinstance(entry, Wait):
        return at, machine.apply(ready, state, entry, now=at)
    due = machine.next_due(ready, state)
    if entry.seconds:
        at += timedelta(seconds=min(max(entry.seconds, 0.0), LONGEST))
    elif due is not None:
        at = max(at, due)
    else:
        raise RefusedError("still", "No timer is running.")
    return at, machine.pass_time(ready, state, now=at, most=MOST)


def _nothing_yet(state: CaseState, empty: CaseState) -> CaseState:
    """A case in which nothing is there, for the first comparison."""
    return msgspec.structs.replace(empty, instances={0: state.instances[0]}, values=dict(state.values))


def _step(
    ready: CompiledPlan, number: int, entry: Entry | None, at: datetime, *, before: CaseState, outcome: machine.Outcome
) -> Step:
    told = previews.difference(ready, before, ready, outcome.state)
    opened = {each.instance for each in told.opens}
    ended = {each.instance for each in told.ends if each.kind == "milestone" or each.before is None}
    whys = tuple(reasons.why_here(ready, outcome.state, each) for each in sorted(opened | ended))
    troubles = dict.fromkeys(each.message for each in outcome.events if isinstance(each, events.Failed))
    return Step(number, entry, at, told, whys, tuple(troubles))


def _seen(state: CaseState) -> frozenset[str]:
    return frozenset(each.item for each in state.instances.values() if each.state.value != "available")
