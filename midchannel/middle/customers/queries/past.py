"""A customer as they stood on a day: the records that were theirs by the decisions of that time, and what those records said then."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.middle.customers.actions import settling
from midchannel.middle.customers.queries import knowing, reading, seeing
from midchannel.middle.customers.queries.reading import CustomerDetail, Record
from midchannel.middle.customers.standing import Row, standing
from midchannel.middle.customers.survivorship import Attribute
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

MOST = 500

ROWS = """
SELECT d.id, d.record_id, d.other_id, d.verdict, d.weight, d.by_user_id, d.reverts_id, d.act_id, d.by_rule FROM link_decision d
WHERE d.at <= %(at)s AND d.other_id IS NOT NULL AND d.record_id = ANY(%(records)s::bigint[])
UNION
SELECT d.id, d.record_id, d.other_id, d.verdict, d.weight, d.by_user_id, d.reverts_id, d.act_id, d.by_rule FROM link_decision d
WHERE d.at <= %(at)s AND d.other_id = ANY(%(records)s::bigint[])
"""
SAID = f"""
SELECT r.id, coalesce(h.network, r.source), r.kind, coalesce(r.trust, 40), coalesce(r.lawful_basis, ''),
 CASE WHEN r.said_at <= %(at)s THEN r.said_at ELSE v.at END, r.expires_at,
 coalesce(CASE WHEN r.said_at <= %(at)s THEN r.attributes ELSE v.attributes END::text, '{{}}'),
 coalesce(CASE WHEN r.said_at <= %(at)s OR v.name IS NULL OR v.name = '' THEN r.name ELSE v.name END, ''),
 r.source, r.handle_id, coalesce(h.network, ''), coalesce(h.address, ''), coalesce(h.url, ''), r.is_organisation,
 r.customer_id = %(customer)s OR {seeing.visible("r.customer_id")}
FROM source_record r LEFT JOIN handle h ON h.id = r.handle_id
LEFT JOIN LATERAL (SELECT p.name, p.attributes, p.at FROM source_record_version p WHERE p.record_id = r.id AND p.at <= %(at)s
 ORDER BY p.at DESC, p.id DESC LIMIT 1) v ON true
WHERE r.id = ANY(%(records)s::bigint[]) ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class Past:
    """A customer at a moment. `customer.records` is empty when they were not known yet.

    `hidden`: so many records were theirs then that are with somebody now whom the viewer may not see.
    """

    at: datetime
    customer: CustomerDetail
    attributes: tuple[Attribute, ...]
    hidden: int


def as_on(viewer: Viewer, customer_id: int, *, at: datetime) -> Past:
    """The customer as they stood at a moment. Permission is that of today. Raises CustomerNotFoundError."""
    now = reading.get_customer(viewer, customer_id)
    begin = _begin(now, at=at)
    records = _part_of(begin, at=at) if begin is not None else []
    values = {"at": at, "records": array(records), "customer": now.id, **seeing.of(viewer)}
    found = fetch(SAID, values) if records else []
    seen = [row for row in found if row[15]]
    kind = "organisation" if any(row[14] for row in seen) else "person" if seen else now.kind
    then = tuple(_record(row) for row in seen)
    name = _name(seen) or now.name
    attributes = knowing.attributes_of(seen, now=at)
    return Past(at, CustomerDetail(now.id, kind, name, then), attributes, len(found) - len(seen))


def _begin(now: CustomerDetail, *, at: datetime) -> int | None:
    """The record to begin from: the one the customer has its id from, else the oldest there was."""
    known = [record.id for record in now.records if ids.moment_of(record.id) <= at]
    if not known:
        return None
    return now.id if now.id in known else min(known)


def _part_of(record_id: int, *, at: datetime) -> list[int]:
    """The records that were one customer with this one."""
    known: set[int] = set()
    rows: dict[int, Row] = {}
    frontier = {record_id}
    while frontier and len(known) < MOST:
        known |= frontier
        rows |= {row.id: row for row in _rows(frontier, at=at)}
        joining = [pair for pair, row in standing(rows.values()).items() if row.is_joining]
        frontier = {each for pair in joining if not known.issuperset(pair) for each in pair} - known
    members = [each for each in settling.members(known) if ids.moment_of(each.id) <= at]
    parts = settling.divide(members, rows.values())
    return [member.id for part in parts if any(each.id == record_id for each in part) for member in part]


def _rows(record_ids: Collection[int], *, at: datetime) -> list[Row]:
    return [Row(*row) for row in fetch(ROWS, {"records": array(sorted(record_ids)), "at": at})]


def _name(rows: Sequence[Sequence[Any]]) -> str:
    """As survivorship names: the most trusted record that has a name, among equals the oldest."""
    named = [row for row in rows if row[8]]
    return str(min(named, key=lambda row: (-row[3], row[0]))[8]) if named else ""


def _record(row: Sequence[Any]) -> Record:
    return Record(row[0], row[9], row[8], row[10], row[11], row[12], row[8], row[13], None, (), ())
