"""What scoring everything anew would change: proposed differences and their items. They go over all teams, so only leads see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.middle.customers.errors import DifferenceNotFoundError
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.database.paging import Page, check_limit, cut, decode_cursor


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A difference: what it was made with, how much it would change, and how far it is settled (`counts`: state to items)."""

    id: int
    made_at: datetime
    engine: str
    model: str
    records: int
    joins: int
    splits: int
    state: str
    settled_at: datetime | None
    settled_by: str
    counts: dict[str, int]

    @property
    def items(self) -> int:
        """How many items it has."""
        return sum(self.counts.values())

    @property
    def open(self) -> int:
        """How many of them nobody has settled."""
        return self.counts.get("proposed", 0)


@dataclass(frozen=True, slots=True)
class RecordName:
    """A record by name and place."""

    id: int
    name: str
    network: str
    address: str
    customer_id: int


@dataclass(frozen=True, slots=True)
class DifferenceItemRow:
    """One change: the customers `before` and `after`, as groups of records; `edges` are the decisions it would write.

    `kind` is join, split or regroup.
    """

    id: int
    difference_id: int
    kind: str
    before: tuple[tuple[RecordName, ...], ...]
    after: tuple[tuple[RecordName, ...], ...]
    edges: list[dict[str, Any]]
    records: int
    state: str
    reason: str
    settled_at: datetime | None
    settled_by: str


ROWS = (
    "SELECT d.id, d.made_at, d.engine, d.model_version, d.records, d.joins, d.splits, d.state, d.settled_at, coalesce(u.name, ''),"
    " (SELECT coalesce(jsonb_object_agg(s.state, s.n), '{}')::text FROM"
    "  (SELECT i.state, count(*) AS n FROM difference_item i WHERE i.difference_id = d.id GROUP BY 1) s)"
    " FROM difference d LEFT JOIN account_user u ON u.id = d.settled_by_id"
)
ITEMS = (
    "SELECT i.id, i.difference_id, i.kind, i.before::text, i.after::text, i.edges::text, i.records, i.state, i.reason, i.settled_at,"
    " coalesce(u.name, '') FROM difference_item i LEFT JOIN account_user u ON u.id = i.settled_by_id"
    " WHERE i.difference_id = %(difference)s AND (%(kind)s = '' OR i.kind = %(kind)s) AND (%(after)s::bigint IS NULL OR i.id > %(after)s)"
    " ORDER BY i.id LIMIT %(limit)s"
)
NAMES = (
    "SELECT r.id, r.name, coalesce(h.network, r.source), coalesce(h.address, ''), r.customer_id FROM source_record r"
    " LEFT JOIN handle h ON h.id = r.handle_id WHERE r.id = ANY(%(records)s::bigint[])"
)


def list_differences(viewer: Viewer, *, limit: int = 20) -> list[DifferenceRow]:
    """The newest differences first; none for whoever is no lead."""
    if not viewer.is_lead:
        return []
    return [_difference(row) for row in fetch(f"{ROWS} ORDER BY d.id DESC LIMIT %(limit)s", {"limit": limit})]


def get_difference(viewer: Viewer, difference_id: int) -> DifferenceRow:
    """One difference. Raises DifferenceNotFoundError, also for whoever is no lead."""
    rows = fetch(f"{ROWS} WHERE d.id = %(difference)s", {"difference": difference_id}) if viewer.is_lead else []
    if not rows:
        raise DifferenceNotFoundError
    return _difference(rows[0])


def list_items(
    viewer: Viewer, difference_id: int, cursor: str | None = None, *, kind: str = "", limit: int = 20
) -> Page[DifferenceItemRow]:
    """The items of a difference with the names of their records, in order. Three queries."""
    get_difference(viewer, difference_id)
    limit = check_limit(limit)
    keys = decode_cursor(cursor, int)
    values = {"difference": difference_id, "kind": kind, "after": keys[0] if keys else None, "limit": limit + 1}
    rows = [(*row[:3], *(msgspec.json.decode(each) for each in row[3:6]), *row[6:]) for row in fetch(ITEMS, values)]
    wanted = _records_of(rows)
    names = {row[0]: RecordName(*row) for row in fetch(NAMES, {"records": array(wanted)})} if wanted else {}
    return cut([_item(row, names) for row in rows], limit, lambda item: (item.id,))


def _difference(row: Sequence[Any]) -> DifferenceRow:
    return DifferenceRow(*(*row[:10], msgspec.json.decode(row[10])))


def _item(row: Sequence[Any], names: dict[int, RecordName]) -> DifferenceItemRow:
    def groups(found: list[list[Any]]) -> tuple[tuple[RecordName, ...], ...]:
        return tuple(
            tuple(names.get(int(each), RecordName(int(each), "", "", "", 0)) for each in group) for group in found
        )

    return DifferenceItemRow(*(*row[:3], groups(row[3]), groups(row[4]), *row[5:]))


def get_item(viewer: Viewer, difference_id: int, item_id: int) -> DifferenceItemRow:
    """One item. Raises DifferenceNotFoundError."""
    get_difference(viewer, difference_id)
    values = {"difference": difference_id, "kind": "", "after": item_id - 1, "limit": 1}
    rows = [(*row[:3], *(msgspec.json.decode(each) for each in row[3:6]), *row[6:]) for row in fetch(ITEMS, values)]
    if not rows or rows[0][0] != item_id:
        raise DifferenceNotFoundError
    names = {row[0]: RecordName(*row) for row in fetch(NAMES, {"records": array(_records_of(rows))})}
    return _item(rows[0], names)


def _records_of(rows: Sequence[Sequence[Any]]) -> set[int]:
    return {int(record) for row in rows for group in (*row[3], *row[4]) for record in group}


def list_item_ids(viewer: Viewer, difference_id: int, *, state: str, limit: int = 200) -> list[int]:
    """The items of a difference in a state, in order."""
    get_difference(viewer, difference_id)
    rows = fetch(
        "SELECT id FROM difference_item WHERE difference_id = %s AND state = %s ORDER BY id LIMIT %s",
        [difference_id, state, limit],
    )
    return [row[0] for row in rows]
