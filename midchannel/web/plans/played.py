"""What a play shows: the lists with what may be done in each, the steps so far with what came of them and why."""

from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from midchannel.engines.casework import checking, commands, compiled, lists, machine, playing, reaching, reasons
from midchannel.engines.casework.playing import Play, Script
from midchannel.engines.casework.state import CaseState
from midchannel.engines.casework.states import FileTransition, State, Transition
from midchannel.web.cases import wording as said_of
from midchannel.web.plans import wording

MOST_ROWS = 60
SPANS = (3600, 4 * 3600, 86_400, 7 * 86_400, 30 * 86_400)
FILES = (FileTransition.CREATE, FileTransition.UPDATE, FileTransition.REPLACE, FileTransition.DELETE)


@dataclass(frozen=True, slots=True)
class Button:
    """Something that may be done: its words and the entry it adds, as JSON."""

    label: str
    entry: str
    icon: str = ""
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """An item in one of the lists."""

    title: str
    kind: str
    who: str
    stages: str
    why: str
    buttons: tuple[Button, ...] = ()
    ways: tuple[said_of.Way, ...] = ()
    due: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A step that was done: what, what came of it, and why. `number` is what is kept when one goes back to it."""

    number: int
    title: str
    at: Any
    comes: tuple[tuple[str, str], ...]
    whys: tuple[tuple[str, str], ...]
    troubles: tuple[str, ...]
    is_last: bool


def shown(ready: compiled.CompiledPlan, script: Script, play: Play) -> dict[str, Any]:
    """Everything the page of a play needs."""
    context: dict[str, Any] = {
        "title": ready.plan.title,
        "script": playing.write(script),
        "steps": [_told(ready, each, is_last=each.number == len(play.steps) - 1) for each in reversed(play.steps)],
        "count": len(script.entries),
        "now": play.now,
        "spans": [(each, wording.duration(f"PT{each // 3600}H")) for each in SPANS],
        "names": sorted(_names(ready)),
        "files": [(each.id, each.name or each.id) for each in checking.walk_files(ready.plan.file)],
        "file_events": [(each.value, wording.file_event_word(each.value)) for each in FILES],
        "unreached": reaching.list_unreached(ready.plan),
    }
    if play.state is None:
        return context | {"dead": play.refused}
    return context | _lists(ready, play.state, play)


def _lists(ready: compiled.CompiledPlan, state: CaseState, play: Play) -> dict[str, Any]:
    found = lists.list_all(ready, state)
    due = machine.next_due(ready, state)
    seen = play.seen
    return {
        "case_state": said_of.state_words(state.case.state.value),
        "is_open": state.case.state is State.ACTIVE,
        "do_now": [_line(ready, state, each) for each in found.do_now[:MOST_ROWS]],
        "may_start": [_line(ready, state, each) for each in found.may_start[:MOST_ROWS]],
        "may_add": [_offer(ready, each) for each in found.may_add[:MOST_ROWS]],
        "waiting": [_line(ready, state, each) for each in found.waiting[:MOST_ROWS]],
        "done": found.done[:MOST_ROWS],
        "milestones": found.milestones,
        "stages": [
            (each, _move(each.instance, Transition.COMPLETE, _("Complete the stage"), "check"))
            for each in found.stages
            if each.completable
        ],
        "close": _case_button(ready, state),
        "next_due": due,
        "values": [(said_of.name_of(name), said_of.shown(value)) for name, value in sorted(state.values.items())],
        "unseen": [node.item.title for key, node in ready.nodes.items() if key and key not in seen][:MOST_ROWS],
    }


def _case_button(ready: compiled.CompiledPlan, state: CaseState) -> Button | None:
    if state.case.state is not State.ACTIVE or not machine.is_completable(ready, state):
        return None
    entry = commands.Move(item=commands.THE_CASE, transition=Transition.COMPLETE)
    return Button(_("Complete the case"), _json(entry), "check-check")


def _line(ready: compiled.CompiledPlan, state: CaseState, row: lists.Row) -> Line:
    moves = reasons.what_moves(ready, state, row.instance)
    return Line(
        title=row.title,
        kind=wording.kind_word(ready.node(row.item).item.kind),
        who=_role(ready, row.role),
        stages=" / ".join(row.stages),
        why=said_of.why(reasons.why_here(ready, state, row.instance)) if row.state != State.AVAILABLE else "",
        buttons=tuple(_buttons(ready, row, moves)),
        ways=tuple(said_of.way_of(each) for each in moves.enters),
        due=f"{moves.due:%Y-%m-%d %H:%M}" if moves.due else "",
    )


def _buttons(ready: compiled.CompiledPlan, row: lists.Row, moves: reasons.Movable) -> list[Button]:
    family = ready.node(row.item).family
    words = {
        Transition.COMPLETE: (_("Done"), "check"),
        Transition.MANUAL_START: (_("Start"), "play"),
        Transition.OCCUR: (_("Let it happen"), "zap"),
        Transition.DISABLE: (_("Leave out"), "minus"),
        Transition.REENABLE: (_("Offer again"), "rotate-ccw"),
        Transition.TERMINATE: (_("Skip"), "forward"),
        Transition.REACTIVATE: (_("Take up again"), "rotate-ccw"),
    }
    if family == "milestone":
        return []
    return [
        _move(
            row.instance,
            each,
            *words[each],
            is_main=each in {Transition.COMPLETE, Transition.MANUAL_START, Transition.OCCUR},
        )
        for each in words
        if each.value in moves.possible and not (family == "listener" and each is Transition.TERMINATE)
    ]


def _move(instance: int, transition: Transition, label: str, icon: str, *, is_main: bool = False) -> Button:
    return Button(label, _json(commands.Move(instance=instance, transition=transition)), icon, is_main)


def _offer(ready: compiled.CompiledPlan, offer: reasons.Offer) -> Line:
    why_not = ""
    if not offer.possible:
        why_not = said_of.objection(offer.condition) if offer.condition else _("not at this moment")
    entry = commands.AddPlanned(item=offer.item, instance=offer.holder)
    buttons = (Button(_("Add"), _json(entry), "plus"),) if offer.possible else ()
    who = wording.alternatives([_role(ready, each) for each in offer.roles])
    return Line(offer.title, "", who, offer.stage, why_not, buttons)


def _role(ready: compiled.CompiledPlan, role: str | None) -> str:
    return next((each.name or each.id for each in ready.plan.roles if each.id == role), role or "")


def _json(entry: playing.Entry) -> str:
    return msgspec.json.encode(entry).decode()


def _names(ready: compiled.CompiledPlan) -> set[str]:
    """The values that the plan's conditions ask for."""
    found: set[str] = set()
    for node in ready.nodes.values():
        criteria = [each.condition for each in (*node.entry, *node.exit)]
        offered = [condition for option in node.options for _, condition in option.rules]
        for each in (*criteria, *offered, node.required, node.manual, node.repeat):
            found |= each.names if each else frozenset()
    return found - {compiled.COUNTER}


