"""Whom somebody talks with in public, as far as the viewer may see what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.insight.social.queries import seeing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class Companion:
    """A handle that somebody talks with: how often they turned to it (`to`), it to them (`back`), and when last.

    `customer_id` is who it is, where that is a customer the company has.
    """

    handle_id: int
    name: str
    address: str
    network: str
    to: int
    back: int
    last_at: datetime
    customer_id: int | None

    @property
    def times(self) -> int:
        """Both ways together."""
        return self.to + self.back


# Ties of these handles, newest first as far as needed; what is between the customer's own handles is left out.
TIES = f"""
SELECT t.other, t.activity_id, t.is_to, a.at FROM (
  (SELECT t.to_id AS other, t.activity_id, true AS is_to FROM talk t WHERE t.from_id = ANY(%(handles)s::bigint[])
   ORDER BY t.activity_id DESC LIMIT %(most)s)
  UNION ALL
  (SELECT t.from_id, t.activity_id, false FROM talk t WHERE t.to_id = ANY(%(handles)s::bigint[])
   ORDER BY t.activity_id DESC LIMIT %(most)s)) t
JOIN activity a ON a.id = t.activity_id AND a.flags & 32 = 0
WHERE t.other <> ALL(%(handles)s::bigint[]) AND {seeing.VISIBLE}
"""
MOST = 2_000


def list_company(viewer: Viewer, handle_ids: Sequence[int], *, limit: int = 12) -> list[Companion]:
    """Whom these handles talk with, most often first, from their newest 2,000 ties each way. For callers who have proved the customer."""
    rows = fetch(
        f"SELECT h.id, h.name, h.address, h.network, g.sent, g.back, g.last_at, r.customer_id FROM ("
        f" SELECT other, count(*) FILTER (WHERE is_to) AS sent, count(*) FILTER (WHERE NOT is_to) AS back, max(at) AS last_at"
        f" FROM ({TIES}) ties GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %(limit)s) g"
        " JOIN handle h ON h.id = g.other LEFT JOIN source_record r ON r.handle_id = h.id"
        " ORDER BY g.sent + g.back DESC, h.id",
        {**seeing.of(viewer), "handles": array(handle_ids), "most": MOST, "limit": limit},
    )
    return [Companion(*row) for row in rows]


def list_between(viewer: Viewer, handle_ids: Sequence[int], other_id: int, *, limit: int = 100) -> list[int]:
    """The activities by which these handles and another one turned to each other, the newest first."""
    rows = fetch(
        f"SELECT activity_id FROM ({TIES}) ties WHERE other = %(other)s ORDER BY at DESC, activity_id DESC LIMIT %(limit)s",
        {**seeing.of(viewer), "handles": array(handle_ids), "most": MOST, "limit": limit, "other": other_id},
    )
    return [row[0] for row in rows]


def list_heard(viewer: Viewer, handle_id: int, *, limit: int = 100) -> list[int]:
    """The activities by which others turned to a handle, the newest first: what its place rests on."""
    rows = fetch(
        f"SELECT a.id FROM talk t JOIN activity a ON a.id = t.activity_id AND a.flags & 32 = 0 WHERE t.to_id = %(handle)s"
        f" AND {seeing.VISIBLE} ORDER BY a.at DESC, a.id DESC LIMIT %(limit)s",
        {**seeing.of(viewer), "handle": handle_id, "limit": limit},
    )
    return [row[0] for row in rows]
