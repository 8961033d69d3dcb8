"""Reading what arrived: whether it all adds up, and what was parked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.outside.channels.errors import ParkedNotFoundError
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.database.paging import Page, check_limit, cut, decode_cursor


@dataclass(frozen=True, slots=True)
class ArrivalCount:
    """A channel's equation, counted per delivery: received = applied + duplicate + parked + waiting.

    `holds` is false when something is missing or too much: the promise of no loss is broken, and people have to look.
    """

    channel_id: int
    name: str
    network: str
    is_demo: bool
    is_closed: bool
    received: int
    applied: int
    duplicate: int
    parked: int
    waiting: int
    oldest_waiting_at: datetime | None
    last_at: datetime | None

    @property
    def missing(self) -> int:
        """How many are neither applied nor duplicate nor parked nor waiting; negative when there are too many. 0 is the promise."""
        return self.received - self.applied - self.duplicate - self.parked - self.waiting

    @property
    def holds(self) -> bool:
        """Whether the equation holds."""
        return self.missing == 0


def count_arrivals(viewer: Viewer) -> list[ArrivalCount]:
    """Each channel's equation, read in one statement, so that it is one moment's; for leads and administrators, empty for others."""
    if not viewer.is_lead:
        return []
    rows = fetch(
        "SELECT c.id, c.name, c.network, c.is_demo, c.closed_at IS NOT NULL, coalesce(n.received, 0), coalesce(n.applied, 0),"
        " coalesce(n.duplicate, 0), coalesce(p.parked, 0), coalesce(w.waiting, 0), w.oldest, n.last_at FROM channel c"
        " LEFT JOIN (SELECT channel_id, sum(received)::bigint AS received, sum(applied)::bigint AS applied,"
        "   sum(duplicate)::bigint AS duplicate, max(last_at) AS last_at FROM channel_count GROUP BY 1) n ON n.channel_id = c.id"
        " LEFT JOIN (SELECT channel_id, count(*) AS parked FROM parked WHERE replayed_at IS NULL GROUP BY 1) p ON p.channel_id = c.id"
        " LEFT JOIN (SELECT channel_id, sum(size)::bigint AS waiting, min(first_id) AS oldest FROM arrival WHERE waiting GROUP BY 1) w"
        "   ON w.channel_id = c.id ORDER BY c.name"
    )
    return [_count(row) for row in rows]


def oldest_waiting() -> int | None:
    """The smallest id of what was stored and is not applied yet; None where nothing waits."""
    found: int | None = fetch("SELECT min(first_id) FROM arrival WHERE waiting")[0][0]
    return found


def _count(row: Sequence[Any]) -> ArrivalCount:
    oldest = ids.moment_of(row[10]) if row[10] else None
    return ArrivalCount(*(*row[:10], oldest, row[11]))


@dataclass(frozen=True, slots=True)
class DroppedCount:
    """How much of what came through a channel was not kept, for one reason."""

    channel_id: int
    name: str
    reason: str
    count: int
    last_at: datetime


def count_dropped(viewer: Viewer, *, channel_id: int | None = None) -> list[DroppedCount]:
    """What was not kept because nobody had allowed it, by channel and reason; for leads and administrators, empty for others."""
    if not viewer.is_lead:
        return []
    rows = fetch(
        "SELECT c.id, c.name, d.reason, sum(d.count)::bigint, max(d.last_at) FROM channel_dropped d JOIN channel c ON c.id = d.channel_id"
        " WHERE %s::int IS NULL OR c.id = %s GROUP BY 1, 2, 3 ORDER BY 2, 3",
        [channel_id, channel_id],
    )
    return [DroppedCount(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A parked document in the list: when and where it came from, and why it could not be applied."""

    id: int
    channel_id: int
    channel_name: str
    code: str
    reason: str
    arrived_at: datetime
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ParkedDetail:
    """A parked document, whole."""

    row: ParkedRow
    raw: bytes
    replayed_at: datetime | None
    outcome: str


PARKED = (
    "SELECT p.id, p.channel_id, c.name, p.code, p.reason, p.arrived_at, length(p.raw){more} FROM parked p"
    " JOIN channel c ON c.id = p.channel_id"
)


def list_parked(
    viewer: Viewer, channel_id: int | None = None, cursor: str | None = None, *, code: str = "", limit: int = 50
) -> Page[ParkedRow]:
    """What is parked, newest first; for leads and administrators, empty for others. `channel_id` and `code` narrow."""
    if not viewer.is_lead:
        return Page([])
    limit = check_limit(limit)
    keys = decode_cursor(cursor, int)
    before = keys[0] if keys else None
    rows = fetch(
        f"{PARKED.format(more='')} WHERE p.replayed_at IS NULL AND (%s::bigint IS NULL OR p.channel_id = %s)"
        " AND (%s = '' OR p.code = %s) AND (%s::bigint IS NULL OR p.id < %s) ORDER BY p.id DESC LIMIT %s",
        [channel_id, channel_id, code, code, before, before, limit + 1],
    )
    return cut([ParkedRow(*row) for row in rows], limit, lambda row: (row.id,))


def count_parked(viewer: Viewer, channel_id: int | None = None) -> list[tuple[str, int]]:
    """How many are parked by code, the most frequent first; for leads and administrators, empty for others."""
    if not viewer.is_lead:
        return []
    rows: Sequence[tuple[str, int]] = fetch(
        "SELECT code, count(*) FROM parked WHERE replayed_at IS NULL AND (%s::bigint IS NULL OR channel_id = %s)"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50",
        [channel_id, channel_id],
    )
    return list(rows)


def get_parked(viewer: Viewer, parked_id: int) -> ParkedDetail:
    """One parked document with its bytes, also after a replay. Raises ParkedNotFoundError."""
    rows = (
        fetch(f"{PARKED.format(more=', p.raw, p.replayed_at, p.outcome')} WHERE p.id = %s", [parked_id])
        if viewer.is_lead
        else []
    )
    if not rows:
        raise ParkedNotFoundError
    row = rows[0]
    return ParkedDetail(ParkedRow(*row[:7]), bytes(row[7]), row[8], row[9])
