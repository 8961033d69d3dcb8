"""Shares of moods and intents over time, and the texts behind them; of what the viewer may see, counted by when it was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from midchannel.middle.signals import labels
from midchannel.middle.signals.queries import seeing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch

SENTIMENTS = labels.SENTIMENTS[1:]
HOLDS = (
    {name: f"s.sentiment = {number}" for number, name in enumerate(labels.SENTIMENTS) if name}
    | {name: f"s.intents & {1 << bit} <> 0" for bit, name in enumerate(labels.INTENTS)}
    | {
        "urgent": f"s.urgency >= {round(labels.URGENT_FROM * 1000)}",
        "spam": f"s.spam >= {round(labels.SPAM_FROM * 1000)}",
    }
)
"""How a label is asked for, by its name."""
WHERE = (
    " s.at >= %(since)s AND s.at < %(until)s AND (%(channel)s::int IS NULL OR s.channel_id = %(channel)s)"
    " AND (%(topic)s::int IS NULL OR s.topics @> ARRAY[%(topic)s::int])"
)
# As `seeing.VISIBLE`, by joins, since it is asked of many rows at once; without conversations one was brought to by a grant.
FROM = (
    " FROM signal s LEFT JOIN message m ON m.id = s.id LEFT JOIN conversation c ON c.id = m.conversation_id"
    " JOIN channel h ON h.id = s.channel_id"
)
MINE = (
    " AND CASE WHEN c.id IS NULL THEN %(lead)s OR h.scope_id IS NULL OR h.scope_id = ANY(%(scopes)s::bigint[])"
    " ELSE c.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND c.scope_id IS NULL) END"
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many texts there are, and of how many each label of `HOLDS` holds."""

    key: object
    texts: int
    holds: dict[str, int]


@dataclass(frozen=True, slots=True)
class TextRow:
    """A text behind a number. `conversation_id` is None where it was only overheard."""

    id: int
    at: datetime
    channel_name: str
    conversation_id: int | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is counted: a stretch of time, and perhaps a channel and a topic."""

    since: datetime
    until: datetime
    channel_id: int | None = None
    topic_id: int | None = None


def count_by_day(viewer: Viewer, asked: Asked, *, zone: str) -> dict[date, Count]:
    """By the day on which it was said, in a zone."""
    return {count.key: count for count in _counts(viewer, asked, "(s.at AT TIME ZONE %(zone)s)::date", zone=zone)}  # type: ignore[misc]


def count_by_channel(viewer: Viewer, asked: Asked) -> list[Count]:
    """By channel, its name as the key; the most texts first."""
    return sorted(_counts(viewer, asked, "h.name"), key=lambda count: -count.texts)


def count_by_topic(viewer: Viewer, asked: Asked) -> list[Count]:
    """By topic, its name as the key; a text may have several. The most texts first."""
    joined = " CROSS JOIN LATERAL unnest(s.topics) AS t(number) JOIN signal_topic o ON o.id = t.number"
    return sorted(_counts(viewer, asked, "o.name", joined=joined), key=lambda count: -count.texts)


def list_texts_of(viewer: Viewer, asked: Asked, label: str, *, limit: int, before: int | None = None) -> list[TextRow]:
    """The texts of which a label holds ("" for all), newest first; page on with `before`."""
    values = {**_values(viewer, asked), "limit": limit, "before": before}
    holds = f" AND {HOLDS[label]}" if label else ""
    rows = fetch(
        "SELECT s.id, s.at, h.name, c.id, left(a.text, 300)"
        f"{FROM} JOIN activity a ON a.id = s.id WHERE{WHERE}{MINE}{holds}"
        " AND (%(before)s::bigint IS NULL OR s.id < %(before)s) ORDER BY s.id DESC LIMIT %(limit)s",
        values,
    )
    return [TextRow(*row) for row in rows]


def _counts(viewer: Viewer, asked: Asked, key: str, *, joined: str = "", zone: str = "UTC") -> Sequence[Count]:
    columns = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in HOLDS.values())
    rows = fetch(
        f"SELECT {key}, count(*), {columns}{FROM}{joined} WHERE{WHERE}{MINE} AND s.sentiment > 0 GROUP BY 1 ORDER BY 1",
        {**_values(viewer, asked), "zone": zone},
    )
    return [Count(row[0], row[1], dict(zip(HOLDS, row[2:], strict=True))) for row in rows]


def _values(viewer: Viewer, asked: Asked) -> dict[str, object]:
    return {
        **seeing.of(viewer),
        "since": asked.since,
        "until": asked.until,
        "channel": asked.channel_id,
        "topic": asked.topic_id,
    }
