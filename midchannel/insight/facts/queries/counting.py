"""Numbers over facts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from midchannel.insight.facts.keys import actor_key
from midchannel.insight.facts.spreads import BUCKET_SQL
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many facts of a kind a channel had on a day of the reader's zone."""

    kind: int
    channel_id: int
    day: date
    count: int


def count_by_day(viewer: Viewer, kinds: Sequence[int], *, since: datetime, until: datetime, zone: str) -> list[Counted]:
    """Facts of whole hours from `since` until `until`, by kind, channel and day of the zone."""
    rows = fetch(
        "SELECT kind, channel_id, (hour AT TIME ZONE %s)::date, sum(count)::bigint FROM fact_hour"
        " WHERE kind = ANY(%s::smallint[]) AND scope_id = ANY(%s::int[]) AND hour >= %s AND hour < %s GROUP BY 1, 2, 3 ORDER BY 3, 2",
        [zone, array(map(int, kinds)), array(viewer.scope_ids), since, until],
    )
    return [Counted(*row) for row in rows]


def spread(
    viewer: Viewer, kind: int, *, since: datetime, until: datetime, by_channel: bool = True
) -> dict[int, Counter[int]]:
    """How long things took, by channel: bucket to count. Whole days (UTC) from their sums, the rest from the facts.

    Without `by_channel` everything is under 0, which is less to read.
    """
    channel = "channel_id" if by_channel else "0"
    scopes = array(viewer.scope_ids)
    closed = fetch("SELECT max(days_closed_before) FROM fact_projection")[0][0]
    first = _midnight_after(since)
    last = min(_midnight_before(until), _midnight(closed)) if closed else first
    found: dict[int, Counter[int]] = {}
    edges = [(since, until)]
    if last > first:
        edges = [(since, first), (last, until)]
        rows = fetch(
            f"SELECT {channel}, b.bucket, sum(b.n)::bigint FROM fact_day d CROSS JOIN LATERAL unnest(d.buckets, d.counts) AS b(bucket, n)"
            " WHERE d.kind = %s AND d.scope_id = ANY(%s::int[]) AND d.day >= %s AND d.day < %s GROUP BY 1, 2",
            [int(kind), scopes, first.date(), last.date()],
        )
        _add(found, rows)
    for low, high in edges:
        if low < high:
            rows = fetch(
                f"SELECT {channel}, {BUCKET_SQL}, count(*) FROM fact WHERE scope_id = ANY(%s::int[]) AND kind = %s"
                " AND at >= %s AND at < %s AND seconds IS NOT NULL GROUP BY 1, 2",
                [scopes, int(kind), low, high],
            )
            _add(found, rows)
    return found


def count_own(viewer: Viewer, *, since: datetime, until: datetime) -> dict[int, int]:
    """The viewer's own facts by kind. There is no way to name anybody else."""
    rows = fetch(
        "SELECT kind, count(*) FROM fact WHERE actor = %s AND at >= %s AND at < %s AND scope_id = ANY(%s::int[]) GROUP BY kind",
        [own_key(viewer), since, until, array(viewer.scope_ids)],
    )
    return dict(rows)


def own_spread(viewer: Viewer, kind: int, *, since: datetime, until: datetime) -> Counter[int]:
    """How long the viewer's own things of a kind took."""
    rows = fetch(
        f"SELECT {BUCKET_SQL}, count(*) FROM fact WHERE actor = %s AND kind = %s AND at >= %s AND at < %s"
        " AND scope_id = ANY(%s::int[]) AND seconds IS NOT NULL GROUP BY 1",
        [own_key(viewer), int(kind), since, until, array(viewer.scope_ids)],
    )
    return Counter(dict(rows))


def own_key(viewer: Viewer) -> int:
    """The viewer's own pseudonym."""
    found = fetch("SELECT pepper FROM fact_projection")
    return actor_key(bytes(found[0][0]), viewer.user_id) if found else 0


def _add(found: dict[int, Counter[int]], rows: list[tuple[int, int, int]]) -> None:
    for channel_id, bucket, count in rows:
        spread = found.get(channel_id)
        if spread is None:
            spread = found[channel_id] = Counter()
        spread[bucket] += int(count)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _midnight_before(moment: datetime) -> datetime:
    return _midnight(moment.astimezone(UTC).date())


def _midnight_after(moment: datetime) -> datetime:
    before = _midnight_before(moment)
    return before if before == moment else before + DAY
