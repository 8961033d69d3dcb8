"""What is wrong with a plan, all of it: `check` gives what makes it unusable, `hints` what is probably not meant.

The readers ask with their plan's `places`, so that every problem has its line and column; references that lead nowhere come with what was
probably meant.
"""

import difflib
from collections.abc import Iterable, Iterator

from midchannel.engines.casework import expressions, plan, times, values
from midchannel.engines.casework.errors import ExpressionError, Problem
from midchannel.engines.casework.states import TABLES, FileTransition, Transition, VariableTransition

MOST_ITEMS = 20_000
DEEPEST = 50
_RAISED = {family: frozenset(table) | {Transition.CREATE} for family, table in TABLES.items()}


class _Check:
    """Walks a plan and keeps what is wrong."""

    def __init__(self, said: plan.Plan) -> None:
        self.plan = said
        self.problems: list[Problem] = []
        self.items = list(walk(said.root))
        self.by_id: dict[str, plan.Item] = {}
        self.files = {each.id: each for each in walk_files(said.file)}
        self.roles = {each.id for each in said.roles}

    def wrong(self, owner: str, message: str, hint: str = "", *, at: str = "") -> None:
        places = self.plan.places
        line, column = places.get(f"{owner}>{at}") or places.get(owner, (0, 0))
        self.problems.append(Problem(line, column, message, hint))

    def all(self) -> list[Problem]:
        if len(self.items) > MOST_ITEMS:
            self.wrong("", f"The plan has more than {MOST_ITEMS} items.")
            return self.problems
        self.identities()
        for item in self.items:
            self.item(item)
        if not self.problems:
            self.endless()
        return sorted(set(self.problems))

    def identities(self) -> None:
        for item in self.items:
            before = self.by_id.setdefault(item.id, item)
            if before is not item and before != item:
                self.wrong(item.id, f"There are two items {item.id!r}.", "Give one of them another name.")
        for holder in self.items:
            seen: set[str] = set()
            for each in [*holder.items, *(option.item for option in options(holder.table))]:
                if each.id in seen:
                    self.wrong(each.id, f"{holder.id!r} holds {each.id!r} twice.")
                seen.add(each.id)
            if "/" in holder.id:
                self.wrong(holder.id, f"{holder.id!r}: an id cannot contain a slash.")

    def item(self, item: plan.Item) -> None:
        family = item.kind.family
        if item.items and family not in {"stage", "case"}:
            self.wrong(item.id, f"{item.id!r} is no stage and can hold no items.")
        if item.table and family not in {"stage", "case"} and item.kind is not plan.Kind.HUMAN_TASK:
            self.wrong(item.id, f"{item.id!r} can offer nothing to add: only stages, cases and human tasks can.")
        for way, criteria in (("begin", item.entry), ("end", item.exit)):
            for criterion in criteria:
                self.criterion(item, criterion, way)
        rules = item.rules
        for what, rule in (
            ("required", rules.required),
            ("by hand", rules.manual),
            ("repeat", rules.repeat),
            ("neutral", rules.neutral),
        ):
            if rule is not None:
                self.condition(item, rule.condition, f"the rule {what!r} of {item.id!r}")
        self.condition(item, item.work.blocking_expression, f"whether {item.id!r} waits")
        self.timing(item)
        self.offers(item)
        performer = item.work.performer
        if performer and self.roles and performer not in self.roles:
            self.wrong(
                item.id,
                f"{item.id!r} is for {performer!r}, which is no role of this plan.",
                near(performer, self.roles),
            )

    def criterion(self, item: plan.Item, criterion: plan.Criterion, way: str) -> None:
        where = f"what makes {item.id!r} {way}"
        if not criterion.on and criterion.condition is None:
            self.wrong(
                item.id, f"{where[0].upper()}{where[1:]} waits for nothing.", "Name an event, a condition, or both."
            )
        self.condition(item, criterion.condition, where)
        for part in criterion.on:
            self.part(item, part, where)

    def part(self, item: plan.Item, part: plan.OnPart, where: str) -> None:
        if part.kind is plan.Source.VARIABLE:
            self.event(item, part.event, [each.value for each in VariableTransition], where)
            return
        if part.kind is plan.Source.FILE:
            if part.source not in self.files:
                self.wrong(
                    item.id,
                    f"{where}: there is nothing {part.source!r} in the case file.",
                    near(part.source, self.files),
                )
            self.event(item, part.event, [each.value for each in FileTransition], where)
            return
        source = self.by_id.get(part.source)
        if source is None:
            self.wrong(
                item.id, f"{where}: there is no item {part.source!r}.", near(part.source, self.by_id), at=part.source
            )
            return
        self.event(item, part.event, [str(each) for each in _RAISED[source.kind.family]], f"{where}, {part.source!r}")
        if part.exit_criterion is not None:
            known = [each.id for each in (source.exit if part.event == "exit" else source.entry) if each.id]
            if part.exit_criterion not in known:
                self.wrong(
                    item.id,
                    f"{where}: {part.source!r} has no criterion {part.exit_criterion!r}.",
                    near(part.exit_criterion, known),
                )

    def event(self, item: plan.Item, event: str, known: list[str], where: str) -> None:
        if event not in known:
            self.wrong(item.id, f"{where}: {event!r} never happens there.", near(event, known))

    def condition(self, item: plan.Item, text: str | None, where: str) -> None:
        if text is None or expressions.is_blank(text):
            return
        try:
            values.condition(text)
        except ExpressionError as wrong:
            self.wrong(item.id, f"{where}: {wrong}")

    def timing(self, item: plan.Item) -> None:
        if item.kind is not plan.Kind.TIMER:
            return
        if item.timing is None or expressions.is_blank(item.timing.expression):
            self.wrong(item.id, f"The timer {item.id!r} has no time.")
            return
        text = item.timing.expression
        if text.strip()[:2] in {"${", "#{"}:
            self.condition(item, text, f"the time of {item.id!r}")
        else:
            try:
                times.read_schedule(text)
            except (ValueError, OverflowError) as wrong:
                self.wrong(item.id, f"The time of {item.id!r}: {wrong}")
        if item.timing.start:
            self.part(item, item.timing.start, f"what starts {item.id!r}")

    def offers(self, item: plan.Item) -> None:
        for table in tables(item.table):
            for rule in [
                *table.rules,
                *(rule for each in table.items if isinstance(each, plan.Discretionary) for rule in each.rules),
            ]:
                self.condition(item, rule.condition, f"when something may be added to {item.id!r}")
            named = [
                *table.roles,
                *(role for each in table.items if isinstance(each, plan.Discretionary) for role in each.roles),
            ]
            for role in named:
                if role not in self.roles:
                    self.wrong(item.id, f"{item.id!r}: {role!r} is no role of this plan.", near(role, self.roles))

    def endless(self) -> None:
        """Things that are over at once and come again by themselves, or by each other, never let the case come to rest."""
        instant = {item.id: item for item in self.items if _is_instant(item) and _always(item.rules.repeat)}
        free = {each.id for each in self.items if not each.entry}
        for item in instant.values():
            if item.id in free:
                self.wrong(
                    item.id,
                    f"{item.id!r} is over as soon as it begins and always begins again.",
                    "Give its repetition a condition.",
                )
        caused = {each: list(_causes(item, instant)) for each, item in instant.items()}
        for ring in rings(caused):
            among = ", ".join(repr(each) for each in ring)
            self.wrong(
                ring[0],
                f"{among} make each other happen again and again, without end.",
                "Give one of them a condition.",
            )


