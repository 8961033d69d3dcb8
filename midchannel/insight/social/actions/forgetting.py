"""What is gone leaves nothing behind here."""

from collections.abc import Sequence

from midchannel.platform.database.bulk import array, execute


def forget_handles(handle_ids: Sequence[int]) -> int:
    """Remove all that is noted of some handles. In the caller's transaction. Returns how many ties went."""
    wanted = array(handle_ids)
    execute("DELETE FROM talk_awaited WHERE from_id = ANY(%s::bigint[])", [wanted])
    execute(
        "UPDATE social_community SET handles = coalesce((SELECT jsonb_agg(h) FROM jsonb_array_elements(handles) h"
        " WHERE NOT (h #>> '{}')::bigint = ANY(%s::bigint[])), '[]')",
        [wanted],
    )
    return execute("DELETE FROM talk WHERE from_id = ANY(%s::bigint[]) OR to_id = ANY(%s::bigint[])", [wanted, wanted])


def forget_gone() -> int:
    """Remove ties whose words were taken back, or whose activity or people are no longer there. Returns how many."""
    execute("DELETE FROM talk_awaited t WHERE NOT EXISTS (SELECT 1 FROM activity a WHERE a.id = t.activity_id)")
    return execute(
        "DELETE FROM talk t WHERE NOT EXISTS (SELECT 1 FROM activity a WHERE a.id = t.activity_id AND a.flags & 32 = 0)"
        " OR NOT EXISTS (SELECT 1 FROM handle h WHERE h.id = t.to_id)"
    )
