"""Reading searches: what there is, what each found lately, and how much of it was relevant."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from midchannel.engines.alarm import shares
from midchannel.outside.listening.errors import SearchNotFoundError
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

DAYS = 28
HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Precision:
    """How much of what people judged is relevant: a share with Wilson's interval of 9 in 10. None of both when nothing was judged."""

    relevant: int
    judged: int

    @property
    def share(self) -> float | None:
        """0 to 1."""
        return self.relevant / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float]:
        """Its ends; 0 and 1 of nothing."""
        return shares.wilson(self.relevant, self.judged)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRow:
    """A standing search. `days` are posts found on each of the last `DAYS` days, oldest first. `open_alert` is the id of one."""

    id: int
    name: str
    text: str
    takes_up: bool
    watches_volume: bool
    watches_mood: bool
    weeks: int
    created_by_id: int
    created_by_name: str
    created_at: datetime
    snoozed_until: datetime | None
    is_looking_back: bool
    is_followed: bool
    precision: Precision
    open_alert: int | None
    days: tuple[int, ...] = field(default=())

    @property
    def found(self) -> int:
        """Posts found within these days."""
        return sum(self.days)

    @property
    def today(self) -> int:
        """Posts found on the last day."""
        return self.days[-1] if self.days else 0


ROWS = """
SELECT s.id, s.name, s.text, s.takes_up, s.watches_volume, s.watches_mood, s.weeks, s.created_by_id, coalesce(u.name, ''), s.created_at,
 s.snoozed_until, s.history_next > s.history_end, EXISTS (SELECT 1 FROM search_follower f WHERE f.search_id = s.id AND f.user_id = %s),
 (SELECT count(*) FROM search_hit h WHERE h.search_id = s.id AND h.verdict = 1),
 (SELECT count(*) FROM search_hit h WHERE h.search_id = s.id AND h.verdict <> 0),
 (SELECT max(a.id) FROM search_alert a WHERE a.search_id = s.id AND a.closed_at IS NULL)
FROM search s LEFT JOIN account_user u ON u.id = s.created_by_id
WHERE s.voice_id IS NULL AND (%s::bigint[] IS NULL OR s.id = ANY(%s::bigint[])) ORDER BY lower(s.name), s.id LIMIT 1000
"""


def list_searches(viewer: Viewer, *, now: datetime, only: Sequence[int] | None = None) -> list[SearchRow]:
    """All searches by name; they belong to the whole company. Two queries."""
    wanted = array(only) if only is not None else None
    rows = fetch(ROWS, [viewer.user_id, wanted, wanted])
    days = days_of([row[0] for row in rows], now=now)
    return [_row(row, days.get(row[0], (0,) * DAYS)) for row in rows]


def get_search(viewer: Viewer, search_id: int, *, now: datetime) -> SearchRow:
    """One search. Raises SearchNotFoundError."""
    found = list_searches(viewer, now=now, only=[search_id])
    if not found:
        raise SearchNotFoundError
    return found[0]


def _row(row: Sequence[object], days: tuple[int, ...]) -> SearchRow:
    names = (
        "id", "name", "text", "takes_up", "watches_volume", "watches_mood", "weeks", "created_by_id", "created_by_name", "created_at",
        "snoozed_until", "is_looking_back", "is_followed",
    )  # fmt: skip
    known = dict(zip(names, row, strict=False))
    relevant, judged, alert = row[13:16]
    return SearchRow(**known, precision=Precision(relevant, judged), open_alert=alert, days=days)  # type: ignore[arg-type]


def days_of(search_ids: Sequence[int], *, now: datetime, days: int = DAYS) -> dict[int, tuple[int, ...]]:
    """How many posts some searches found on each of the last days (24 hours each, the last one ends now), oldest first."""
    last = ids.hour_of(ids.at(now))
    rows = fetch(
        "SELECT search_id, (%s - hour) / 24, sum(posts) FROM search_hour"
        " WHERE search_id = ANY(%s::bigint[]) AND hour > %s AND hour <= %s GROUP BY 1, 2",
        [last, array(search_ids), last - days * HOURS_A_DAY, last],
    )
    found: dict[int, list[int]] = {search_id: [0] * days for search_id in search_ids}
    for search_id, ago, posts in rows:
        found[search_id][days - 1 - ago] = int(posts)
    return {search_id: tuple(each) for search_id, each in found.items()}


@dataclass(frozen=True, slots=True)
class Standing:
    """A search as the machine needs it. History is looked through for activities below `next_id`, down to `end_id`."""

    id: int
    text: str
    takes_up: bool
    next_id: int
    end_id: int


def list_standing(*, only_looking_back: bool = False) -> list[Standing]:
    """Every search, hidden ones too; for the machine."""
    return [
        Standing(*row)
        for row in fetch(
            "SELECT id, text, takes_up, history_next, history_end FROM search WHERE NOT %s OR history_next > history_end ORDER BY id",
            [only_looking_back],
        )
    ]


def list_texts(viewer: Viewer) -> list[str]:
    """The queries of all searches that people made, for showing what a text was found by."""
    return [text for (text,) in fetch("SELECT text FROM search WHERE voice_id IS NULL ORDER BY id")]
