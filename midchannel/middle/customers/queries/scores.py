"""What was computed about somebody, with its source and age, and whether it still rests on the records they have now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from midchannel.platform.database.bulk import array, fetch

# The fingerprint of a customer's records: the same for the same set of them, whatever happened in between.
BASIS = "(SELECT md5(string_agg(b.id::text, ',' ORDER BY b.id)) FROM source_record b WHERE b.customer_id = {customer})"


@dataclass(frozen=True, slots=True)
class Computed:
    """A score on its way in: a number with its interval, and what it rests on (plain JSON)."""

    subject_id: int
    value: float | None
    low: float | None = None
    high: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Score:
    """A score as it was computed. `is_stale`: the customer has other records now, and it is about to be computed anew."""

    subject_id: int
    name: str
    value: float | None
    low: float | None
    high: float | None
    detail: dict[str, Any]
    source: str
    computed_at: datetime
    is_stale: bool


def get_scores(subject: str, subject_ids: Sequence[int], *, name: str) -> dict[int, Score]:
    """Scores of one name, by subject. For callers who have proved the right to see these people. One query."""
    basis = BASIS.format(customer="s.subject_id")
    rows = fetch(
        "SELECT s.subject_id, s.name, s.value, s.low, s.high, s.detail::text, s.source, s.computed_at,"
        f" s.subject = 'customer' AND s.basis IS DISTINCT FROM {basis}"
        " FROM customer_score s WHERE s.subject = %s AND s.name = %s AND s.subject_id = ANY(%s::bigint[])",
        [subject, name, array(subject_ids)],
    )
    return {row[0]: Score(*(*row[:5], msgspec.json.decode(row[5]), *row[6:])) for row in rows}


def list_stale(*, limit: int = 10_000) -> list[int]:
    """Customers whose scores rest on other records than they have now. For the machine."""
    rows = fetch(
        "SELECT DISTINCT s.subject_id FROM customer_score s WHERE s.subject = 'customer'"
        f" AND s.basis IS DISTINCT FROM {BASIS.format(customer='s.subject_id')} LIMIT %s",
        [limit],
    )
    return [row[0] for row in rows]
