"""Search over what was said, by the full-text indexes, newest first and without a total.

A word that stands in every tenth message must not cost more than one that stands in ten: so the search goes back in time by slices of
ids, each as long as it probably takes to fill a page (the planner's own estimate), and stops when the page is full. When a few slices
brought too little, the page is given as it is, with the cursor from which to look further back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.middle.conversations.queries import seeing
from midchannel.middle.customers import queries as customers
from midchannel.outside.channels import queries as channels
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.database.paging import check_limit, decode_cursor, encode_cursor

LAST = 2**63 - 1
SLICES = 6
CANDIDATES = 200
BEFORE, AFTER = 60, 160
SHORTEST = 2
LONGEST = 200
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A message in which it stands. `before`, `match` and `after` are the words around the first place, for one line."""

    message_id: int
    conversation_id: int
    at: datetime
    is_ours: bool
    network: str
    customer_id: int | None
    name: str
    before: str
    match: str
    after: str


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of them. `next_cursor` looks further back; `back_to` says how far this page has looked (None: to the beginning)."""

    items: list[Hit]
    next_cursor: str | None
    back_to: datetime | None


@dataclass(frozen=True, slots=True)
class _Slice:
    low: int
    high: int


SEARCH = f"""
WITH wanted AS (SELECT %(query)s::tsquery AS q),
found AS MATERIALIZED (
 (SELECT a.id FROM {{partition}} a WHERE to_tsvector('simple', a.text) @@ %(query)s::tsquery AND a.id >= %(low)s AND a.id < %(high)s
  ORDER BY a.id DESC LIMIT {CANDIDATES})
 UNION
 (SELECT m.id FROM message m WHERE m.body <> '' AND to_tsvector('simple', m.body) @@ %(query)s::tsquery
  AND m.id >= %(low)s AND m.id < %(high)s ORDER BY m.id DESC LIMIT {CANDIDATES})
 UNION
 (SELECT v.activity_id FROM activity_version v WHERE to_tsvector('simple', v.text) @@ %(query)s::tsquery
  AND v.activity_id >= %(low)s AND v.activity_id < %(high)s ORDER BY v.activity_id DESC LIMIT {CANDIDATES})
)
SELECT m.id, m.conversation_id, m.author_id, m.direction, c.handle_id, m.body, ch.network, coalesce(u.name, ''),
 (SELECT count(*) FROM found), (SELECT min(id) FROM (SELECT id FROM found ORDER BY id DESC LIMIT {CANDIDATES}) AS newest)
FROM (SELECT id FROM found ORDER BY id DESC LIMIT {CANDIDATES}) f
JOIN message m ON m.id = f.id JOIN conversation c ON c.id = m.conversation_id JOIN channel ch ON ch.id = c.channel_id
LEFT JOIN account_user u ON u.id = m.author_id
WHERE {seeing.VISIBLE} ORDER BY m.id DESC LIMIT %(limit)s
"""

COUNT_FOUND = """
SELECT count(*), min(id) FROM (
 (SELECT a.id FROM {partition} a WHERE to_tsvector('simple', a.text) @@ %(query)s::tsquery AND a.id >= %(low)s AND a.id < %(high)s
  ORDER BY a.id DESC LIMIT {candidates})) AS found
