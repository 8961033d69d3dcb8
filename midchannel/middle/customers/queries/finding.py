"""Lists of customers and search for people, by words of their names, by addresses and by identifiers."""

import re
from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.customers.queries import seeing
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.database.paging import Page, check_limit, cut, decode_cursor

# How many names are looked at before permission narrows them: what is more frequent wants another word.
CANDIDATES = 400
SHORTEST = 2
UNFINISHED = 3
LONGEST = 200
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in a list. `address` is that of their first handle, `met` the text that a search met."""

    id: int
    name: str
    kind: str
    network: str
    address: str
    handles: int
    last_message_id: int | None = None
    met: str = ""

    @property
    def last_at(self) -> datetime:
        """When they were last heard (or, without any conversation, first met)."""
        return ids.moment_of(self.last_message_id or self.id)


ROW = """
CROSS JOIN LATERAL (SELECT min(o.handle_id) AS handle_id, count(*) AS handles FROM source_record o WHERE o.customer_id = c.id) s
LEFT JOIN handle h ON h.id = s.handle_id
"""

# Walks each scope's conversations by their last word; a customer stands where their newest visible conversation does, so once.
RECENT = """
WITH latest AS MATERIALIZED (
 SELECT l.last_message_id, l.customer_id FROM
  (SELECT scope_id FROM team WHERE %(lead)s OR scope_id = ANY(%(scopes)s::bigint[])) t
  CROSS JOIN generate_series(1, 4) AS state
  CROSS JOIN LATERAL (
   SELECT v.last_message_id, r.customer_id FROM conversation v JOIN source_record r ON r.handle_id = v.handle_id
   WHERE v.scope_id = t.scope_id AND v.state = state.state AND v.joined_into_id IS NULL
    AND (%(before)s::bigint IS NULL OR v.last_message_id < %(before)s)
    AND NOT EXISTS (SELECT 1 FROM source_record n JOIN conversation w ON w.handle_id = n.handle_id
     WHERE n.customer_id = r.customer_id AND w.last_message_id > v.last_message_id AND w.state < 5 AND w.joined_into_id IS NULL
      AND (w.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND w.scope_id IS NOT NULL)))
   ORDER BY v.last_message_id DESC LIMIT %(limit)s) l
 ORDER BY 1 DESC LIMIT %(limit)s
)
SELECT c.id, c.name, c.kind, coalesce(h.network, ''), coalesce(h.address, ''), s.handles, l.last_message_id
FROM latest l JOIN customer c ON c.id = l.customer_id
""" + ROW + " ORDER BY l.last_message_id DESC"  # fmt: skip

FOUND = f"""
WITH met AS MATERIALIZED (
 (SELECT r.customer_id, r.name AS text FROM source_record r
  WHERE %(words)s <> '' AND to_tsvector('simple', r.name) @@ to_tsquery('simple', %(words)s) LIMIT {CANDIDATES})
 UNION ALL
 (SELECT r.customer_id, a.address FROM handle a JOIN source_record r ON r.handle_id = a.id
  WHERE lower(a.address) LIKE %(prefix)s LIMIT {CANDIDATES})
 UNION ALL
 (SELECT r.customer_id, i.value FROM identifier i JOIN source_record r ON r.id = i.record_id
  WHERE lower(i.value) LIKE %(prefix)s LIMIT {CANDIDATES})
), once AS (SELECT customer_id, min(text) AS text FROM met GROUP BY 1)
SELECT c.id, c.name, c.kind, coalesce(h.network, ''), coalesce(h.address, ''), s.handles, NULL::bigint, m.text
FROM (SELECT customer_id, text FROM (
   SELECT customer_id, text FROM once WHERE %(before)s::bigint IS NULL OR customer_id < %(before)s ORDER BY customer_id DESC OFFSET 0) o
  WHERE {seeing.visible("o.customer_id")} LIMIT %(limit)s) m
JOIN customer c ON c.id = m.customer_id
{ROW} ORDER BY c.id DESC
"""


def list_customers(viewer: Viewer, cursor: str | None = None, *, limit: int = 50) -> Page[CustomerRow]:
    """The customers behind the conversations the viewer may see (leads: all teams'), whoever was in touch last first."""
    limit = check_limit(limit)
    keys = decode_cursor(cursor, int)
    values = {"before": keys[0] if keys else None, "limit": limit + 1, **seeing.of(viewer)}
    rows = [CustomerRow(*row) for row in fetch(RECENT, values)]
    return cut(rows, limit, lambda row: (row.last_message_id,))


def find_customers(viewer: Viewer, text: str, cursor: str | None = None, *, limit: int = 20) -> Page[CustomerRow]:
    """Customers a text means: words of a name (the last may be unfinished), or the beginning of an address, number or identifier.

    Newest met first, no total. Texts shorter than two characters find nothing.
    """
    limit = check_limit(limit)
    text = text.strip().lower()[:LONGEST]
    if len(text) < SHORTEST:
        return Page([])
    keys = decode_cursor(cursor, int)
    values = {
        "words": words_of(text),
        "prefix": _prefix_of(text),
        "before": keys[0] if keys else None,
        "limit": limit + 1,
        **seeing.of(viewer),
    }
    rows = [CustomerRow(*row) for row in fetch(FOUND, values)]
    return cut(rows, limit, lambda row: (row.id,))


def words_of(text: str) -> str:
    """The words of a text as PostgreSQL's `to_tsquery` wants them: all of them, the last one unfinished; "" when there are none.

    One or two letters alone are a whole word: too many names begin with them.
    """
    words = WORD.findall(text)
    if words and (len(words) > 1 or len(words[-1]) >= UNFINISHED):
        words[-1] = f"{words[-1]}:*"
    return " & ".join(words)


def _prefix_of(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"
