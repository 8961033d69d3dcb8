"""A plan made ready to run: every condition read once, every on-part filed under what it waits for.

`compile_plan` is what to call once and keep; nothing in what it gives changes afterwards.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from midchannel.engines.casework import business, checking, plan, values
from midchannel.engines.casework.errors import InvalidPlanError
from midchannel.engines.casework.expressions import is_blank
from midchannel.engines.casework.state import FREE

COUNTER = "repetitionCounter"
ALWAYS = values.condition("true")


@dataclass(frozen=True, slots=True)
class ReadyCriterion:
    """A criterion with the bits of its on-parts."""

    said: plan.Criterion
    label: str
    """`entry:0`, `exit:1`."""
    bit: int
    """Its own bit, for `Instance.blocked`."""
    mask: int
    parts: tuple[tuple[int, plan.OnPart], ...]
    condition: values.Condition | None

    @property
    def is_condition_only(self) -> bool:
        """Whether nothing has to happen."""
        return not self.mask


@dataclass(frozen=True, slots=True)
class Option:
    """A discretionary item: where it may be planned, by whom, and when."""

    key: str
    said: plan.Discretionary
    holder: str
    """The key of the stage, case or human task whose table it is in."""
    container: str
    """The key of the stage or case that it goes into."""
    rules: tuple[tuple[plan.Applicability, values.Condition], ...]
    roles: tuple[str, ...]


@dataclass(slots=True)
class Node:
    """An item, ready."""

    key: str
    item: plan.Item
    parent: "Node | None"
    depth: int
    rules: plan.Control
    is_discretionary: bool = False
    children: tuple[str, ...] = ()
    entry: tuple[ReadyCriterion, ...] = ()
    exit: tuple[ReadyCriterion, ...] = ()
    required: values.Condition | None = None
    manual: values.Condition | None = None
    repeat: values.Condition | None = None
    neutral: values.Condition | None = None
    blocking: values.Condition | None = None
    repeat_on: frozenset[str] = frozenset({"complete", "terminate", "occur"})
    options: list[Option] = field(default_factory=list)
    moments: int = 0
    """The bits of on-parts that count only within one step."""
    family: str = ""
    entry_by_condition: bool = False
    exit_by_condition: bool = False

    @property
    def stage(self) -> str:
        """What tells the same stage from another: the definition's name, or the key."""
        return self.item.definition or self.key


@dataclass(frozen=True, slots=True)
class Dependent:
    """Who waits for something: the bit to set in every instance of `owner`, when the two belong together."""

    owner: str
    bit: int
    is_exit: bool
    exit_criterion: str | None
    up: int | None
    down: int | None
    """The stage that both are in must be one and the same: so many steps above the owner's holder, and above the source's. Without `up`,
    `down` leads from the source to the owner itself; without either nothing is asked."""
    is_timer: bool = False


@dataclass(slots=True)
class CompiledPlan:
    """A plan, ready to run."""

    plan: plan.Plan
    nodes: dict[str, Node]
    on_item: dict[tuple[str, str], tuple[Dependent, ...]]
    on_file: dict[tuple[str, str], tuple[Dependent, ...]]
    on_value: dict[tuple[str, str], tuple[Dependent, ...]]
    asking: dict[str, tuple[tuple[str, bool], ...]]
    """By name of a value: whose criteria ask for it, and whether to exit."""
    offering: dict[str, tuple[str, ...]]
    """By name of a value: whose discretionary items ask for it."""
    options: dict[str, tuple[Option, ...]]
    """Discretionary items by id."""
    by_id: dict[str, tuple[str, ...]]
    listeners: dict[str, tuple[tuple[str, ...], bool]]
    """Event listeners and the keys of those who wait for them."""
    timers: tuple[str, ...]
    calendar: business.Calendar = business.ALWAYS
    """The hours in which timers in business time run: of whoever has the case, so it is given and not part of the plan."""

    def node(self, key: str) -> Node:
        """The item by its key; a free task where the plan knows none."""
        return self.nodes.get(key) or FREE_NODE