def check(said: plan.Plan) -> list[Problem]:
    """Everything that makes a plan unusable, in the order of the text."""
    return _Check(said).all()


def hints(said: plan.Plan) -> list[Problem]:
    """What can be used but is probably not meant: items that wait for each other, or for what is over before they are there; and what is
    required and may never begin.
    """
    found = _Check(said)
    items = {each.id: each for each in found.items}
    waits = {each: _awaited(item, items) for each, item in items.items()}
    for ring in rings(waits):
        among = ", ".join(repr(each) for each in ring)
        found.wrong(ring[0], f"{among} wait for each other: none of them can begin.")
    for holder in found.items:
        for item in holder.items:
            _hint_deaf(found, holder, item)
            _hint_stuck(found, holder, item)
    return sorted(set(found.problems))


def _hint_deaf(found: _Check, holder: plan.Item, item: plan.Item) -> None:
    """What starts a stage is over before anything in it is there to hear it."""
    starting = {(part.kind, part.source, part.event) for criterion in holder.entry for part in criterion.on}
    deaf = [
        part for criterion in item.entry for part in criterion.on if (part.kind, part.source, part.event) in starting
    ]
    if deaf and len(item.entry) == 1:
        words = f"{item.id!r} waits for what starts {holder.id!r}, which holds it: that is over before it is there."
        found.wrong(item.id, words, "Ask a condition instead.", at=deaf[0].source)


def _hint_stuck(found: _Check, holder: plan.Item, item: plan.Item) -> None:
    """Required whatever happens, and begun only if something is so."""
    conditional = bool(item.entry) and all(each.condition and not each.on for each in item.entry) and not item.exit
    certain = any(_literally(each.condition or "") for each in item.entry)
    if _always(item.rules.required) and conditional and not certain:
        words = f"{item.id!r} is required, and begins only on a condition: until then {holder.id or 'the case'!r} cannot complete."
        found.wrong(item.id, words, "Make it required on the same condition.")


