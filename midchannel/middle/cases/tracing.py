"""What a case has gone through, made of its events: the milestones in order, what was done at which point, what was added by hand. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from midchannel.engines.casework.compiled import CompiledPlan

BY_HAND = frozenset({"free", "planned", "again"})
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a case as it is kept: its body, when, and whether a person did it."""

    body: Mapping[str, Any]
    at: datetime
    is_person: bool


@dataclass(slots=True)
class Trace:
    """See `models.CaseTrace`."""

    milestones: dict[str, int] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    choices: list[list[str]] = field(default_factory=list)
    items: int = 0
    added: int = 0
    again: int = 0
    reopened: int = 0
    touches: int = 0

    @property
    def point(self) -> str:
        """Where it stands: the milestones reached, as `choices` name them."""
        return point_of(self.milestones)


def point_of(milestones: Iterable[str]) -> str:
    """The name of a point: milestones sorted, joined by commas."""
    return ",".join(sorted(milestones))


def points_of(path: Sequence[str]) -> set[str]:
    """Every point that a path of milestones comes through, its beginning included."""
    return {point_of(set(path[:count])) for count in range(len(path) + 1)}


def normal(title: str) -> str:
    """A title as titles are compared: small letters, one space between words, no full stop at its end."""
    return " ".join(title.casefold().split()).strip(" .,;:!")


def trace(ready: CompiledPlan, happened: Iterable[Happened], *, opened_at: datetime) -> Trace:
    """The trace of a case whose plan this is: of all its events; items that the plan does not know any more count by their keys."""
    found = Trace()
    titles: dict[int, str] = {}
    for each in _holding(happened):
        match each.body.get("is"):
            case "asked":
                found.touches += each.is_person
            case "created":
                _note_created(found, each.body, titles)
            case "moved":
                _note_moved(found, ready, each, titles, opened_at)
            case "reopened":
                found.reopened += 1
    return found


def _holding(happened: Iterable[Happened]) -> list[Happened]:
    """Without what was taken back: a way back says how many events its state is the sum of; those after them never were."""
    held: list[tuple[int, Happened]] = []
    for seq, each in enumerate(happened):
        if each.body.get("is") == "changed":
            since = each.body["state"].get("events", seq)
            while held and held[-1][0] >= since:
                held.pop()
        held.append((seq, each))
    return [each for _seq, each in held]


def _note_created(found: Trace, body: Mapping[str, Any], titles: dict[int, str]) -> None:
    item, origin = str(body.get("item", "")), body.get("origin")
    if not item:
        return
    found.items += 1
    found.added += origin in BY_HAND
    found.again += origin in {"again", "repeat"}
    action = f"+{normal(str(body.get('title') or ''))}" if origin == "free" else item.rpartition("/")[2]
    titles[int(body.get("instance", 0))] = action
    if origin in {"free", "planned"}:
        _choose(found, action)


def _note_moved(
    found: Trace, ready: CompiledPlan, each: Happened, titles: Mapping[int, str], opened_at: datetime
) -> None:
    body = each.body
    item, transition = str(body.get("item", "")), body.get("transition")
    if not item:
        return
    family = ready.node(item).family
    key = item.rpartition("/")[2]
    if transition == "occur" and family == "milestone":
        if key not in found.milestones:
            found.milestones[key] = max(0, int((each.at - opened_at).total_seconds()))
        found.path.append(key)
        del found.path[MOST_STEPS:]
    elif transition == "complete" and family == "task":
        _choose(found, titles.get(int(body.get("instance", 0)), key))


def _choose(found: Trace, action: str) -> None:
    step = [found.point, action]
    if step not in found.choices and len(found.choices) < MOST_STEPS:
        found.choices.append(step)


def said_of(values: Mapping[str, Any]) -> dict[str, bool | float]:
    """Values that say how alike cases are and nobody's name: yes, no, and numbers that are no numbers of anything."""
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 1e7)
    }


def is_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether at least half of what both say agrees: yes and no are equal, numbers within a factor of two."""
    shared = [name for name in one if name in other]
    return sum(_agrees(one[name], other[name]) for name in shared) * 2 >= len(shared)


def _agrees(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    low, high = sorted((float(one), float(other)))
    return low == high or (low > 0 and high <= 2 * low) or (high < 0 and low >= 2 * high)
