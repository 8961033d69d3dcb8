"""What the engine tells in parts, in plain words: what is waited for, why something is here, what something would bring."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from midchannel.engines.casework.previews import Change, Difference
from midchannel.engines.casework.reasons import Asked, Awaited, Part, Why
from midchannel.web.components import words

CASE_STATES: dict[str, tuple[str | Promise, str]] = {
    "active": (gettext_lazy("Open"), "accent"),
    "suspended": (gettext_lazy("Put aside"), ""),
    "failed": (gettext_lazy("Stuck"), "loss"),
    "completed": (gettext_lazy("Completed"), ""),
    "terminated": (gettext_lazy("Ended early"), ""),
    "closed": (gettext_lazy("Closed"), ""),
}
OUTSIDE = "outside"
PARTS: dict[str, str | Promise] = {
    "rules": gettext_lazy("by a rule"),
    "plan": gettext_lazy("by the plan of a case it belongs to"),
    OUTSIDE: "",
    "clock": "",
}
"""What stands for the parts of the machine that move cases (`Actor`s of the actions)."""
_NAME = re.compile(r"[^\W\d]\w*(?:\.\w+)*")
_FORMS: dict[str, str | Promise] = {
    "complete": gettext_lazy("“%s” is done"),
    "create": gettext_lazy("“%s” is there"),
    "enable": gettext_lazy("“%s” may be started"),
    "start": gettext_lazy("“%s” begins"),
    "manualStart": gettext_lazy("“%s” is started by somebody"),
    "disable": gettext_lazy("“%s” is set aside"),
    "reenable": gettext_lazy("“%s” is offered again"),
    "terminate": gettext_lazy("“%s” is skipped"),
    "exit": gettext_lazy("“%s” is no longer needed"),
    "fault": gettext_lazy("“%s” fails"),
    "reactivate": gettext_lazy("“%s” is taken up again"),
    "suspend": gettext_lazy("“%s” is put aside"),
    "resume": gettext_lazy("“%s” goes on"),
    "occur": gettext_lazy("“%s”"),
}
_FILE_FORMS: dict[str, str | Promise] = {
    "create": gettext_lazy("%s"),
    "update": gettext_lazy("news about: %s"),
    "replace": gettext_lazy("a new version of: %s"),
    "delete": gettext_lazy("%s is taken out of the case file"),
}
_VALUE_FORMS: dict[str, str | Promise] = {
    "create": gettext_lazy("%s is known"),
    "update": gettext_lazy("%s changes"),
    "delete": gettext_lazy("%s is no longer known"),
}
_COMPARED: dict[str, str | Promise] = {
    "==": gettext_lazy("%(left)s is %(right)s"),
    "!=": gettext_lazy("%(left)s is not %(right)s"),
    ">": gettext_lazy("%(left)s is above %(right)s"),
    ">=": gettext_lazy("%(left)s is at least %(right)s"),
    "<": gettext_lazy("%(left)s is below %(right)s"),
    "<=": gettext_lazy("%(left)s is at most %(right)s"),
    "in": gettext_lazy("%(left)s is one of %(right)s"),
    "not-in": gettext_lazy("%(left)s is none of %(right)s"),
}


@dataclass(frozen=True, slots=True)
class Tick:
    """One part of what is waited for. `note` is what is known about it now; `joint` the word before it (and, or)."""

    words: str
    done: bool
    note: str = ""
    joint: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way on: all its parts together."""

    ticks: tuple[Tick, ...]
    rests: bool = False
    name: str = ""


def name_of(value: str) -> str:
    """The name of a value as people read it: `parcel_state` is Parcel state."""
    spelled = value.replace("_", " ").replace(".", " ").strip()
    return spelled[:1].upper() + spelled[1:]


def state_words(state: str) -> str:
    """A case's state in words."""
    return str(CASE_STATES[state][0]) if state in CASE_STATES else state


def by_words(name: str) -> str:
    """Who did something in a case: a person's name as it is, a part of the machine in words; nothing where words would say nothing new."""
    return str(PARTS.get(name, name))


def shown(value: Any) -> str:
    """A value of the case file as people read it."""
    if value is None or value == "":
        return words.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return words.number(value, places=None if float(value).is_integer() else 2)
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    if isinstance(value, dict):
        return "; ".join(f"{name_of(str(key))}: {shown(each)}" for key, each in value.items())
    return str(value)


def way_of(awaited: Awaited) -> Way:
    """One way on, part by part."""
    ticks = [Tick(part_words(part), part.done) for part in awaited.parts]
    if awaited.condition is not None and awaited.condition.text not in {"true", "True"}:
        ticks += _ticks(awaited.condition)
    joined = tuple(
        Tick(each.words, each.done, each.note, each.joint or (_("and") if number else ""))
        for number, each in enumerate(ticks)
    )
    return Way(joined, awaited.rests, awaited.name)


def part_words(part: Part) -> str:
    """An event that is waited for."""
    forms = {"file": _FILE_FORMS, "variable": _VALUE_FORMS}.get(part.kind, _FORMS)
    title = part.title if part.kind == "item" else name_of(part.title)
    form = forms.get(part.event)
    return str(form) % title if form else f"“{title}” {part.phrase}"


def happened(transition: str, title: str) -> str:
    """What happened to an item."""
    form = _FORMS.get(transition)
    return str(form) % title if form else title


