"""Reading what was found: each text once, however many searches found it, with what people said of it and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from midchannel.outside.channels import queries as channels
from midchannel.outside.channels.queries import ActivityText, HandleDetail
from midchannel.outside.listening.errors import MentionNotFoundError
from midchannel.outside.listening.queries import seeing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.database.paging import Page, check_limit, decode_cursor, encode_cursor


@dataclass(frozen=True, slots=True)
class FoundBy:
    """A search that found it, and what people said: 1 relevant, -1 not, 0 nothing."""

    search_id: int
    name: str
    verdict: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionRow:
    """A text that was found or overheard. `state`: new, taken, passed; "addressed" when it was said to the company.

    `mood`, `language`, `reach` are as kept when it was found; empty and None: not known.
    """

    activity_id: int
    at: datetime
    text: str
    is_deleted: bool
    is_private: bool
    handle_id: int
    name: str
    address: str
    network: str
    channel: str
    state: str
    conversation_id: int | None
    mood: str = ""
    language: str = ""
    reach: int | None = None
    found_by: tuple[FoundBy, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """What a list is narrowed to. `open`: overheard and not decided about; `unjudged`: nobody said whether it is relevant."""

    search_id: int | None = None
    mood: str = ""
    language: str = ""
    reach: int | None = None
    open: bool = False
    unjudged: bool = False
    since: datetime | None = None
    until: datetime | None = None
    everything_overheard: bool = False


FROM_HITS = """
SELECT DISTINCT h.at, h.activity_id FROM search_hit h JOIN search s ON s.id = h.search_id AND s.voice_id IS NULL
JOIN activity a ON a.id = h.activity_id JOIN channel ch ON ch.id = a.channel_id"""
FROM_MENTIONS = """
SELECT a.at, a.id FROM mention n JOIN activity a ON a.id = n.activity_id JOIN channel ch ON ch.id = a.channel_id"""


def list_mentions(viewer: Viewer, narrow: Narrow, *, cursor: str | None = None, limit: int = 30) -> Page[MentionRow]:
    """What was found, the last said first."""
    limit = check_limit(limit)
    place = decode_cursor(cursor, float, int)
    table, parts = _conditions(narrow)
    at, identifier = ("a.at", "a.id") if narrow.everything_overheard else ("h.at", "h.activity_id")
    values = seeing.of(viewer) | {
        "search": narrow.search_id,
        "mood": narrow.mood,
        "language": narrow.language,
        "reach": narrow.reach,
        "since": narrow.since,
        "until": narrow.until,
        "limit": limit + 1,
    }
    if place:
        parts.append(f"({at}, {identifier}) < (to_timestamp(%(last_at)s), %(last_id)s)")
        values |= {"last_at": place[0], "last_id": place[1]}
    parts.append(f"({seeing.VISIBLE})")
    rows = fetch(f"{table} WHERE {' AND '.join(parts)} ORDER BY 1 DESC, 2 DESC LIMIT %(limit)s", values)
    items = read([row[1] for row in rows[:limit]])
    more = encode_cursor(rows[limit - 1][0].timestamp(), rows[limit - 1][1]) if len(rows) > limit else None
    return Page(items, more)


def _conditions(narrow: Narrow) -> tuple[str, list[str]]:
    if narrow.everything_overheard:
        return FROM_MENTIONS, ["n.state = 'new'"] if narrow.open else ["true"]
    parts = {
        "h.search_id = %(search)s": narrow.search_id is not None,
        "h.mood = %(mood)s": narrow.mood,
        "split_part(h.language, '-', 1) = %(language)s": narrow.language,
        "h.reach >= %(reach)s": narrow.reach is not None,
        "h.verdict = 0": narrow.unjudged,
        "h.at >= %(since)s": narrow.since,
        "h.at < %(until)s": narrow.until,
        "EXISTS (SELECT 1 FROM mention n WHERE n.activity_id = h.activity_id AND n.state = 'new')": narrow.open,
    }
    return FROM_HITS, [part for part, is_asked in parts.items() if is_asked] or ["true"]


def get_mention(viewer: Viewer, activity_id: int) -> MentionRow:
    """One text that was found or overheard. Raises MentionNotFoundError."""
    values = seeing.of(viewer) | {"id": activity_id}
    rows = fetch(
        f"SELECT 1 FROM activity a JOIN channel ch ON ch.id = a.channel_id WHERE a.id = %(id)s AND ({seeing.VISIBLE})"
        " AND (EXISTS (SELECT 1 FROM mention n WHERE n.activity_id = a.id)"
        " OR EXISTS (SELECT 1 FROM search_hit h WHERE h.activity_id = a.id))",
        values,
    )
    found = read([activity_id]) if rows else []
    if not found:
        raise MentionNotFoundError
    return found[0]


def visible_of(viewer: Viewer, activity_ids: Sequence[int]) -> list[int]:
    """Those of some activities that the viewer may see, in their order."""
    values = seeing.of(viewer) | {"ids": array(activity_ids)}
    rows = fetch(
        "SELECT a.id FROM activity a JOIN channel ch ON ch.id = a.channel_id"
        f" WHERE a.id = ANY(%(ids)s::bigint[]) AND ({seeing.VISIBLE})",
        values,
    )
    seen = {row[0] for row in rows}
    return [each for each in activity_ids if each in seen]


def read(activity_ids: Sequence[int]) -> list[MentionRow]:
    """Texts by id, in this order, for a caller who has proved the right to see them. Five queries."""
    if not activity_ids:
        return []
    texts = channels.get_activities(activity_ids)
    handles = channels.get_handles([each.handle_id for each in texts.values()])
    wanted = array(activity_ids)
    names = dict(
        fetch("SELECT id, name FROM channel WHERE id = ANY(%s::int[])", [array({t.channel_id for t in texts.values()})])
    )
    states: dict[int, Sequence[Any]] = {
        row[0]: row
        for row in fetch(
            "SELECT i, n.state, m.conversation_id FROM unnest(%s::bigint[]) AS i LEFT JOIN mention n ON n.activity_id = i"
            " LEFT JOIN message m ON m.id = i",
            [wanted],
        )
    }
    hits = _hits(wanted)
    found = []
    for identifier in activity_ids:
        said = texts.get(identifier)
        handle = handles.get(said.handle_id) if said else None
        if said is not None and handle is not None:
            _identifier, state, conversation_id = states[identifier]
            channel = names.get(said.channel_id, "")
            row = _row(
                said,
                handle,
                hits.get(identifier, []),
                channel=channel,
                state=state or "addressed",
                conversation_id=conversation_id,
            )
            found.append(row)
    return found


def _hits(wanted: str) -> dict[int, list[Sequence[Any]]]:
    """What found some activities, by activity."""
    hits: dict[int, list[Sequence[Any]]] = {}
    for row in fetch(
        "SELECT h.activity_id, h.search_id, s.name, h.verdict, h.mood, h.language, h.reach FROM search_hit h"
        " JOIN search s ON s.id = h.search_id AND s.voice_id IS NULL WHERE h.activity_id = ANY(%s::bigint[]) ORDER BY s.name, s.id",
        [wanted],
    ):
        hits.setdefault(row[0], []).append(row)
    return hits


def _row(
    said: ActivityText,
    handle: HandleDetail,
    hits: Sequence[Sequence[Any]],
    *,
    channel: str,
    state: str,
    conversation_id: int | None,
) -> MentionRow:
    mood, language, reach = hits[0][4:7] if hits else ("", "", None)
    return MentionRow(
        activity_id=said.id,
        at=said.at,
        text=said.text or said.subject,
        is_deleted=said.deleted_at is not None,
        is_private=said.is_private,
        handle_id=said.handle_id,
        name=handle.name,
        address=handle.address,
        network=handle.network,
        channel=channel,
        state=state,
        conversation_id=conversation_id,
        mood=mood,
        language=language,
        reach=reach,
        found_by=tuple(FoundBy(row[1], row[2], row[3]) for row in hits),
    )


def languages_of(search_id: int | None = None) -> list[str]:
    """Languages in which something was found, the commonest first."""
    rows = fetch(
        "SELECT split_part(language, '-', 1), count(*) FROM search_hit WHERE (%s::bigint IS NULL OR search_id = %s) AND language <> ''"
        " GROUP BY 1 ORDER BY 2 DESC LIMIT 12",
        [search_id, search_id],
    )
    return [row[0] for row in rows]
