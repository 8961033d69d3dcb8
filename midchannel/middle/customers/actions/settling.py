"""From decisions to customers: only the touched components are divided anew, and each part gets the id that is its own.

A customer has the id of its oldest business record, or of its oldest record where it has none of business. So the answer depends on the
decisions that stand and on nothing else: taking one back brings back what was, and no id is ever used for anybody else.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.engines.identity import clusters, fields
from midchannel.middle.customers import survivorship
from midchannel.middle.customers.events import CustomerJoined, CustomerRedirected, CustomerSplit
from midchannel.middle.customers.models import RecordKind
from midchannel.middle.customers.standing import Row, edges, standing
from midchannel.platform.database.bulk import array, execute, fetch, text_array
from midchannel.platform.events import actions as events
from midchannel.platform.events.base import Event

MAX_COMPONENT = 1_000
BUSINESS = int(RecordKind.BUSINESS)

ROWS = """
SELECT d.id, d.record_id, d.other_id, d.verdict, d.weight, d.by_user_id, d.reverts_id, d.act_id, d.by_rule FROM link_decision d
WHERE d.other_id IS NOT NULL AND d.record_id = ANY(%(records)s::bigint[])
UNION
SELECT d.id, d.record_id, d.other_id, d.verdict, d.weight, d.by_user_id, d.reverts_id, d.act_id, d.by_rule FROM link_decision d
WHERE d.other_id = ANY(%(records)s::bigint[])
"""
MEMBERS = """
SELECT r.id, r.customer_id, r.name, r.kind, r.is_organisation, coalesce(r.trust, 40), r.expires_at,
 r.attributes->>'erp_number', r.attributes->>'birth_date'
FROM source_record r WHERE r.id = ANY(%s::bigint[]) ORDER BY r.id
"""


class TooManyError(Exception):
    """More records hang together than one customer can have: nothing is joined by itself here. `record_ids` are among them."""

    def __init__(self, record_ids: Collection[int]) -> None:
        super().__init__(f"{len(record_ids):,} records hang together")
        self.record_ids = frozenset(record_ids)


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a component, as far as dividing and naming need it."""

    id: int
    customer_id: int
    name: str
    kind: int
    is_organisation: bool
    trust: int
    expires_at: datetime | None
    erp_number: str | None
    birth_date: str | None

    @property
    def facts(self) -> dict[str, str]:
        """Values of which one person has one, in normal form."""
        raw = {"erp_number": self.erp_number, "birth_date": self.birth_date}
        return {name: found[0] for name, value in raw.items() if (found := fields.normal(name, value))}


def read_rows(record_ids: Collection[int]) -> list[Row]:
    """All decisions between these records and any others."""
    return [Row(*row) for row in fetch(ROWS, {"records": array(sorted(record_ids))})]


def component_of(record_ids: Collection[int]) -> tuple[set[int], list[Row]]:
    """Everything that hangs together with some records by standing decisions, and those decisions. Raises TooManyError."""
    known: set[int] = set()
    rows: dict[int, Row] = {}
    frontier = set(record_ids)
    while frontier:
        known |= frontier
        for row in read_rows(frontier):
            rows[row.id] = row
        joining = [pair for pair, row in standing(rows.values()).items() if row.is_joining]
        if len(known) > MAX_COMPONENT:
            _check_sizes(joining)
        frontier = {each for pair in joining if not known.issuperset(pair) for each in pair} - known
    return known, list(rows.values())


def _check_sizes(pairs: Iterable[tuple[int, int]]) -> None:
    """No group of connected records may be larger than MAX_COMPONENT."""
    leads: dict[int, int] = {}

    def end(each: int) -> int:
        while leads.setdefault(each, each) != each:
            leads[each] = leads[leads[each]]
            each = leads[each]
        return each

    for left, right in pairs:
        leads[end(left)] = end(right)
    groups: dict[int, list[int]] = defaultdict(list)
    for each in list(leads):
        groups[end(each)].append(each)
    largest = max(groups.values(), key=len, default=[])
    if len(largest) > MAX_COMPONENT:
        raise TooManyError(largest)


