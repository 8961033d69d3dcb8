"""Numbers over facts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from midchannel.insight.facts.keys import actor_key
from midchannel.insight.facts.spreads import BUCKET_SQL
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

DAY = timedelta(days=1)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# How many answers about days that are over are kept in memory; each holds until those days change after all.
KEPT = 24


@dataclass(frozen=True, slots=True)
class Counted:
    """How many facts of a kind a channel had on a day of the reader's zone."""

    kind: int
    channel_id: int
    day: date
    count: int


def count_by_day(viewer: Viewer, kinds: Sequence[int], *, since: datetime, until: datetime, zone: str) -> list[Counted]:
    """Facts of whole hours from `since` until `until`, by kind, channel and day of the zone; a day may come in two parts."""
    ask = _Asked(array(map(int, kinds)), array(viewer.scope_ids), zone)
    closed = _closed()
    border = min(max(since, closed.before), until)
    counted = list(_counted_of_closed_days(closed, ask, since, border)) if since < border else []
    return counted + _counted(ask, border, until) if border < until else counted


def spread(
    viewer: Viewer, kind: int, *, since: datetime, until: datetime, by_channel: bool = True
) -> dict[int, Counter[int]]:
    """How long things took, by channel: bucket to count. Whole days (UTC) from their sums, the rest from the facts.

    Without `by_channel` everything is under 0, which is less to read.
    """
    ask = _Asked(array([int(kind)]), array(viewer.scope_ids), "", by_channel)
    closed = _closed()
    first = _midnight_after(since)
    last = min(_midnight_before(until), closed.before)
    if last <= first:
        return _spread_of_facts(ask, since, until)
    found = {channel_id: Counter(one) for channel_id, one in _spread_of_closed_days(closed, ask, first, last).items()}
    for low, high in ((since, first), (last, until)):
        if low < high:
            for channel_id, one in _spread_of_facts(ask, low, high).items():
                found.setdefault(channel_id, Counter()).update(one)
    return found


@dataclass(frozen=True, slots=True)
class _Closed:
    """The days that are summed up, and what tells that they are still as they were read: the revision, and which database this is."""

    before: datetime
    revision: int
    database: bytes


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for, as parameters."""

    kinds: str
    scopes: str
    zone: str
    by_channel: bool = True


def _closed() -> _Closed:
    rows = fetch("SELECT days_closed_before, revision, pepper FROM fact_projection")
    if not rows or rows[0][0] is None:
        return _Closed(NEVER, 0, b"")
    return _Closed(_midnight(rows[0][0]), rows[0][1], bytes(rows[0][2]))


@lru_cache(maxsize=KEPT)
def _counted_of_closed_days(closed: _Closed, ask: _Asked, since: datetime, until: datetime) -> tuple[Counted, ...]:
    return tuple(_counted(ask, since, until))


def _counted(ask: _Asked, since: datetime, until: datetime) -> list[Counted]:
    rows = fetch(
        "SELECT kind, channel_id, (hour AT TIME ZONE %s)::date, sum(count)::bigint FROM fact_hour"
        " WHERE kind = ANY(%s::smallint[]) AND scope_id = ANY(%s::int[]) AND hour >= %s AND hour < %s GROUP BY 1, 2, 3 ORDER BY 3, 2",
        [ask.zone, ask.kinds, ask.scopes, since, until],
    )
    return [Counted(*row) for row in rows]


@lru_cache(maxsize=KEPT)
def _spread_of_closed_days(closed: _Closed, ask: _Asked, since: datetime, until: datetime) -> dict[int, Counter[int]]:
    channel = "d.channel_id" if ask.by_channel else "0"
    rows = fetch(
        f"SELECT {channel}, b.bucket, sum(b.n)::bigint FROM fact_day d CROSS JOIN LATERAL unnest(d.buckets, d.counts) AS b(bucket, n)"
        " WHERE d.kind = ANY(%s::smallint[]) AND d.scope_id = ANY(%s::int[]) AND d.day >= %s AND d.day < %s GROUP BY 1, 2",
        [ask.kinds, ask.scopes, since.date(), until.date()],
    )
    return _by_channel(rows)


def _spread_of_facts(ask: _Asked, since: datetime, until: datetime) -> dict[int, Counter[int]]:
    channel = "channel_id" if ask.by_channel else "0"
    rows = fetch(
        f"SELECT {channel}, {BUCKET_SQL}, count(*) FROM fact WHERE scope_id = ANY(%s::int[]) AND kind = ANY(%s::smallint[])"
        " AND at >= %s AND at < %s AND seconds IS NOT NULL GROUP BY 1, 2",
        [ask.scopes, ask.kinds, since, until],
    )
    return _by_channel(rows)


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


def _by_channel(rows: list[tuple[int, int, int]]) -> dict[int, Counter[int]]:
    found: dict[int, Counter[int]] = {}
    for channel_id, bucket, count in rows:
        spread = found.get(channel_id)
        if spread is None:
            spread = found[channel_id] = Counter()
        spread[bucket] += int(count)
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _midnight_before(moment: datetime) -> datetime:
    return _midnight(moment.astimezone(UTC).date())


def _midnight_after(moment: datetime) -> datetime:
    before = _midnight_before(moment)
    return before if before == moment else before + DAY
