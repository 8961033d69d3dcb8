"""The rows behind a number: exactly as many as the number says."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.insight.facts.queries.counting import own_key
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database import paging
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.database.paging import Page

MICROSECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact. `message_id` for a message received."""

    at: datetime
    event_id: int
    conversation_id: int
    channel_id: int
    seconds: int | None
    message_id: int | None = None


def list_rows(
    viewer: Viewer,
    kind: int,
    *,
    since: datetime,
    until: datetime,
    channel_id: int | None = None,
    own: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[FactRow]:
    """Facts of a kind, newest first. `own` keeps those the viewer did; nobody else can be named."""
    limit = paging.check_limit(limit)
    before = paging.decode_cursor(cursor, int, int, int)
    conditions, values = ["kind = %s", "at >= %s", "at < %s"], [int(kind), since, until]
    if channel_id is not None:
        conditions.append("channel_id = %s")
        values.append(channel_id)
    if own:
        conditions.append("actor = %s")
        values.append(own_key(viewer))
    if before:
        conditions.append("at <= to_timestamp(0) + %s * interval '1 microsecond'")
        conditions.append("(at, conversation_id, event_id) < (to_timestamp(0) + %s * interval '1 microsecond', %s, %s)")
        values += [before[0], *before]
    order = "ORDER BY at DESC, conversation_id DESC, event_id DESC"
    rows = fetch(
        "SELECT at, event_id, conversation_id, channel_id, seconds FROM unnest(%s::int[]) AS s(scope) CROSS JOIN LATERAL"
        f" (SELECT * FROM fact WHERE scope_id = s.scope AND {' AND '.join(conditions)} {order} LIMIT {limit + 1}) f"
        f" {order} LIMIT {limit + 1}",
        [array(viewer.scope_ids), *values],
    )
    return paging.cut([FactRow(*row) for row in rows], limit, _key_of_fact)


def list_messages(
    viewer: Viewer,
    *,
    since: datetime,
    until: datetime,
    channel_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[FactRow]:
    """Messages received, by the hour they were counted in, newest first."""
    limit = paging.check_limit(limit)
    before = paging.decode_cursor(cursor, int, int, int, int)
    hours, values = (
        ["kind = 7", "scope_id = ANY(%s::int[])", "hour >= %s", "hour < %s"],
        [array(viewer.scope_ids), since, until],
    )
    if channel_id is not None:
        hours.append("channel_id = %s")
        values.append(channel_id)
    behind, key = "true", []
    if before:
        hours.append("hour <= to_timestamp(%s)")
        values.append(before[0])
        behind = "(extract(epoch FROM h.hour)::bigint, h.channel_id, h.scope_id, m.id) < (%s, %s, %s, %s)"
        key = list(before)
    rows = fetch(
        "SELECT h.hour, h.scope_id, f.id, f.conversation_id, h.channel_id FROM"
        f" (SELECT * FROM fact_hour WHERE {' AND '.join(hours)} ORDER BY hour DESC, channel_id DESC, scope_id DESC) h CROSS JOIN LATERAL"
        " (SELECT m.id, m.conversation_id FROM message m JOIN activity a ON a.id = m.id AND a.channel_id = h.channel_id"
        f" WHERE m.id BETWEEN h.first_id AND h.last_id AND m.direction = 1 AND {behind} ORDER BY m.id DESC LIMIT {limit + 1}) f"
        f" ORDER BY h.hour DESC, h.channel_id DESC, h.scope_id DESC, f.id DESC LIMIT {limit + 1}",
        [*values, *key],
    )
    found = [
        (hour, scope_id, FactRow(ids.moment_of(identifier), 0, conversation_id, channel, None, identifier))
        for hour, scope_id, identifier, conversation_id, channel in rows
    ]
    page = paging.cut(found, limit, lambda row: (int(row[0].timestamp()), row[2].channel_id, row[1], row[2].message_id))
    return Page([row for _, _, row in page.items], page.next_cursor)


def _key_of_fact(row: FactRow) -> tuple[int, int, int]:
    return _microseconds(row.at), row.conversation_id, row.event_id


def _microseconds(moment: datetime) -> int:
    whole = int(moment.replace(microsecond=0).timestamp())
    return whole * MICROSECOND + moment.microsecond
