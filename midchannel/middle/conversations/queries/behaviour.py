"""What a person looked at and did on the company's pages and in its apps, put together by visit, as far as the viewer may see it.

A visit is what was done on one channel without half an hour's silence; at midnight (UTC) another one begins. So where a visit begins and
ends does not depend on which part of a person's story is read.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from midchannel.middle.conversations.queries import seeing
from midchannel.middle.conversations.queries.people import Moment
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

SILENCE = timedelta(minutes=30)
DAY = timedelta(days=1)
MOST_ACTIONS = 1000
MOST_STEPS = 100
RECENT = timedelta(days=30)
VISIT, EVENT, DELETED = int(Kind.VISIT), int(Kind.EVENT), int(Flag.DELETED)

ACTIONS = f"""
SELECT t.* FROM unnest(%(handles)s::bigint[]) AS mine(handle_id) CROSS JOIN LATERAL (
    SELECT a.id, a.at, a.kind, a.text, coalesce(a.data->>'path', ''), ch.id AS channel_id, ch.network, ch.name
    FROM activity a JOIN channel ch ON ch.id = a.channel_id
    WHERE a.handle_id = mine.handle_id AND a.kind IN ({VISIT}, {EVENT}) AND a.flags & {DELETED} = 0 AND a.at < %(until)s
      AND (ch.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND ch.scope_id IS NULL))
    ORDER BY a.at DESC, a.id DESC LIMIT %(most)s) t
ORDER BY t.at DESC, t.id DESC LIMIT %(most)s
"""
PLACE = """
SELECT (t.data->'place')::text, t.at FROM unnest(%(handles)s::bigint[]) AS mine(handle_id) CROSS JOIN LATERAL (
    SELECT a.data, a.at FROM activity a JOIN channel ch ON ch.id = a.channel_id
    WHERE a.handle_id = mine.handle_id AND jsonb_exists(a.data, 'place')
      AND (ch.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND ch.scope_id IS NULL))
    ORDER BY a.at DESC LIMIT 1) t ORDER BY t.at DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One page, screen or event of a visit. `what` is what the page or the event is called; it comes from a stranger's browser."""

    id: int
    at: datetime
    is_page: bool
    what: str
    path: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What was done on one channel without a long silence. `steps` are the newest first, at most 100; `at` is the last one's time."""

    id: int
    began_at: datetime
    at: datetime
    network: str
    channel_name: str
    pages: int
    events: int
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        """From the first to the last thing done."""
        return (self.at - self.began_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Habits:
    """What the newest 1,000 things a person did come to; `is_more` when there are earlier ones. `place` only where it was allowed."""

    last_at: datetime | None
    visits_lately: int
    pages: int
    favourites: tuple[tuple[str, int], ...]
    place: str
    place_at: datetime | None
    is_more: bool


def list_visits(viewer: Viewer, handle_ids: Sequence[int], *, before: Moment, limit: int = 30) -> list[Visit]:
    """Visits of these handles whose last action is before a moment (time and id), the newest first. One query."""
    if not handle_ids:
        return []
    midnight = before[0].astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _actions(viewer, handle_ids, until=midnight + DAY)
    visits = [visit for visit in _visits(rows) if (visit.at, visit.id) < before]
    return visits[:limit]


def get_habits(viewer: Viewer, handle_ids: Sequence[int], *, now: datetime) -> Habits:
    """A person's behaviour in a few numbers. Two queries."""
    rows = _actions(viewer, handle_ids, until=now + 2 * DAY)
    named = Counter(row[3] for row in rows if row[2] == VISIT)
    place, place_at = _place(viewer, handle_ids)
    return Habits(
        last_at=rows[0][1] if rows else None,
        visits_lately=sum(visit.at > now - RECENT for visit in _visits(rows)),
        pages=sum(named.values()),
        favourites=tuple(named.most_common(5)),
        place=place,
        place_at=place_at,
        is_more=len(rows) >= MOST_ACTIONS,
    )


def _actions(viewer: Viewer, handle_ids: Sequence[int], *, until: datetime) -> list[Any]:
    values = {**seeing.of(viewer), "handles": array(handle_ids), "until": until, "most": MOST_ACTIONS}
    return fetch(ACTIONS, values)


def _visits(rows: Sequence[Any]) -> list[Visit]:
    """Rows (newest first) by channel, silence and day."""
    open_: dict[int, list[Any]] = {}
    made: list[list[Any]] = []
    for row in rows:
        at, channel_id = row[1], row[5]
        current = open_.get(channel_id)
        last = current[-1][1] if current else None
        if (
            current is None
            or last is None
            or last - at > SILENCE
            or last.astimezone(UTC).date() != at.astimezone(UTC).date()
        ):
            current = open_[channel_id] = []
            made.append(current)
        current.append(row)
    return [_visit(group) for group in made]


def _visit(rows: list[Any]) -> Visit:
    newest, oldest = rows[0], rows[-1]
    pages = sum(row[2] == VISIT for row in rows)
    return Visit(
        id=newest[0],
        began_at=oldest[1],
        at=newest[1],
        network=newest[6],
        channel_name=newest[7],
        pages=pages,
        events=len(rows) - pages,
        steps=tuple(Step(row[0], row[1], row[2] == VISIT, row[3], row[4]) for row in rows[:MOST_STEPS]),
    )


def _place(viewer: Viewer, handle_ids: Sequence[int]) -> tuple[str, datetime | None]:
    found = fetch(PLACE, {**seeing.of(viewer), "handles": array(handle_ids)})
    if not found:
        return "", None
    told = msgspec.json.decode(found[0][0])
    words = [str(told[key]) for key in ("city", "region", "country") if told.get(key)]
    return ", ".join(words) or f"{told.get('latitude')}, {told.get('longitude')}", found[0][1]