def _ticks(condition: Asked) -> list[Tick]:
    if condition.kind == "and":
        return [tick for part in condition.parts for tick in _ticks(part)]
    return [Tick(condition_words(condition), bool(condition.holds), _note(condition))]


def condition_words(condition: Asked) -> str:
    """A condition as a clause."""
    if condition.kind in {"and", "or"}:
        joint = _(" and ") if condition.kind == "and" else _(" or ")
        return joint.join(condition_words(each) for each in condition.parts)
    if condition.kind == "not":
        inner = condition.parts[0]
        if inner.kind == "value" and _is_name(inner.left):
            return _("%(name)s: no") % {"name": name_of(inner.left)}
        return _("not: %(what)s") % {"what": condition_words(inner)}
    if condition.kind == "compare" and condition.op in _COMPARED:
        sides = {"left": _side(condition.left), "right": _side(condition.right)}
        return str(_COMPARED[condition.op]) % sides
    return _("%(name)s: yes") % {"name": name_of(condition.left)} if _is_name(condition.left) else condition.text


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and text not in {"true", "false", "null"}


def _side(text: str) -> str:
    if _is_name(text):
        return name_of(text)
    if text in {"true", "false"}:
        return shown(text == "true")
    return text.strip("[]").replace("'", "").replace('"', "") if text[:1] in {"'", '"', "["} else text


def objection(condition: Asked) -> str:
    """Why a condition keeps something from being added: what it asks for, and what is so."""
    return _("Only when %(what)s (%(note)s).") % {"what": condition_words(condition), "note": _note(condition)}


def _note(condition: Asked) -> str:
    if condition.error:
        return _("cannot be told: %s") % condition.error
    known = _known(condition)
    return _("now %s") % known if known else _("not known yet")


def _known(condition: Asked) -> str:
    if condition.kind in {"not", "and", "or"}:
        found = [_known(each) for each in condition.parts]
        return ", ".join(each for each in found if each)
    sides = (
        (condition.left, condition.left_value),
        (condition.right, condition.right_value),
    )
    return ", ".join(shown(value) for text, value in sides if _NAME.fullmatch(text) and value is not None)


def why(found: Why) -> str:
    """Why an item is here, as a sentence."""
    if found.origin == "free":
        return _("A colleague added it; no plan had foreseen it.")
    if found.origin == "planned":
        return _("A colleague added it: the plan allows it, and does not ask for it.")
    if found.origin == "again":
        return _("It is done once more, because a colleague asked for it.")
    began = _because(found)
    if found.origin == "repeat":
        return _("It is here for the %(count)s. time. %(why)s") % {"count": found.count, "why": began}
    return began


def _because(found: Why) -> str:
    if found.criterion is not None:
        parts = [part_words(each) for each in found.criterion.parts]
        if found.criterion.condition is not None and found.criterion.condition.text != "true":
            parts.append(condition_words(found.criterion.condition))
        if not parts:
            return _("The plan begins it at once.")
        form = _("It ended because: %s.") if found.criterion.label.startswith("exit") else _("It is here because: %s.")
        return form % _(" and ").join(parts)
    if found.state == "available":
        return _("The plan has it; it waits for its turn.")
    if found.state == "enabled":
        return _("The plan offers it; whether it is done is up to you.")
    return {
        "parent": _("It follows the stage that it is in."),
        "clock": _("Its time came."),
        "person": _("A colleague moved it."),
        "plan": _("The plan of this case was changed."),
    }.get(found.because, _("The plan asks for it from the beginning of its stage."))


def brings(then: Difference | None, *, but: Iterable[int] = ()) -> list[tuple[str, str]]:
    """What would come of something, as (what happens, titles); nothing where nothing else changes. `but` are items one knows about."""
    if then is None:
        return []
    known = set(but)
    found: list[tuple[str, str]] = []
    opens = [each for each in then.opens if each.instance not in known and each.kind != "stage"]
    stages = [each for each in then.opens if each.kind == "stage"]
    ends = [each for each in then.ends if each.instance not in known and each.kind != "milestone"]
    for label, changes in (
        (_("Begins"), [each for each in (*stages, *opens) if each.after == "active"]),
        (_("May be started"), [each for each in opens if each.after == "enabled"]),
        (_("Is no longer needed"), [each for each in ends if each.after in {"terminated", None}]),
        (_("Is complete"), [each for each in ends if each.after == "completed"]),
        (_("Is put aside"), [each for each in then.others if each.after == "suspended"]),
    ):
        if changes:
            found.append((label, _titles(changes)))
    if then.reaches:
        found.append((_("Reached"), ", ".join(then.reaches)))
    if then.case is not None:
        found.append((_("The case"), state_words(then.case.after or "")))
    return found


def _titles(changes: Sequence[Change], *, most: int = 5) -> str:
    titles = list(dict.fromkeys(each.title for each in changes))
    rest = len(titles) - most
    said = ", ".join(titles[:most])
    return said + " " + ngettext("and %d more", "and %d more", rest) % rest if rest > 0 else said


def kind_words(kind: str) -> str:
    """What sort of thing an item is."""
    return {
        "stage": pgettext("kind of item", "Stage"),
        "milestone": pgettext("kind of item", "Milestone"),
        "timerEventListener": pgettext("kind of item", "Clock"),
        "userEventListener": pgettext("kind of item", "Something that may happen"),
        "eventListener": pgettext("kind of item", "Something that may happen"),
    }.get(kind, pgettext("kind of item", "Task"))
