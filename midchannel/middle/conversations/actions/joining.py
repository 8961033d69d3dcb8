"""Two conversations turn out to be one: their messages come together; nothing is lost, and the empty one says where they went."""

from collections.abc import Sequence
from datetime import datetime

from midchannel.middle.conversations.models import State
from midchannel.platform.database.bulk import execute


def join(pairs: Sequence[tuple[int, int]], *, now: datetime) -> list[int]:
    """Move each first conversation's messages into the second. Returns those that are now empty. In the caller's transaction."""
    target_of: dict[int, int] = {}
    for source, target in pairs:
        final = _final(target, target_of)
        if source != final and source not in target_of:
            target_of[source] = final
    for source in target_of:
        _move(source, _final(source, target_of), now=now)
    return list(target_of)


def _final(conversation_id: int, target_of: dict[int, int]) -> int:
    seen = set()
    while conversation_id in target_of and conversation_id not in seen:
        seen.add(conversation_id)
        conversation_id = target_of[conversation_id]
    return conversation_id


def _move(source: int, target: int, *, now: datetime) -> None:
    execute("UPDATE message SET conversation_id = %s WHERE conversation_id = %s", [target, source])
    execute(
        "INSERT INTO conversation_participant (conversation_id, handle_id)"
        " SELECT %s, handle_id FROM conversation_participant WHERE conversation_id = %s ON CONFLICT DO NOTHING",
        [target, source],
    )
    execute(
        "UPDATE conversation t SET last_message_id = greatest(t.last_message_id, s.last_message_id),"
        " last_in_id = greatest(t.last_in_id, s.last_in_id), owner_id = coalesce(t.owner_id, s.owner_id),"
        " state = CASE WHEN s.state = %s THEN s.state ELSE t.state END, opened_at = least(t.opened_at, s.opened_at),"
        " waiting_since = least(t.waiting_since, s.waiting_since) FROM conversation s WHERE t.id = %s AND s.id = %s",
        [State.OPEN, target, source],
    )
    execute(
        "UPDATE conversation SET joined_into_id = %s, state = %s, resolved_at = %s, owner_id = NULL, waiting_since = NULL"
        " WHERE id = %s",
        [target, State.RESOLVED, now, source],
    )
