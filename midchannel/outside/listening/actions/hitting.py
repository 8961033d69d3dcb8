"""What searches found is kept: each hit once, and how many there were in each hour, in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from midchannel.platform import ids
from midchannel.platform.database.bulk import execute, fetch


class Found(msgspec.Struct, frozen=True):
    """A search found an activity. `at`: when it was said, never later than it arrived."""

    search_id: int
    activity_id: int
    at: datetime
    handle_id: int
    channel_id: int
    mood: str = ""
    language: str = ""
    reach: int | None = None


def hour_at(moment: datetime) -> int:
    """The hour of a moment, counted from the epoch of ids."""
    return ids.hour_of(ids.at(moment))


def note_hits(found: Sequence[Found]) -> list[Found]:
    """Keep what was found; what was known is left. Returns what is new. In the caller's transaction."""
    if not found:
        return []
    columns = list(zip(*((f.search_id, f.activity_id, f.at, f.handle_id, f.channel_id, f.mood, f.language, f.reach)
                         for f in found), strict=True))  # fmt: skip
    rows = fetch(
        "INSERT INTO search_hit (search_id, activity_id, at, handle_id, channel_id, mood, language, reach, verdict)"
        " SELECT n.*, 0 FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::int[], %s::text[], %s::text[],"
        " %s::int[]) AS n(search_id, activity_id, at, handle_id, channel_id, mood, language, reach)"
        " WHERE EXISTS (SELECT 1 FROM search s WHERE s.id = n.search_id FOR KEY SHARE)"
        " ON CONFLICT DO NOTHING RETURNING search_id, activity_id",
        [list(column) for column in columns],
    )
    new = {(search_id, activity_id) for search_id, activity_id in rows}
    kept = [each for each in found if (each.search_id, each.activity_id) in new]
    recount({(each.search_id, hour_at(each.at)) for each in kept})
    return kept


def recount(hours: Iterable[tuple[int, int]], *, is_less: bool = False) -> None:
    """Count some hours of searches anew. They keep what was counted when hits have gone meanwhile, unless `is_less`."""
    wanted = sorted(set(hours))
    if not wanted:
        return
    searches, numbers = [search_id for search_id, _ in wanted], [hour for _, hour in wanted]
    starts = [ids.moment_of(hour * 3_600_000 << ids.LOW_BITS) for hour in numbers]
    keep = "excluded.{0}" if is_less else "greatest(h.{0}, excluded.{0})"
    execute(
        "INSERT INTO search_hour AS h (search_id, hour, posts, people, unhappy)"
        " SELECT w.search_id, w.hour, count(x.activity_id), count(DISTINCT x.handle_id),"
        " count(DISTINCT x.handle_id) FILTER (WHERE x.mood = 'negative')"
        " FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS w(search_id, hour, start)"
        " LEFT JOIN search_hit x ON x.search_id = w.search_id AND x.at >= w.start AND x.at < w.start + interval '1 hour'"
        " GROUP BY 1, 2 ON CONFLICT (search_id, hour) DO UPDATE SET "
        + ", ".join(f"{column} = {keep.format(column)}" for column in ("posts", "people", "unhappy")),
        [searches, numbers, starts],
    )


def forget_hits(search_id: int) -> None:
    """Remove all that a search found: its query has changed and history is looked through anew. What people said of it goes with it."""
    execute("DELETE FROM search_hit WHERE search_id = %s", [search_id])
    execute("DELETE FROM search_hour WHERE search_id = %s", [search_id])


def note_mood(activity_id: int, mood: str, language: str) -> None:
    """A text says something else than was read: a person corrected it, or it was edited."""
    rows = fetch(
        "UPDATE search_hit SET mood = %s, language = %s WHERE activity_id = %s AND (mood, language) <> (%s, %s) RETURNING search_id, at",
        [mood, language, activity_id, mood, language],
    )
    recount({(search_id, hour_at(at)) for search_id, at in rows}, is_less=True)


def judge(search_id: int, activity_id: int, verdict: int, *, by_id: int, now: datetime) -> bool:
    """Say that a hit is relevant (1), not (-1), or take that back (0). False when there is no such hit."""
    return bool(
        execute(
            "UPDATE search_hit SET verdict = %s, judged_by_id = %s, judged_at = %s WHERE search_id = %s AND activity_id = %s",
            [verdict, by_id if verdict else None, now if verdict else None, search_id, activity_id],
        )
    )


def take_waiting(limit: int = 5) -> list[tuple[int, int, int, list[int]]]:
    """Take batches that were not searched (channel, first, last, edited), oldest first; they go when the caller's transaction commits."""
    return [
        tuple(row)
        for row in fetch(
            "DELETE FROM search_waiting WHERE id IN (SELECT id FROM search_waiting ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)"
            " RETURNING channel_id, first_id, last_id, edited",
            [limit],
        )
    ]