def _free_node() -> Node:
    item = plan.Item(FREE, plan.Kind.HUMAN_TASK)
    return Node(FREE, item, None, 1, plan.PLAIN, family="task")


FREE_NODE = _free_node()


def compile_plan(said: plan.Plan) -> CompiledPlan:
    """Makes a plan ready. Raises `InvalidPlanError` with everything that is wrong."""
    problems = checking.check(said)
    if problems:
        raise InvalidPlanError(problems)
    nodes: dict[str, Node] = {}
    _gather(said.root, None, nodes)
    ready = CompiledPlan(said, nodes, {}, {}, {}, {}, {}, {}, {}, {}, ())
    _index(ready)
    return ready


def _condition(text: str | None) -> values.Condition:
    return ALWAYS if text is None or is_blank(text) else values.condition(text)


def _rule(rule: plan.Rule | None) -> values.Condition | None:
    return None if rule is None else _condition(rule.condition)


def _gather(item: plan.Item, parent: Node | None, nodes: dict[str, Node], *, discretionary: bool = False) -> Node:
    key = "" if parent is None else f"{parent.key}/{item.id}" if parent.key else item.id
    rules = item.rules
    node = Node(key, item, parent, parent.depth + 1 if parent else 0, rules, discretionary, family=item.kind.family)
    nodes[key] = node
    node.required, node.manual, node.repeat, node.neutral = (
        _rule(each) for each in (rules.required, rules.manual, rules.repeat, rules.neutral)
    )
    if rules.repeat_on:
        node.repeat_on = frozenset(rules.repeat_on)
    if item.work.blocking_expression:
        node.blocking = _condition(item.work.blocking_expression)
    elif not item.work.blocking:
        node.blocking = values.condition("false")
    _criteria(node)
    node.children = tuple(_gather(each, node, nodes).key for each in item.items)
    if item.table:
        container = node if node.family in {"stage", "case"} else parent
        _options(item.table, node, container or node, nodes, above=(), roles=())
    return node


def _criteria(node: Node) -> None:
    bit = 0
    made: dict[str, list[ReadyCriterion]] = {"entry": [], "exit": []}
    for way, criteria in (("entry", node.item.entry), ("exit", node.item.exit)):
        for place, each in enumerate(criteria):
            parts = tuple((1 << (bit + number), part) for number, part in enumerate(each.on))
            mask = sum(number for number, _ in parts)
            bit += len(parts)
            condition = None if each.condition is None else _condition(each.condition)
            made[way].append(ReadyCriterion(each, f"{way}:{place}", 1 << place, mask, parts, condition))
            if each.trigger == "onEvent":
                node.moments |= mask
    node.entry, node.exit = tuple(made["entry"]), tuple(made["exit"])
    node.entry_by_condition = any(each.is_condition_only for each in node.entry)
    node.exit_by_condition = any(each.is_condition_only for each in node.exit)


def _options(table: plan.Table, holder: Node, container: Node, nodes: dict[str, Node], *, above: tuple[plan.Applicability, ...],
             roles: tuple[str, ...]) -> None:  # fmt: skip
    for each in table.items:
        if isinstance(each, plan.Table):
            _options(
                each, holder, container, nodes, above=(*above, *each.rules), roles=each.roles or table.roles or roles
            )
            continue
        node = _gather(each.item, container, nodes, discretionary=True)
        rules = tuple((rule, _condition(rule.condition)) for rule in (*above, *each.rules))
        option = Option(node.key, each, holder.key, container.key, rules, each.roles or table.roles or roles)
        container.options.append(option)


