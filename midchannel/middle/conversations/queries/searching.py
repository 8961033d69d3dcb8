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
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.database.paging import check_limit, decode_cursor, encode_cursor

LAST = 2**63 - 1
SLICES = 6
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


CANDIDATES = """
SELECT id FROM (
 (SELECT a.id FROM activity a WHERE to_tsvector('simple', a.text) @@ %(query)s::tsquery AND a.id >= %(low)s AND a.id < %(high)s
  ORDER BY a.id DESC LIMIT %(candidates)s)
 UNION
 (SELECT m.id FROM message m WHERE m.body <> '' AND to_tsvector('simple', m.body) @@ %(query)s::tsquery
  AND m.id >= %(low)s AND m.id < %(high)s ORDER BY m.id DESC LIMIT %(candidates)s)
 UNION
 (SELECT v.activity_id FROM activity_version v WHERE to_tsvector('simple', v.text) @@ %(query)s::tsquery
  AND v.activity_id >= %(low)s AND v.activity_id < %(high)s ORDER BY v.activity_id DESC LIMIT %(candidates)s)
) AS found ORDER BY id DESC LIMIT %(candidates)s
"""

FOUND = f"""
SELECT m.id, m.conversation_id, m.author_id, m.direction, c.handle_id, m.body, ch.network, coalesce(u.name, '')
FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN channel ch ON ch.id = c.channel_id
LEFT JOIN account_user u ON u.id = m.author_id
WHERE m.id = ANY(%(ids)s::bigint[]) AND {seeing.VISIBLE} ORDER BY m.id DESC LIMIT %(limit)s
"""

# The quantiles of the ids in each partition, and how many rows it has, as the last ANALYZE saw them.
QUANTILES = """
SELECT greatest(c.reltuples, 0), s.histogram_bounds::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
JOIN pg_stats s ON s.tablename = c.relname AND s.schemaname = current_schema() AND s.attname = 'id'
WHERE i.inhparent = 'activity'::regclass AND s.histogram_bounds IS NOT NULL
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
    query = query_of(text, is_unfinished=is_unfinished)
    keys = decode_cursor(cursor, int)
    below = int(keys[0] or 0) if keys else LAST
    rows, reached = _walk(viewer, query, below, limit)
    shown = rows[:limit]
    if len(rows) > limit:
        reached = shown[-1][0]
    back_to = ids.moment_of(reached) if reached else None
    return Hits(_hits(shown, words), encode_cursor(reached) if reached else None, back_to)


def query_of(text: str, *, is_unfinished: bool = False) -> str:
    """The words of a text as PostgreSQL searches for them, a `tsquery`; "" where there is nothing to search for."""
    text = text.replace("\0", " ")
    words = WORD.findall(text.lower())
    if is_unfinished and words:
        prefix = " & ".join([*words[:-1], f"{words[-1]}:*"])
        return str(fetch("SELECT to_tsquery('simple', %s)::text", [prefix])[0][0])
    return str(fetch("SELECT websearch_to_tsquery('simple', %s)::text", [text])[0][0])


def _walk(viewer: Viewer, query: str, below: int, limit: int) -> tuple[list[Any], int]:
    """Rows (one more than the page when there is more), and the id down to which was looked (0: to the beginning)."""
    rows: list[Any] = []
    values = {**seeing.of(viewer), "query": query}
    looked, high, candidates = 0, below, 2 * limit
    for low in _cuts(query, below, limit) if query else []:
        while high > low:
            if looked == SLICES:
                return rows, high
            looked += 1
            values |= {"low": low, "high": high, "candidates": candidates}
            found = [row[0] for row in fetch(CANDIDATES, values)]
            rows += fetch(FOUND, values | {"ids": array(found), "limit": limit + 1 - len(rows)}) if found else []
            if len(rows) > limit:
                return rows, int(rows[limit][0])
            high = found[-1] if len(found) == candidates else low
            candidates *= 2
    return rows, 0


def _cuts(query: str, below: int, limit: int) -> Iterator[int]:
    """The lower ends of slices, newest first, each with about four pages of hits, then twice as many, and so on; 0 at last."""
    spans = _spans(below)
    rows = sum(weight for _, weight in spans)
    share = _estimate(query) / rows if rows else 0.0
    expected, wanted = 0.0, 4.0 * limit
    if share * rows > 2 * wanted:
        for low, weight in spans:
            expected += share * weight
            if expected >= wanted:
                yield low
                expected, wanted = 0.0, 2 * wanted
    yield 0


def _spans(below: int) -> list[tuple[int, float]]:
    """Spans of ids below one, newest first: where each begins, and about how many activities are in it."""
    spans = []
    for rows, bounds in fetch(QUANTILES):
        edges = [int(edge) for edge in bounds.strip("{}").split(",")]
        weight = rows / max(len(edges) - 1, 1)
        spans += [(edge, weight) for edge in edges[:-1] if edge < below]
    return sorted(spans, reverse=True)


def _estimate(query: str) -> float:
    plan = fetch(
        "EXPLAIN (FORMAT JSON) SELECT 1 FROM activity a WHERE to_tsvector('simple', a.text) @@ %s::tsquery", [query]
    )
    tree = msgspec.json.decode(plan[0][0]) if isinstance(plan[0][0], str) else plan[0][0]
    return float(tree[0]["Plan"]["Plan Rows"])


def _hits(rows: Sequence[Any], words: list[str]) -> list[Hit]:
    texts = channels.get_activities(row[0] for row in rows if row[2] is None)
    names = customers.get_names(row[4] for row in rows)
    hits = []
    for message_id, conversation_id, author_id, direction, handle_id, body, network, author in rows:
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
