"""How many follow somebody, as their networks' profiles said it over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class Followers:
    """What one record said over time: (moment, count), oldest first."""

    record_id: int
    source: str
    name: str
    counts: tuple[tuple[datetime, int], ...]

    @property
    def now(self) -> int:
        """What it says now."""
        return self.counts[-1][1]


COUNT = "coalesce({row}.attributes ->> 'followers', {row}.attributes ->> 'x_followers')"
SAID = f"""
SELECT r.id, r.source, r.name, s.at, s.said FROM source_record r CROSS JOIN LATERAL (
  SELECT v.at, {COUNT.format(row="v")} AS said FROM source_record_version v WHERE v.record_id = r.id
  UNION ALL SELECT coalesce(r.said_at, %(now)s), {COUNT.format(row="r")}) s
WHERE r.id = ANY(%(records)s::bigint[]) AND s.said ~ '^[0-9]{{1,12}}$' AND (r.expires_at IS NULL OR r.expires_at > %(now)s)
ORDER BY r.id, s.at LIMIT 2000
"""


def list_followers(record_ids: Sequence[int], *, now: datetime) -> list[Followers]:
    """Follower counts of some records; those that never said any are missing. For callers who have proved the customer."""
    found: dict[int, tuple[str, str, list[tuple[datetime, int]]]] = {}
    for record_id, source, name, at, said in fetch(SAID, {"records": array(record_ids), "now": now}):
        found.setdefault(record_id, (source, name, []))[2].append((at, int(said)))
    return [Followers(record_id, source, name, tuple(counts)) for record_id, (source, name, counts) in found.items()]
