"""Reading alerts and the hours behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from midchannel.engines.alarm import storms
from midchannel.engines.alarm.storms import Hours
from midchannel.outside.listening.errors import AlertNotFoundError
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

LEARNED_HOURS = 8 * 168
# 1970-01-05 and 2019-12-30 were Mondays; the epoch of ids, 2020-01-01 00:00 UTC, was a Wednesday.
FIRST_SLOT = 2 * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """A storm. `sign`: hour, day or mood; `count` the most seen, `expected` what is ordinary, `limit` from where it was an alarm."""

    id: int
    search_id: int
    search_name: str
    sign: str
    opened_at: datetime
    crossed_at: datetime
    closed_at: datetime | None
    begun_hour: int
    ended_hour: int | None
    count: int
    people: int
    expected: float
    limit: int
    chance: float
    weeks: int
    snoozed_until: datetime | None
    verdict: int

    @property
    def begun_at(self) -> datetime:
        """The beginning of its first hour."""
        return moment_of(self.begun_hour)


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What was stated and what came: alerts, those judged and those judged false among them, and how many false ones were stated."""

    alerts: int
    judged: int
    false: int
    stated: float
    weeks_watched: float


def moment_of(hour: int) -> datetime:
    """The beginning of an hour that is counted from the epoch of ids."""
    return ids.moment_of(hour * 3_600_000 << ids.LOW_BITS)


ALERTS = """
SELECT a.id, a.search_id, s.name, a.sign, a.opened_at, a.crossed_at, a.closed_at, a.begun_hour, a.ended_hour, a.count, a.people, a.expected,
 a."limit", a.chance, a.weeks, a.snoozed_until, a.verdict FROM search_alert a JOIN search s ON s.id = a.search_id
WHERE (%s::bigint[] IS NULL OR a.id = ANY(%s::bigint[])) AND (%s::bigint IS NULL OR a.search_id = %s)
ORDER BY a.closed_at IS NOT NULL, a.opened_at DESC LIMIT %s
"""
NAMES = (
    "id", "search_id", "search_name", "sign", "opened_at", "crossed_at", "closed_at", "begun_hour", "ended_hour", "count", "people",
    "expected", "limit", "chance", "weeks", "snoozed_until", "verdict",
)  # fmt: skip


def list_alerts(
    viewer: Viewer, *, search_id: int | None = None, only: Sequence[int] | None = None, limit: int = 50
) -> list[AlertRow]:
    """Alerts, open ones first, then the newest; they count the whole company's searches and show nobody's words."""
    wanted = array(only) if only is not None else None
    rows = fetch(ALERTS, [wanted, wanted, search_id, search_id, limit])
    return [AlertRow(**dict(zip(NAMES, row, strict=True))) for row in rows]


def get_alert(viewer: Viewer, alert_id: int) -> AlertRow:
    """One alert. Raises AlertNotFoundError."""
    found = list_alerts(viewer, only=[alert_id])
    if not found:
        raise AlertNotFoundError
    return found[0]


def count_open() -> int:
    """How many storms are on."""
    return int(fetch("SELECT count(*) FROM search_alert WHERE closed_at IS NULL")[0][0])


def get_false_alarms(search_id: int, *, weeks: int, now: datetime) -> FalseAlarms:
    """How often a search was wrong, beside what was stated. A storm that nobody judged counts in neither."""
    rows = fetch(
        "SELECT count(a.id), count(a.id) FILTER (WHERE a.verdict <> 0), count(a.id) FILTER (WHERE a.verdict < 0), min(s.created_at)"
        " FROM search s LEFT JOIN search_alert a ON a.search_id = s.id WHERE s.id = %s",
        [search_id],
    )
    alerts, judged, false, since = rows[0]
    watched = max((now - since).total_seconds() / 604_800, 0.0) if since else 0.0
    return FalseAlarms(alerts, judged, false, watched / weeks, watched)


def hours_of(search_id: int, *, until_hour: int, count: int = LEARNED_HOURS) -> Hours:
    """The hours of a search up to one (with it). Nothing before its first find counts as past; hours of its storms are not ordinary.

    Only the first `storms.LONGEST_HOURS` of a storm are left out of what is learned: after that it is how it is.
    """
    first = until_hour - count + 1
    rows = fetch(
        "SELECT hour, people, unhappy FROM search_hour WHERE search_id = %s AND hour >= %s AND hour <= %s",
        [search_id, first, until_hour],
    )
    begun = fetch("SELECT history_end, history_next FROM search WHERE id = %s", [search_id])
    if begun:  # before what history was looked through for, nothing is known: that is not the same as nothing
        first = max(first, ids.hour_of(max(begun[0])))
    # A database that is younger than the history asked for begins with its first activity.
    oldest = fetch("SELECT id FROM activity ORDER BY id LIMIT 1")
    first = min(max(first, ids.hour_of(oldest[0][0]) if oldest else until_hour), until_hour)
    length = until_hour - first + 1
    people, unhappy, ordinary = np.zeros(length, int), np.zeros(length, int), np.ones(length, bool)
    for hour, had, bad in rows:
        if hour >= first:
            people[hour - first], unhappy[hour - first] = had, bad
    for begun_hour, ended_hour in fetch(
        "SELECT begun_hour, coalesce(ended_hour, %s) FROM search_alert WHERE search_id = %s AND verdict >= 0",
        [until_hour, search_id],
    ):
        last = min(ended_hour, begun_hour + storms.LONGEST_HOURS)
        ordinary[max(begun_hour - 1 - first, 0) : max(last + 1 - first, 0)] = False
    return Hours(people, unhappy, (first + FIRST_SLOT) % 168, ordinary)


def list_watched(*, since_hour: int) -> list[int]:
    """Searches that are watched and found something lately, or have an open alert."""
    rows = fetch(
        "SELECT s.id FROM search s WHERE s.voice_id IS NULL AND (s.watches_volume OR s.watches_mood) AND"
        " (EXISTS (SELECT 1 FROM search_hour h WHERE h.search_id = s.id AND h.hour >= %s)"
        " OR EXISTS (SELECT 1 FROM search_alert a WHERE a.search_id = s.id AND a.closed_at IS NULL)) ORDER BY s.id",
        [since_hour],
    )
    return [row[0] for row in rows]