"""


def search_texts(
    viewer: Viewer, text: str, cursor: str | None = None, *, limit: int = 20, is_unfinished: bool = False
) -> Hits:
    """Messages in which all words of a text stand, newest first; "in quotes" one behind the other, -word not.

    `is_unfinished` when the last word is still being typed. Texts shorter than two characters find nothing.
    """
    limit = check_limit(limit)
    text = text.strip()[:LONGEST]
    words = WORD.findall(text.lower())
    if not words or len(text) < SHORTEST:
        return Hits([], None, None)
    query = _query_of(text, words, is_unfinished=is_unfinished)
    keys = decode_cursor(cursor, int)
    below = int(keys[0] or 0) if keys else LAST
    rows, reached = _walk(viewer, query, below, limit)
    shown = rows[:limit]
    if len(rows) > limit:
        reached = shown[-1][0]
    back_to = ids.moment_of(reached) if reached else None
    return Hits(_hits(shown, words), encode_cursor(reached) if reached else None, back_to)


def _query_of(text: str, words: list[str], *, is_unfinished: bool) -> str:
    if is_unfinished:
        prefix = " & ".join([*words[:-1], f"{words[-1]}:*"])
        return str(fetch("SELECT to_tsquery('simple', %s)::text", [prefix])[0][0])
    return str(fetch("SELECT websearch_to_tsquery('simple', %s)::text", [text])[0][0])


def _walk(viewer: Viewer, query: str, below: int, limit: int) -> tuple[list[Any], int]:
    """Rows (one more than the page when there is more), and the id down to which was looked (0: to the beginning)."""
    rows: list[Any] = []
    if not query:
        return rows, 0
    values = {**seeing.of(viewer), "query": query}
    looked = 0
    for partition, piece in _slices(query, below, limit):
        if looked == SLICES:
            return rows, piece.high
        high = piece.high
        while True:
            looked += 1
            values |= {"low": piece.low, "high": high, "limit": limit + 1 - len(rows)}
            found = fetch(SEARCH.format(partition=partition), values)
            rows += found
            if len(rows) > limit:
                return rows, rows[limit][0]
            lowest = _lowest(partition, values, found)
            if lowest is None:
                break
            high = lowest
            if looked >= SLICES:
                return rows, high
    return rows, 0


def _lowest(partition: str, values: dict[str, object], found: list[Any]) -> int | None:
    """The id below which a slice goes on, when it had more candidates than were looked at; None when it is done."""
    if found:
        return int(found[0][9]) if found[0][8] >= CANDIDATES else None
    count, lowest = fetch(COUNT_FOUND.format(partition=partition, candidates=CANDIDATES), values)[0]
    return int(lowest) if count >= CANDIDATES else None


def _slices(query: str, below: int, limit: int) -> Iterator[tuple[str, _Slice]]:
    """Slices of ids, newest first, each with about four pages of hits, by partition."""
    for partition, rows, bounds in _partitions(below):
        hits = _estimate(partition, query) if rows > CANDIDATES else 0
        cuts = _cuts(bounds, hits, limit)
        high = below
        for low in [*cuts, -1]:
            if low < high:
                yield partition, _Slice(low, high)
                high = low
        below = min(below, high) if high >= 0 else min([below, *bounds[:1]])


def _cuts(bounds: Sequence[int], hits: int, limit: int) -> list[int]:
    """Where a partition is cut, newest first, so that each slice has about four pages of hits, then twice as many, and so on."""
    pages = hits / (4 * limit)
    if pages <= 2 or len(bounds) < 3:
        return []
    cuts, step, position = [], max(len(bounds) / pages, 1.0), float(len(bounds) - 1)
    while position - step > 1 and len(cuts) < SLICES:
        position -= step
        cuts.append(bounds[int(position)])
        step *= 2
    return cuts


def _partitions(below: int) -> list[tuple[str, float, list[int]]]:
    """The partitions of `activity` that may hold ids below this one, newest first: name, rows, and the quantiles of their ids."""
    rows = fetch(
        "SELECT c.relname, greatest(c.reltuples, 0), s.histogram_bounds::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " LEFT JOIN pg_stats s ON s.tablename = c.relname AND s.schemaname = current_schema() AND s.attname = 'id'"
        " WHERE i.inhparent = 'activity'::regclass ORDER BY (c.relname = 'activity_default'), c.relname DESC"
    )
    month = f"activity_{ids.moment_of(below):%Y_%m}" if below < LAST else "activity_default"
    return [
        (name, count, [int(bound) for bound in bounds.strip("{}").split(",")] if bounds else [])
        for name, count, bounds in rows
        if name == "activity_default" or name <= month or month == "activity_default"
    ]


def _estimate(partition: str, query: str) -> int:
    plan = fetch(
        f"EXPLAIN (FORMAT JSON) SELECT 1 FROM {partition} a WHERE to_tsvector('simple', a.text) @@ %s::tsquery", [query]
    )[0][0]
    if isinstance(plan, str):
        plan = msgspec.json.decode(plan)
    return int(plan[0]["Plan"]["Plan Rows"])


def _hits(rows: Sequence[Any], words: list[str]) -> list[Hit]:
    texts = channels.get_activities(row[0] for row in rows if row[2] is None)
    names = customers.get_names(row[4] for row in rows)
    hits = []
    for message_id, conversation_id, author_id, direction, handle_id, body, network, author, *_ in rows:
        said = texts.get(message_id)
        if said is not None and said.deleted_at is not None:
            continue
        known = names.get(handle_id)
        before, match, after = excerpt(said.text or said.subject if said else body, words)
        hits.append(
            Hit(
                message_id=message_id,
                conversation_id=conversation_id,
                at=said.at if said else ids.moment_of(message_id),
                is_ours=direction == 2 or author_id is not None,
                network=network,
                customer_id=known.customer_id if known else None,
                name=known.name if known else author,
                before=before,
                match=match,
                after=after,
            )
        )
    return hits


def excerpt(text: str, words: Sequence[str]) -> tuple[str, str, str]:
    """The part of a text around the first of some words: before, the word as it stands, after."""
    line = " ".join(text.split())
    lower = line.lower()
    if len(lower) != len(line):
        return "", "", line[: BEFORE + AFTER]
    places = [m for word in words for m in [re.search(rf"\b{re.escape(word)}\w*", lower)] if m]
    if not places:
        return "", "", line[: BEFORE + AFTER]
    first = min(places, key=lambda m: m.start())
    start = max(0, first.start() - BEFORE)
    before = ("…" if start else "") + line[start : first.start()]
    after = line[first.end() : first.end() + AFTER]
    return before, line[first.start() : first.end()], after + ("…" if first.end() + AFTER < len(line) else "")
