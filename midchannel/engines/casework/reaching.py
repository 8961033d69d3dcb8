"""What of a plan can never come about, whatever people do and whatever is known.

Everything that may happen is taken to happen: conditions hold unless they are written as false, events of the case file and of values come.
So what is told is certain: an item whose stage never begins, that waits for what never happens, or whose condition never holds.
"""

from dataclasses import dataclass

from midchannel.engines.casework import checking, expressions, plan
from midchannel.engines.casework.errors import ExpressionError

_WORKED = frozenset({
    "enable", "start", "manualStart", "disable", "reenable", "complete", "fault", "reactivate", "suspend", "resume", "occur",
})  # fmt: skip


@dataclass(frozen=True)
class Unreached:
    """An item that can never begin. `waits_for` are ids that never happen; `holder` is its stage where that never begins."""

    id: str
    title: str
    holder: str
    waits_for: tuple[str, ...]


def list_unreached(said: plan.Plan) -> list[Unreached]:
    """Every item that can never begin, in the order of the plan."""
    return _Reach(said).list()


class _Reach:
    """Grows the set of what can be there, and of what can begin, until nothing is added."""

    def __init__(self, said: plan.Plan) -> None:
        self.rows: list[tuple[plan.Item, plan.Item | None, bool]] = [(said.root, None, True)]
        for holder in checking.walk(said.root):
            self.rows += [(each, holder, True) for each in holder.items]
            self.rows += [(each.item, holder, _may_be_offered(each)) for each in checking.options(holder.table)]
        self.there: set[int] = set()
        self.begun: set[int] = set()
        self.ids_there: set[str] = set()
        self.ids_begun: set[str] = set()

    def list(self) -> list[Unreached]:
        while self.grow():
            pass
        found = []
        for item, holder, _ in self.rows:
            if id(item) in self.begun:
                continue
            never = () if id(item) in self.there else (holder.id,) if holder else ()
            waits = dict.fromkeys(part.source for each in item.entry for part in each.on if not self.can_happen(part))
            if item.timing and item.timing.start and not self.can_happen(item.timing.start):
                waits[item.timing.start.source] = None
            found.append(Unreached(item.id, item.title, never[0] if never else "", tuple(waits)))
        return found

    def grow(self) -> bool:
        before = len(self.there), len(self.begun)
        for item, holder, offered in self.rows:
            if offered and (holder is None or id(holder) in self.begun):
                self.there.add(id(item))
                self.ids_there.add(item.id)
            if id(item) in self.there and self.can_begin(item):
                self.begun.add(id(item))
                self.ids_begun.add(item.id)
        return (len(self.there), len(self.begun)) != before

    def can_begin(self, item: plan.Item) -> bool:
        if item.timing and item.timing.start and not self.can_happen(item.timing.start):
            return False
        return not item.entry or any(self.can_hold(each) for each in item.entry)

    def can_hold(self, criterion: plan.Criterion) -> bool:
        return not _is_false(criterion.condition) and all(self.can_happen(part) for part in criterion.on)

    def can_happen(self, part: plan.OnPart) -> bool:
        if part.kind is not plan.Source.ITEM:
            return True
        return part.source in (self.ids_begun if part.event in _WORKED else self.ids_there)


def _may_be_offered(option: plan.Discretionary) -> bool:
    return not any(_is_false(rule.condition) for rule in option.rules)


def _is_false(condition: str | None) -> bool:
    if condition is None or expressions.is_blank(condition):
        return False
    try:
        node = expressions.parse(condition)
    except ExpressionError:
        return False
    return isinstance(node, expressions.Literal) and node.value in {False, None}