def _told(ready: compiled.CompiledPlan, step: playing.Step, *, is_last: bool) -> Told:
    done = {step.entry.instance} if isinstance(step.entry, commands.Move) and step.entry.instance is not None else set()
    whys = [(each.title, said_of.why(each)) for each in step.whys if each.because not in {"person", "rule", "parent"}]
    return Told(
        step.number, _asked(ready, step), step.at, tuple(said_of.brings(step.difference, but=done)), tuple(whys), step.troubles, is_last
    )  # fmt: skip


def _asked(ready: compiled.CompiledPlan, step: playing.Step) -> str:
    entry = step.entry
    match entry:
        case None:
            said = _("The case begins")
        case playing.Wait():
            said = _("%s pass") % wording.duration(f"PT{int(entry.seconds)}S") if entry.seconds else _("Time passes")
        case commands.SetValues():
            said = "; ".join(f"{said_of.name_of(name)}: {said_of.shown(value)}" for name, value in entry.values.items())
        case commands.FileEvent():
            said = wording.file_event(entry.item, entry.event.value, ready.plan)
        case commands.AddPlanned():
            said = _("Added: %s") % _title(ready, entry.item)
        case commands.AddTask():
            said = _("A task of one's own: %s") % entry.title
        case commands.Move():
            said = _moved(ready, step, entry)
        case _:
            said = _("Once more")
    return said


def _moved(ready: compiled.CompiledPlan, step: playing.Step, entry: commands.Move) -> str:
    changes = [*step.difference.ends, *step.difference.opens, *step.difference.others]
    title = next((each.title for each in changes if each.instance == entry.instance), ready.plan.title)
    words = {
        Transition.COMPLETE: _("Done: %s"), Transition.MANUAL_START: _("Started: %s"), Transition.OCCUR: _("Happened: %s"),
        Transition.TERMINATE: _("Skipped: %s"), Transition.DISABLE: _("Left out: %s"),
    }  # fmt: skip
    return words.get(entry.transition, "%s") % title


def _title(ready: compiled.CompiledPlan, item: str) -> str:
    keys = ready.by_id.get(item, ())
    return ready.nodes[keys[0]].item.title if keys else item