def walk(item: plan.Item) -> Iterator[plan.Item]:
    """An item and everything in it, discretionary items too."""
    waiting = [(item, 0)]
    while waiting:
        each, depth = waiting.pop()
        yield each
        if depth < DEEPEST:
            inner = [*each.items, *(option.item for option in options(each.table))]
            waiting.extend((one, depth + 1) for one in reversed(inner))


def tables(table: plan.Table | None) -> Iterator[plan.Table]:
    """A planning table and those in it."""
    if table is not None:
        yield table
        for each in table.items:
            if isinstance(each, plan.Table):
                yield from tables(each)


def options(table: plan.Table | None) -> Iterator[plan.Discretionary]:
    """Every discretionary item of a planning table and of those in it."""
    for each in tables(table):
        yield from (one for one in each.items if isinstance(one, plan.Discretionary))


def walk_files(items: Iterable[plan.FileItem]) -> Iterator[plan.FileItem]:
    """Case file items and those in them."""
    for each in items:
        yield each
        yield from walk_files(each.items)


def near(wanted: str, known: Iterable[str]) -> str:
    """What was probably meant, as a sentence; nothing when nothing is like it."""
    names = list(dict.fromkeys(known))
    found = difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
    if not found:
        folded = {each.lower(): each for each in names}
        found = [folded[wanted.lower()]] if wanted.lower() in folded else []
    return f"Did you mean {found[0]!r}?" if found else ""


def rings(graph: dict[str, list[str]]) -> list[list[str]]:
    """The rings in a graph of who leads to whom: each once, in the order of the graph."""
    return _Rings(graph).all()


class _Rings:
    """Strongly connected components, without recursion (Tarjan 1972)."""

    def __init__(self, graph: dict[str, list[str]]) -> None:
        self.graph = graph
        self.order: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.stack: list[str] = []
        self.work: list[tuple[str, Iterator[str]]] = []
        self.found: list[list[str]] = []

    def all(self) -> list[list[str]]:
        for root in self.graph:
            if root not in self.order:
                self.enter(root)
            while self.work:
                self.step()
        return self.found

    def enter(self, each: str) -> None:
        self.order[each] = self.low[each] = len(self.order)
        self.stack.append(each)
        self.work.append((each, iter(self.graph[each])))

    def step(self) -> None:
        each, rest = self.work[-1]
        following = next((one for one in rest if one in self.graph), None)
        if following is None:
            self.leave(each)
        elif following not in self.order:
            self.enter(following)
        elif following in self.stack:
            self.low[each] = min(self.low[each], self.order[following])

    def leave(self, each: str) -> None:
        self.work.pop()
        if self.work:
            above = self.work[-1][0]
            self.low[above] = min(self.low[above], self.low[each])
        if self.low[each] == self.order[each]:
            ring = self.stack[self.stack.index(each) :]
            del self.stack[self.stack.index(each) :]
            if len(ring) > 1 or each in self.graph[each]:
                self.found.append(ring)


def _is_instant(item: plan.Item) -> bool:
    return item.kind is plan.Kind.MILESTONE or (
        item.kind.is_task and not item.work.blocking and not item.work.blocking_expression
    )


def _always(rule: plan.Rule | None) -> bool:
    if rule is None:
        return False
    if rule.condition is None or expressions.is_blank(rule.condition):
        return True
    return _literally(rule.condition)


def _literally(text: str) -> bool:
    try:
        node = expressions.parse(text)
    except ExpressionError:
        return False
    return isinstance(node, expressions.Literal) and node.value is True


def _causes(item: plan.Item, instant: dict[str, plan.Item]) -> Iterator[str]:
    """Which of them an item makes happen, whatever else is true."""
    for other in instant.values():
        for criterion in other.entry:
            if criterion.on and criterion.condition is None and all(_is_own(part, item) for part in criterion.on):
                yield other.id


def _is_own(part: plan.OnPart, item: plan.Item) -> bool:
    return part.source == item.id and part.event in {"occur", "complete", "create", "start"}


def _awaited(item: plan.Item, items: dict[str, plan.Item]) -> list[str]:
    """Whom an item waits for in every one of its criteria: without them it cannot begin."""
    if not item.entry:
        return []
    wanted = []
    for criterion in item.entry:
        inner = [
            part.source
            for part in criterion.on
            if part.kind is plan.Source.ITEM and part.event != "create" and part.source in items
        ]
        if not inner:
            return []
        wanted.append(inner)
    return sorted(set.intersection(*(set(each) for each in wanted))) if len(wanted) > 1 else wanted[0]
