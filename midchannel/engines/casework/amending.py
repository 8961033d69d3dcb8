"""A plan with one item more, one less, or one otherwise: for the change of one case. Pure; a plan stays as it was, another is made.

Who waited for an item that goes waits for the rest; who waited for nothing else begins at once. The preview of the change tells.
"""

import dataclasses
from collections.abc import Callable

from midchannel.engines.casework import plan, yaml_editing
from midchannel.engines.casework.plan import Discretionary, Item, Plan, Rule, Table


def remove(said: Plan, key: str) -> Plan:
    """The plan without an item and all in it. Raises `KeyError` where there is none."""
    gone = _ids(find(said, key))
    root = _mapped(said.root, key, lambda _item: None)
    return dataclasses.replace(said, root=_unbound(root, gone))


def alter(said: Plan, key: str, *, title: str, role: str | None, required: bool | None, by_hand: bool | None) -> Plan:
    """The plan with an item otherwise called, for others, required or not, begun by hand or not; None leaves a rule as it is."""

    def changed(item: Item) -> Item:
        control, default = item.control, item.default
        if required is not None and required != (item.rules.required is not None):
            rule = Rule() if required else None
            control, default = dataclasses.replace(control, required=rule), dataclasses.replace(default, required=rule)
        if by_hand is not None and by_hand != (item.rules.manual is not None):
            rule = Rule() if by_hand else None
            control, default = dataclasses.replace(control, manual=rule), dataclasses.replace(default, manual=rule)
        work = dataclasses.replace(item.work, performer=role or None) if role is not None else item.work
        return dataclasses.replace(item, name=title or item.name, control=control, default=default, work=work)

    find(said, key)
    return dataclasses.replace(said, root=_mapped(said.root, key, changed))


def add(said: Plan, stage: str, *, kind: plan.Kind, title: str, about: str = "", role: str = "", after: str = "", required: bool = False,
        by_hand: bool = False) -> Plan:  # fmt: skip
    """The plan with one more item in a stage ("" is the case): begun at once, or `after` the item of that id is done or happens.

    Raises `KeyError` where there is no such stage, `ValueError` where there is nothing to wait for.
    """
    entry: tuple[plan.Criterion, ...] = ()
    if after:
        awaited = next((each for each in list_items(said) if each.id == after), None)
        if awaited is None:
            raise ValueError(after)
        event = "complete" if awaited.kind.family in {"task", "stage"} else "occur"
        entry = (plan.Criterion((plan.OnPart(plan.Source.ITEM, after, event),)),)
    made = Item(
        id=yaml_editing.free_name(said, title), kind=kind, name=title, about=about, entry=entry,
        work=plan.Work(performer=role or None) if kind is plan.Kind.HUMAN_TASK else plan.PLAIN_WORK,
        control=plan.Control(required=Rule() if required else None, manual=Rule() if by_hand else None),
    )  # fmt: skip
    if not stage:
        return dataclasses.replace(said, root=dataclasses.replace(said.root, items=(*said.root.items, made)))
    find(said, stage)
    return dataclasses.replace(
        said, root=_mapped(said.root, stage, lambda item: dataclasses.replace(item, items=(*item.items, made)))
    )


def find(said: Plan, key: str) -> Item:
    """The item of a key. Raises `KeyError`."""
    found = next((each for path, each in walk(said) if path == key), None)
    if found is None:
        raise KeyError(key)
    return found


def list_items(said: Plan) -> list[Item]:
    """Every item, what may be added among them."""
    return [item for _, item in walk(said)]


def list_options(said: Plan) -> frozenset[str]:
    """The keys of what may be added."""
    found: set[str] = set()

    def go(item: Item, above: str) -> None:
        found.update(f"{above}/{each.item.id}" if above else each.item.id for each in _options(item.table))
        for each in (*item.items, *(option.item for option in _options(item.table))):
            go(each, f"{above}/{each.id}" if above else each.id)

    go(said.root, "")
    return frozenset(found)


def walk(said: Plan) -> list[tuple[str, Item]]:
    """Every item with its key, in the order of the plan; those of a table stand after the items beside it."""
    found: list[tuple[str, Item]] = []

    def go(item: Item, above: str) -> None:
        for each in (*item.items, *(option.item for option in _options(item.table))):
            key = f"{above}/{each.id}" if above else each.id
            found.append((key, each))
            go(each, key)

    go(said.root, "")
    return found


def _options(table: Table | None) -> list[Discretionary]:
    found: list[Discretionary] = []
    for each in table.items if table else ():
        found += _options(each) if isinstance(each, Table) else [each]
    return found


def _ids(item: Item) -> frozenset[str]:
    inner = [each.id for each in (*item.items, *(option.item for option in _options(item.table)))]
    return frozenset({item.id, *inner, *(deep for each in item.items for deep in _ids(each))})


def _mapped(holder: Item, key: str, change: Callable[[Item], Item | None]) -> Item:
    """The holder with the item of this key, seen from it, changed or gone."""
    first, _slash, rest = key.partition("/")

    def one(item: Item) -> Item | None:
        if item.id != first:
            return item
        return _mapped(item, rest, change) if rest else change(item)

    items = tuple(each for each in map(one, holder.items) if each is not None)
    return dataclasses.replace(holder, items=items, table=_in_table(holder.table, one))


def _in_table(table: Table | None, one: Callable[[Item], Item | None]) -> Table | None:
    if table is None:
        return None
    kept: list[Discretionary | Table] = []
    for each in table.items:
        if isinstance(each, Table):
            inner = _in_table(each, one)
            kept += [inner] if inner is not None else []
        elif (item := one(each.item)) is not None:
            kept.append(dataclasses.replace(each, item=item))
    return dataclasses.replace(table, items=tuple(kept)) if kept else None


def _unbound(item: Item, gone: frozenset[str]) -> Item:
    """The item, and all in it, waiting for nothing that is gone."""

    def left(criteria: tuple[plan.Criterion, ...]) -> tuple[plan.Criterion, ...]:
        kept = []
        for each in criteria:
            parts = tuple(part for part in each.on if part.kind is not plan.Source.ITEM or part.source not in gone)
            if parts or (each.condition and not each.on):
                kept.append(dataclasses.replace(each, on=parts))
        return tuple(kept)

    timing = item.timing
    if timing and timing.start and timing.start.kind is plan.Source.ITEM and timing.start.source in gone:
        timing = dataclasses.replace(timing, start=None)
    return dataclasses.replace(
        item, entry=left(item.entry), exit=left(item.exit), timing=timing, items=tuple(_unbound(each, gone) for each in item.items),
        table=_in_table(item.table, lambda each: _unbound(each, gone)),
    )  # fmt: skip
