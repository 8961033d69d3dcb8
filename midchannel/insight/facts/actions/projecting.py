"""Facts are made from events: in their order, each exactly once, because the cursor moves in the same transaction."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from midchannel.insight.facts import sources
from midchannel.insight.facts.actions import making
from midchannel.insight.facts.actions.making import Known, MessageHour, Row, Told
from midchannel.insight.facts.kinds import TIMED, Fact
from midchannel.insight.facts.spreads import BUCKET_SQL
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch
from midchannel.platform.errors import ConflictError
from midchannel.platform.events import queries as events

PORTION = 200
HOUR = timedelta(hours=1)


class EventsPrunedError(ConflictError):
    """Facts cannot be made anew: events they came from are no longer kept."""


@transaction.atomic
def project(*, now: datetime, limit: int = PORTION) -> bool:
    """Make facts from the next events. True when there may be more. One at a time, whoever calls: the cursor's row is the lock."""
    taken = _take()
    if taken is None:
        return False
    cursor, closed_before, pepper = taken
    portion: Sequence[Told] = events.list_after(cursor, limit=limit)
    if not portion:
        _close_days(closed_before, now=now)
        return False
    rows = list(making.make(portion, _know(portion, bytes(pepper))))
    hours = [hour for event in portion if event.kind == "messages.arrived" for hour in making.message_hours(event)]
    _write(rows, hours)
    _spread_again(rows)
    note_late((*(row.at for row in rows), *(hour.hour for hour in hours)))
    execute("UPDATE fact_projection SET event_id = %s", [portion[-1].id])
    if len(portion) == limit:
        return True
    _close_days(closed_before, now=now)
    return False


def _take() -> tuple[int, date | None, bytes] | None:
    """Where to go on, locked; None while somebody else is at it. The first time of all begins with nothing."""
    where = "SELECT event_id, days_closed_before, pepper FROM fact_projection FOR UPDATE SKIP LOCKED"
    found: list[tuple[int, date | None, bytes]] = fetch(where)
    if not found and not fetch("SELECT 1 FROM fact_projection"):
        execute("DELETE FROM fact")
        execute(
            "INSERT INTO fact_projection (id, event_id, pruned_to, revision, pepper) VALUES (1, 0, 0, 0, uuid_send(gen_random_uuid()))"
            " ON CONFLICT DO NOTHING"
        )
        found = fetch(where)
    return found[0] if found else None


@transaction.atomic
def rebuild(*, now: datetime) -> None:
    """Forget all facts and make them anew from the events. Raises EventsPrunedError when some of these are gone."""
    if any(pruned_to for (pruned_to,) in fetch("SELECT pruned_to FROM fact_projection FOR UPDATE")):
        raise EventsPrunedError
    for table in ("fact", "fact_hour", "fact_day"):
        execute(f"DELETE FROM {table}")
    execute("UPDATE fact_projection SET event_id = 0, days_closed_before = NULL, revision = revision + 1")
    while project(now=now):
        pass


def note_late(moments: Iterable[datetime]) -> None:
    """Days that were over have changed, if some of these moments are in them."""
    first = min(moments, default=None)
    if first is not None:
        execute(
            "UPDATE fact_projection SET revision = revision + 1 WHERE days_closed_before > %s",
            [first.astimezone(UTC).date()],
        )


def note_pruned(event_id: int) -> None:
    """Remember that events up to this one are gone."""
    execute("UPDATE fact_projection SET pruned_to = greatest(pruned_to, %s)", [event_id])


def _know(portion: Sequence[Told], pepper: bytes) -> Known:
    about = {c for event in portion for c in making.conversations_of(event)}
    written = {m for event in portion for m in making.messages_of(event)}
    known = Known(pepper, sources.get_bearings(about), sources.get_authors(written))
    for conversation_id, kind, at, scope_id in fetch(
        "SELECT conversation_id, kind, at, scope_id FROM fact WHERE conversation_id = ANY(%s::bigint[]) AND kind IN (2, 3, 8)"
        " ORDER BY event_id",
        [array(about)],
    ):
        if kind == Fact.REOPENED:
            known.reopened_at[conversation_id] = at
        elif kind == Fact.FIRST_ANSWER:
            known.answered.add(conversation_id)
        elif kind == Fact.MOVED:
            known.scope_of[conversation_id] = scope_id
    return known