def settle(record_ids: Collection[int], *, now: datetime, fresh: Collection[int] = ()) -> list[Row]:
    """Divide what hangs together with these records into customers anew. `fresh` are records that had no customer before.

    In the caller's transaction; customers are locked in the order of their ids. Returns what is held apart: links that the program
    made and that a fact, a word about others or the neighbours keep from joining. They are for people.
    """
    touched, rows = component_of(record_ids)
    members = _members(touched)
    locked: set[int] = set()
    while not locked.issuperset(held := {member.customer_id for member in members.values()}):
        fetch(
            "SELECT id FROM customer WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE",
            [array(sorted(held - locked))],
        )
        locked |= held
        touched, rows = component_of(record_ids)
        members = _members(touched)
    parts = divide(members.values(), rows)
    _apply(members, parts, frozenset(fresh), now=now)
    return held_apart(parts, rows) if len(parts) > 1 else []


def held_apart(parts: Sequence[Sequence[Member]], rows: Iterable[Row]) -> list[Row]:
    """The program's own links, by the decisions that stand, between records of two of these parts: pure."""
    weighed = {row.pair: row for row in standing(rows).values() if row.is_weighed}
    crossing = clusters.held_apart([{member.id for member in part} for part in parts], edges(weighed.values()))
    return [weighed[each.left, each.right] for each in crossing]


def divide(members: Iterable[Member], rows: Iterable[Row]) -> list[list[Member]]:
    """The customers that these records make by the decisions that stand: pure. Open questions support nothing."""
    by_id = {member.id: member for member in members}
    held = standing(row for row in rows if row.record_id in by_id and row.other_id in by_id)
    facts = {member.id: member.facts for member in by_id.values() if member.erp_number or member.birth_date}
    parts = clusters.partition(by_id, edges(held.values()), facts=facts)
    return [[by_id[each] for each in sorted(part)] for part in parts]


def id_of(part: Sequence[Member]) -> int:
    """The id that a customer of these records has."""
    return min((member.kind != BUSINESS, member.id) for member in part)[1]


def members(record_ids: Collection[int]) -> list[Member]:
    """Some records, oldest first."""
    return [Member(*row) for row in fetch(MEMBERS, [array(sorted(record_ids))])]


def members_of(customer_ids: Collection[int]) -> list[Member]:
    """The records of some customers, oldest first, held until the transaction ends."""
    rows = fetch(
        "SELECT id FROM source_record WHERE customer_id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE",
        [array(sorted(customer_ids))],
    )
    return members([record_id for (record_id,) in rows])


def customers_of(record_ids: Collection[int]) -> dict[int, int]:
    """Whose some records are now."""
    return dict(
        fetch("SELECT id, customer_id FROM source_record WHERE id = ANY(%s::bigint[])", [array(sorted(record_ids))])
    )


def _members(record_ids: Collection[int]) -> dict[int, Member]:
    return {member.id: member for member in members(record_ids)}


def _apply(members: dict[int, Member], parts: list[list[Member]], fresh: frozenset[int], *, now: datetime) -> None:
    """Move the records whose customer changed, make and redirect customers, name them, tell it."""
    moves = {member.id: customer_id for part in parts if (customer_id := id_of(part)) for member in part}
    moves = {record_id: to for record_id, to in moves.items() if members[record_id].customer_id != to}
    if moves:
        execute(
            "UPDATE source_record r SET customer_id = m.customer_id FROM unnest(%s::bigint[], %s::bigint[]) AS m(id, customer_id)"
            " WHERE r.id = m.id",
            [array(moves), array(moves.values())],
        )
    named = [(id_of(part), survivorship.name_of(part, now=now), any(m.is_organisation for m in part)) for part in parts]
    execute(
        "INSERT INTO customer AS c (id, kind, name) SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])"
        " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, redirect_to_id = NULL"
        " WHERE c.name <> excluded.name OR c.kind <> excluded.kind OR c.redirect_to_id IS NOT NULL",
        [
            array(each[0] for each in named),
            text_array("organisation" if each[2] else "person" for each in named),
            text_array(each[1] for each in named),
        ],
    )
    if moves:
        redirect(members)
        _tell(members, parts, fresh, now=now)