def _index(ready: CompiledPlan) -> None:
    by_id: defaultdict[str, list[str]] = defaultdict(list)
    for key, node in ready.nodes.items():
        by_id[node.item.id].append(key)
    ready.by_id = {each: tuple(keys) for each, keys in by_id.items()}
    ready.timers = tuple(key for key, node in ready.nodes.items() if node.item.kind is plan.Kind.TIMER)
    _index_parts(ready)
    _index_values(ready)
    options: defaultdict[str, list[Option]] = defaultdict(list)
    for node in ready.nodes.values():
        for option in node.options:
            options[option.said.item.id].append(option)
    ready.options = {each: tuple(found) for each, found in options.items()}


def _index_parts(ready: CompiledPlan) -> None:
    items: defaultdict[tuple[str, str], list[Dependent]] = defaultdict(list)
    files: defaultdict[tuple[str, str], list[Dependent]] = defaultdict(list)
    given: defaultdict[tuple[str, str], list[Dependent]] = defaultdict(list)
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    entering: set[str] = set()
    for node in ready.nodes.values():
        for part, bit, is_exit, is_timer in _parts(node):
            if part.kind is not plan.Source.ITEM:
                target = files if part.kind is plan.Source.FILE else given
                target[part.source, part.event].append(Dependent(node.key, bit, is_exit, None, None, None, is_timer))
                continue
            for source in ready.by_id.get(part.source, ()):
                dependent = _related(ready.nodes[source], node, part, bit, is_exit=is_exit, is_timer=is_timer)
                if dependent is not None:
                    items[source, part.event].append(dependent)
                    if ready.nodes[source].family == "listener":
                        waiting[source].append(node.key)
                        if not is_exit:
                            entering.add(source)
    ready.on_item = {each: tuple(found) for each, found in items.items()}
    ready.on_file = {each: tuple(found) for each, found in files.items()}
    ready.on_value = {each: tuple(found) for each, found in given.items()}
    ready.listeners = {key: (tuple(dict.fromkeys(found)), key in entering) for key, found in waiting.items()}


def _parts(node: Node) -> list[tuple[plan.OnPart, int, bool, bool]]:
    found = [(part, bit, False, False) for each in node.entry for bit, part in each.parts]
    found += [(part, bit, True, False) for each in node.exit for bit, part in each.parts]
    if node.item.timing and node.item.timing.start:
        found.append((node.item.timing.start, 0, False, True))
    return found


def _related(
    source: Node, owner: Node, part: plan.OnPart, bit: int, *, is_exit: bool, is_timer: bool
) -> Dependent | None:
    """How an event of `source` reaches `owner`: the stage that both are in must be the same one. None: never."""
    above, beneath = _ancestors(owner), _ancestors(source)
    home = source.parent
    for each in above:
        if home is not None and each.stage == home.stage and each.key != home.key:
            return None
    if owner in beneath:
        return Dependent(owner.key, bit, is_exit, part.exit_criterion, None, beneath.index(owner), is_timer)
    shared = next((each for each in above if each in beneath), None)
    if shared is None or shared.parent is None:
        return Dependent(owner.key, bit, is_exit, part.exit_criterion, None, None, is_timer)
    return Dependent(owner.key, bit, is_exit, part.exit_criterion, above.index(shared), beneath.index(shared), is_timer)


def _ancestors(node: Node) -> list[Node]:
    found, each = [], node.parent
    while each is not None:
        found.append(each)
        each = each.parent
    return found


def _index_values(ready: CompiledPlan) -> None:
    asking: defaultdict[str, dict[tuple[str, bool], None]] = defaultdict(dict)
    offering: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for node in ready.nodes.values():
        for criteria, is_exit in ((node.entry, False), (node.exit, True)):
            for each in criteria:
                for name in each.condition.names if each.condition else ():
                    asking[name][node.key, is_exit] = None
        for option in node.options:
            for _, condition in option.rules:
                for name in condition.names:
                    offering[name][option.container] = None
    ready.asking = {name: tuple(found) for name, found in asking.items()}
    ready.offering = {name: tuple(found) for name, found in offering.items()}
