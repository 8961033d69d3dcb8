"""What facts read of the rooms below, set-based: of conversations and messages, never a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class Bearing:
    """Of a conversation: what does not change, or is only a fallback (`scope_id`)."""

    handle_id: int
    channel_id: int
    scope_id: int
    opened_at: datetime
    opened_by_us: bool


def get_bearings(conversation_ids: Iterable[int]) -> dict[int, Bearing]:
    """Bearings of some conversations, by id; those that were erased are missing."""
    rows = fetch(
        "SELECT id, handle_id, channel_id, coalesce(scope_id, 0), opened_at, opened_by_us FROM conversation WHERE id = ANY(%s::bigint[])",
        [array(conversation_ids)],
    )
    return {identifier: Bearing(*rest) for identifier, *rest in rows}


def get_authors(message_ids: Iterable[int]) -> dict[int, int | None]:
    """Who wrote some messages of ours."""
    return dict(fetch("SELECT id, author_id FROM message WHERE id = ANY(%s::bigint[])", [array(message_ids)]))
