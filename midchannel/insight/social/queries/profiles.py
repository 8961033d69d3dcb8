"""What each source says about somebody, as it says it now, with its age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class Profile:
    """One record's attributes. `said_at` None: nobody said when; `is_expired`: third-party words that are not used any more."""

    record_id: int
    source: str
    name: str
    address: str
    url: str
    attributes: dict[str, Any]
    said_at: datetime | None
    is_expired: bool


def list_profiles(record_ids: Sequence[int], *, now: datetime) -> list[Profile]:
    """The records that say anything of themselves, or have a page to look at. For callers who have proved the customer."""
    rows = fetch(
        "SELECT r.id, coalesce(h.network, r.source), r.name, coalesce(h.address, ''), coalesce(h.url, ''),"
        " coalesce(r.attributes, '{}')::text, r.said_at, coalesce(r.expires_at <= %s, false)"
        " FROM source_record r LEFT JOIN handle h ON h.id = r.handle_id WHERE r.id = ANY(%s::bigint[])"
        " AND (r.attributes IS NOT NULL OR coalesce(h.url, '') <> '') ORDER BY r.said_at DESC NULLS LAST, r.id",
        [now, array(record_ids)],
    )
    found = [Profile(*(*row[:5], msgspec.json.decode(row[5]), *row[6:])) for row in rows]
    return [each for each in found if not each.is_expired]
