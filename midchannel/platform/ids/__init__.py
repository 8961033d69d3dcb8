"""Identifiers that sort by arrival.

An id is a 62-bit integer: milliseconds since 2020-01-01 (42 bits), then 20 bits that the database hands out in runs from one
cyclic sequence. So an id tells when a thing arrived, a table may be partitioned by it, and one `bigint` is a whole reference.
A clock that runs backwards makes no repeated id: the low bits go on counting, and repeat only after a million ids.
"""

from datetime import UTC, datetime, timedelta

from django.db import connection

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
LOW_BITS = 20
LOW_MASK = (1 << LOW_BITS) - 1


def at(moment: datetime) -> int:
    """The smallest id of a moment: the border for partitions and for "everything since"."""
    return max(int((moment - EPOCH) / timedelta(milliseconds=1)), 0) << LOW_BITS


def moment_of(identifier: int) -> datetime:
    """When the thing with this id arrived, to the millisecond."""
    return EPOCH + timedelta(milliseconds=identifier >> LOW_BITS)


def hour_of(identifier: int) -> int:
    """The hour in which the thing with this id arrived, counted from the epoch."""
    return (identifier >> LOW_BITS) // 3_600_000


def take(count: int, *, now: datetime) -> range:
    """A run of `count` (1 to 1,024) unused ids, in order. One round trip to the database.

    The sequence steps by 1,024 and turns over at 2**20; a run never crosses the border, so it is a plain range.
    """
    if not 1 <= count <= 1024:
        raise ValueError("between 1 and 1,024 ids may be taken at once")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('id_run')")
        low: int = cursor.fetchone()[0]
    start = at(now) + low
    return range(start, start + count)


def take_many(count: int, *, now: datetime) -> list[int]:
    """Any number of unused ids, in runs; each run in order."""
    taken: list[int] = []
    while len(taken) < count:
        taken.extend(take(min(count - len(taken), 1024), now=now))
    return taken


def take_one(*, now: datetime) -> int:
    """One unused id."""
    return take(1, now=now)[0]
