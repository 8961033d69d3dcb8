"""Totals of the whole company, for what is frozen before a channel opens. For the machine: no viewer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class Totals:
    """How many facts of each kind there are, and when the first was."""

    counts: dict[int, int] = field(default_factory=dict)
    since: datetime | None = None


def count_all_before(moment: datetime) -> Totals:
    """All facts of hours that began before a moment."""
    rows = fetch("SELECT kind, sum(count)::bigint, min(hour) FROM fact_hour WHERE hour < %s GROUP BY kind", [moment])
    return Totals({kind: count for kind, count, _ in rows}, min((since for _, _, since in rows), default=None))


def count_all_by_week(starts: Sequence[datetime], length: timedelta) -> list[dict[int, int]]:
    """Facts by kind in each of some weeks."""
    weeks: list[dict[int, int]] = [{} for _ in starts]
    rows = fetch(
        "SELECT w.ordinality, h.kind, sum(h.count)::bigint FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS w(start, ordinality)"
        " JOIN fact_hour h ON h.hour >= w.start AND h.hour < w.start + %s GROUP BY 1, 2",
        [list(starts), length],
    )
    for number, kind, count in rows:
        weeks[number - 1][kind] = count
    return weeks


def events_until() -> int:
    """The last event that facts have been made from: whoever prunes events stays behind it."""
    return int(fetch("SELECT coalesce(max(event_id), 0) FROM fact_projection")[0][0])
