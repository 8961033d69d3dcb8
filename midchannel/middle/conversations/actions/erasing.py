"""Somebody's part in conversations is erased; what others said in them stays.

A conversation in which nobody else from outside spoke goes whole, our answers included: they were letters to this person. One in which
others spoke stays with their words and what we said to all; what we said to this person alone goes. In the caller's transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from midchannel.middle.conversations.actions import removing
from midchannel.platform.database.bulk import array, execute, fetch


@dataclass(frozen=True, slots=True)
class Parts:
    """Conversations somebody took part in: `whole` are theirs alone, `shared` others spoke in (or were begun by others)."""

    whole: list[int]
    shared: list[int]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The messages of shared conversations: what others from outside said, and what we did."""

    by_others: list[int]
    ours: list[int]


def list_parts(handle_ids: Sequence[int], activity_ids: Sequence[int]) -> Parts:
    """Every conversation with them, or in which they spoke or were copied in."""
    handles, activities = array(handle_ids), array(activity_ids)
    rows = fetch(
        "SELECT c.id, c.handle_id = ANY(%s::bigint[]) AND NOT EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id"
        "  AND m.direction = 1 AND m.id <> ALL(%s::bigint[])) FROM conversation c WHERE c.handle_id = ANY(%s::bigint[])"
        " OR c.id IN (SELECT conversation_id FROM message WHERE id = ANY(%s::bigint[]))"
        " OR c.id IN (SELECT conversation_id FROM conversation_participant WHERE handle_id = ANY(%s::bigint[]))",
        [handles, activities, handles, activities, handles],
    )
    whole = [identifier for identifier, is_whole in rows if is_whole]
    joined = fetch("SELECT id FROM conversation WHERE joined_into_id = ANY(%s::bigint[])", [array(whole)])
    whole = sorted({*whole, *(identifier for (identifier,) in joined)})
    return Parts(whole, sorted({identifier for identifier, _ in rows} - set(whole)))


def list_spoken(parts: Parts, activity_ids: Sequence[int]) -> Spoken:
    """What was said in the shared ones, without what they said themselves."""
    rows = fetch(
        "SELECT id, direction FROM message WHERE conversation_id = ANY(%s::bigint[]) AND id <> ALL(%s::bigint[])",
        [array(parts.shared), array(activity_ids)],
    )
    return Spoken([i for i, direction in rows if direction == 1], [i for i, direction in rows if direction == 2])


def list_own_words(conversation_ids: Sequence[int]) -> list[int]:
    """What we said in some conversations."""
    rows = fetch(
        "SELECT id FROM message WHERE direction = 2 AND conversation_id = ANY(%s::bigint[])", [array(conversation_ids)]
    )
    return [identifier for (identifier,) in rows]


def erase_parts(parts: Parts, handle_ids: Sequence[int], message_ids: Sequence[int]) -> dict[str, int]:
    """Remove whole conversations, and from shared ones some messages and the person. Returns counts by table."""
    drafts = fetch(
        "SELECT count(*) FROM conversation_draft WHERE conversation_id = ANY(%s::bigint[])", [array(parts.whole)]
    )
    counts = {"message": 0, "conversation": len(parts.whole), "conversation_draft": int(drafts[0][0])}
    counts["message"] += len(removing.remove_conversations(parts.whole))
    gone, shared, handles = array(message_ids), array(parts.shared), array(handle_ids)
    execute("DELETE FROM awaited_parent WHERE message_id = ANY(%s::bigint[])", [gone])
    counts["message"] += execute("DELETE FROM message WHERE id = ANY(%s::bigint[])", [gone])
    counts["conversation_participant"] = execute(
        "DELETE FROM conversation_participant WHERE handle_id = ANY(%s::bigint[])", [handles]
    )
    # What was theirs is now with whoever spoke first of those who are left; the subject was theirs.
    execute(
        "UPDATE conversation c SET subject = '', handle_id = o.handle_id FROM (SELECT DISTINCT ON (m.conversation_id) m.conversation_id,"
        "  a.handle_id FROM message m JOIN activity a ON a.id = m.id WHERE m.conversation_id = ANY(%s::bigint[]) AND m.direction = 1"
        "  ORDER BY m.conversation_id, m.id) o WHERE c.id = o.conversation_id AND c.handle_id = ANY(%s::bigint[])",
        [shared, handles],
    )
    execute(
        "UPDATE conversation c SET last_message_id = coalesce(m.last_id, c.id), last_in_id = m.last_in_id FROM"
        " (SELECT v.id, max(x.id) AS last_id, max(x.id) FILTER (WHERE x.direction = 1) AS last_in_id FROM conversation v"
        "  LEFT JOIN message x ON x.conversation_id = v.id WHERE v.id = ANY(%s::bigint[]) GROUP BY 1) m WHERE c.id = m.id",
        [shared],
    )
    return counts


def redact_shared(parts: Parts, redact: Callable[[str], str]) -> dict[str, int]:
    """In what we said and drafted in shared conversations, the person's addresses and words go. Returns how many changed by table."""
    changed = {"message": 0, "conversation_draft": 0}
    for table, column, where in (
        ("message", "body", "direction = 2 AND conversation_id"),
        ("conversation_draft", "text", "conversation_id"),
    ):
        for identifier, text in fetch(
            f"SELECT id, {column} FROM {table} WHERE {where} = ANY(%s::bigint[])", [array(parts.shared)]
        ):
            cleaned = redact(text)
            if cleaned != text:
                execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [cleaned, identifier])
                changed[table] += 1
    return changed