def redirect(record_ids: Collection[int]) -> None:
    """An id whose record is with another customer leads there, and keeps nobody's name."""
    execute(
        "UPDATE customer c SET redirect_to_id = r.customer_id, name = '' FROM source_record r WHERE r.id = c.id"
        " AND r.id = ANY(%s::bigint[]) AND r.customer_id <> c.id AND c.redirect_to_id IS DISTINCT FROM r.customer_id",
        [array(sorted(record_ids))],
    )


def _tell(members: dict[int, Member], parts: list[list[Member]], fresh: frozenset[int], *, now: datetime) -> None:
    """Joined, split, redirected: by customer. Records that are met for the first time join nobody: they begin there."""
    before: dict[int, set[int]] = defaultdict(set)
    for part in parts:
        for member in part:
            if member.id not in fresh:
                before[member.customer_id].add(id_of(part))
    told: list[Event] = []
    joined: dict[int, list[int]] = defaultdict(list)
    scopes = scopes_of({id_of(part) for part in parts}) if before else ()
    for was, now_in in sorted(before.items()):
        if len(now_in) > 1:
            part_ids = [str(each) for each in sorted(now_in)]
            told.append(CustomerSplit(object_id=was, scope_ids=scopes, part_ids=part_ids))
        for each in now_in - {was}:
            joined[each].append(was)
        if was not in now_in and len(now_in) == 1:
            told.append(CustomerRedirected(object_id=was, scope_ids=scopes, to_id=str(min(now_in))))
    others: dict[int, set[int]] = defaultdict(set)
    for part in parts:
        others[id_of(part)] |= {member.customer_id for member in part if member.id not in fresh}
    for customer_id, came in sorted(joined.items()):
        if len(others[customer_id]) > 1:
            from_ids = [str(each) for each in sorted(came)]
            told.append(CustomerJoined(object_id=customer_id, scope_ids=scopes, from_ids=from_ids))
    events.emit_many(told, now=now)


def name_anew(customer_ids: Collection[int], *, now: datetime) -> None:
    """What customers are called follows from their records."""
    rows = fetch(
        "SELECT r.id, r.customer_id, r.name, r.kind, r.is_organisation, coalesce(r.trust, 40), r.expires_at, NULL, NULL"
        " FROM source_record r WHERE r.customer_id = ANY(%s::bigint[]) ORDER BY r.id",
        [array(sorted(customer_ids))],
    )
    parts: dict[int, list[Member]] = defaultdict(list)
    for row in rows:
        parts[row[1]].append(Member(*row))
    names = {customer_id: survivorship.name_of(part, now=now) for customer_id, part in parts.items()}
    execute(
        "UPDATE customer c SET name = n.name FROM unnest(%s::bigint[], %s::text[]) AS n(id, name) WHERE c.id = n.id AND c.name <> n.name",
        [array(names), text_array(names.values())],
    )


def scopes_of(customer_ids: Iterable[int]) -> tuple[int, ...]:
    """Whose work these customers are."""
    rows = fetch(
        "SELECT DISTINCT v.scope_id FROM source_record r JOIN conversation v ON v.handle_id = r.handle_id"
        " WHERE r.customer_id = ANY(%s::bigint[]) AND v.scope_id IS NOT NULL LIMIT 100",
        [array(sorted(customer_ids))],
    )
    return tuple(row[0] for row in rows)
