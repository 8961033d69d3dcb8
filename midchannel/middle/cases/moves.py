"""What another version would come to in one case, as a page groups it. Pure: a plan, a state and another plan give the group."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from midchannel.engines.casework import changing, previews, reasons
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.errors import RefusedError
from midchannel.engines.casework.state import FREE, CaseState

SAME, CHANGES, CANNOT, OWN = "same", "changes", "cannot", "own"
MOST_TITLES = 12


class Says(msgspec.Struct, frozen=True):
    """What would come of it, in titles. `kind` is same, changes, cannot, or own: the case has a plan of its own, which it would lose."""

    kind: str
    opens: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    reaches: tuple[str, ...] = ()
    frees: tuple[str, ...] = ()
    """Tasks in progress that the version does not know: they go on as free tasks."""
    case: str = ""
    """The state that the case itself would have, where it changes."""
    why: str = ""
    """Why it cannot be."""


@dataclass(frozen=True, slots=True)
class Coming:
    """What would come of it, and the key of the group of all cases where it is the same."""

    says: Says
    key: str


def look(old: CompiledPlan, state: CaseState, new: CompiledPlan, *, is_own: bool, now: datetime) -> Coming:
    """What another version would come to in a case. Nothing is done."""
    try:
        after = changing.change(old, state, new, now=now).state
    except RefusedError as refused:
        return _coming(Says(CANNOT, why=refused.message))
    told = previews.difference(old, state, new, after)
    frees = [
        reasons.title(new, after, number)
        for number, each in after.instances.items()
        if each.item == FREE and number in state.instances and state.instances[number].item != FREE
    ]
    says = Says(
        kind=CHANGES,
        opens=_titles(told.opens),
        waits=_titles(each for each in told.others if each.before is None),
        ends=_titles(each for each in told.ends if each.title not in told.reaches),
        reaches=_names(told.reaches),
        frees=_names(frees),
        case=(told.case.after or "") if told.case else "",
    )
    if says == Says(CHANGES) and told.is_nothing:
        says = Says(SAME)
    return _coming(msgspec.structs.replace(says, kind=OWN) if is_own else says)


def _titles(changes: Iterable[previews.Change]) -> tuple[str, ...]:
    return _names(each.title for each in changes)


def _names(titles: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(titles))[:MOST_TITLES])


def _coming(says: Says) -> Coming:
    return Coming(says, hashlib.blake2b(msgspec.json.encode(says), digest_size=8).hexdigest())