def _write(rows: Sequence[Row], hours: Sequence[MessageHour]) -> None:
    if rows:
        copy_rows("fact", making.COLUMNS, ([getattr(row, column) for column in making.COLUMNS] for row in rows))
    counts = Counter((row.kind, row.scope_id, _hour(row.at), row.channel_id) for row in rows)
    totals: list[tuple[int, int, datetime, int, int, int | None, int | None]] = [
        (kind, scope_id, hour, channel_id, count, None, None)
        for (kind, scope_id, hour, channel_id), count in counts.items()
    ]
    merged: dict[tuple[int, datetime, int], MessageHour] = {}
    for each in hours:
        key = (each.scope_id, each.hour, each.channel_id)
        before = merged.get(key)
        merged[key] = _together(before, each) if before else each
    totals += [
        (int(Fact.MESSAGE), m.scope_id, m.hour, m.channel_id, m.count, m.first_id, m.last_id) for m in merged.values()
    ]
    if totals:
        execute(
            "INSERT INTO fact_hour AS h (kind, scope_id, hour, channel_id, count, first_id, last_id)"
            " SELECT * FROM unnest(%s::smallint[], %s::int[], %s::timestamptz[], %s::int[], %s::int[], %s::bigint[], %s::bigint[])"
            " ON CONFLICT (kind, scope_id, hour, channel_id) DO UPDATE SET count = h.count + excluded.count,"
            " first_id = least(h.first_id, excluded.first_id), last_id = greatest(h.last_id, excluded.last_id)",
            [list(column) for column in zip(*sorted(totals), strict=True)],
        )


def _together(one: MessageHour, other: MessageHour) -> MessageHour:
    return MessageHour(
        one.channel_id,
        one.scope_id,
        one.hour,
        one.count + other.count,
        min(one.first_id, other.first_id),
        max(one.last_id, other.last_id),
    )


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _spread_again(rows: Sequence[Row]) -> None:
    """Facts that fell on days already summed up: sum those days up anew."""
    sum_up_again({row.at.astimezone(UTC).date() for row in rows if row.kind in TIMED})


def sum_up_again(days: Iterable[date]) -> None:
    """Sum up some days anew, of those that are summed up already."""
    closed_before = fetch("SELECT max(days_closed_before) FROM fact_projection")[0][0]
    for day in sorted(day for day in days if closed_before and day < closed_before):
        execute("DELETE FROM fact_day WHERE day = %s", [day])
        _sum_up(day, day + timedelta(days=1))


def _close_days(closed_before: date | None, *, now: datetime) -> None:
    """Sum up the days that are over."""
    today = now.astimezone(UTC).date()
    if closed_before and closed_before >= today:
        return
    _sum_up(closed_before, today)
    execute("UPDATE fact_projection SET days_closed_before = %s", [today])


def _sum_up(first: date | None, until: date) -> None:
    execute(
        "INSERT INTO fact_day (kind, scope_id, day, channel_id, buckets, counts)"
        " SELECT kind, scope_id, day, channel_id, array_agg(bucket ORDER BY bucket), array_agg(n ORDER BY bucket) FROM"
        f" (SELECT kind, scope_id, (at AT TIME ZONE 'UTC')::date AS day, channel_id, {BUCKET_SQL} AS bucket, count(*)::int AS n FROM fact"
        " WHERE kind = ANY(%s::smallint[]) AND seconds IS NOT NULL AND at >= %s AND at < %s GROUP BY 1, 2, 3, 4, 5) b GROUP BY 1, 2, 3, 4",
        [array(map(int, TIMED)), _start(first or date(1970, 1, 1)), _start(until)],
    )


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
