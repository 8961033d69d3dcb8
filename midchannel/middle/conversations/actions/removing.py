"""Messages are removed as if they had never come: the undo of an import, the end of the demo."""

from collections.abc import Sequence

from midchannel.platform.database.bulk import array, execute, fetch

OF_CONVERSATION = (
    "conversation_participant",
    "conversation_read",
    "conversation_draft",
    "conversation_presence",
    "message",
)


def remove_messages(message_ids: Sequence[int]) -> list[int]:
    """Remove messages, and conversations that have nothing else. Returns the conversations that went. In the caller's transaction."""
    wanted = array(message_ids)
    touched = array(
        row[0] for row in fetch("SELECT DISTINCT conversation_id FROM message WHERE id = ANY(%s::bigint[])", [wanted])
    )
    execute("DELETE FROM awaited_parent WHERE message_id = ANY(%s::bigint[])", [wanted])
    execute("DELETE FROM message WHERE id = ANY(%s::bigint[])", [wanted])
    rows = fetch(
        "SELECT c.id FROM conversation c WHERE c.id = ANY(%s::bigint[])"
        " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id)",
        [touched],
    )
    empty = [identifier for (identifier,) in rows]
    remove_conversations(empty)
    # What was joined into one that is gone goes with it.
    joined = fetch("SELECT id FROM conversation WHERE joined_into_id = ANY(%s::bigint[])", [array(empty)])
    remove_conversations([identifier for (identifier,) in joined])
    execute(
        "UPDATE conversation c SET last_message_id = m.last_id, last_in_id = m.last_in_id FROM"
        " (SELECT conversation_id, max(id) AS last_id, max(id) FILTER (WHERE direction = 1) AS last_in_id FROM message"
        "  WHERE conversation_id = ANY(%s::bigint[]) GROUP BY 1) m WHERE c.id = m.conversation_id",
        [touched],
    )
    return empty + [identifier for (identifier,) in joined]


def list_of_channels(channel_ids: Sequence[int]) -> list[int]:
    """Every conversation of some channels, for their removal."""
    rows = fetch("SELECT id FROM conversation WHERE channel_id = ANY(%s::int[])", [array(channel_ids)])
    return [identifier for (identifier,) in rows]


def remove_conversations(conversation_ids: Sequence[int]) -> list[int]:
    """Remove conversations whole, our replies included. Returns their messages' ids. In the caller's transaction."""
    if not conversation_ids:
        return []
    wanted = array(conversation_ids)
    messages = [row[0] for row in fetch("SELECT id FROM message WHERE conversation_id = ANY(%s::bigint[])", [wanted])]
    execute("DELETE FROM awaited_parent WHERE message_id = ANY(%s::bigint[])", [array(messages)])
    for table in OF_CONVERSATION:
        execute(f"DELETE FROM {table} WHERE conversation_id = ANY(%s::bigint[])", [wanted])
    execute("DELETE FROM conversation WHERE id = ANY(%s::bigint[])", [wanted])
    return messages


def participants_of(message_ids: Sequence[int]) -> set[int]:
    """Who takes part in the conversations of some messages, beside those who wrote."""
    rows = fetch(
        "SELECT DISTINCT p.handle_id FROM conversation_participant p JOIN message m ON m.conversation_id = p.conversation_id"
        " WHERE m.id = ANY(%s::bigint[])",
        [array(message_ids)],
    )
    return {identifier for (identifier,) in rows}


def handles_of(conversation_ids: Sequence[int]) -> set[int]:
    """Whom some conversations are with."""
    rows = fetch("SELECT handle_id FROM conversation WHERE id = ANY(%s::bigint[])", [array(conversation_ids)])
    return {identifier for (identifier,) in rows}


def handles_in_use(handle_ids: Sequence[int]) -> set[int]:
    """Those of some handles that a conversation is with, or that take part in one."""
    wanted = array(handle_ids)
    rows = fetch(
        "SELECT handle_id FROM conversation WHERE handle_id = ANY(%s::bigint[])"
        " UNION SELECT handle_id FROM conversation_participant WHERE handle_id = ANY(%s::bigint[])",
        [wanted, wanted],
    )
    return {identifier for (identifier,) in rows}
