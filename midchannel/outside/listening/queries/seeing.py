"""Who may see which text that a search found, as SQL over `activity a` and `channel ch`.

What is overheard is seen by whoever sees its channel's work; what was said to the company, by whoever sees its conversation.
"""

from midchannel.outside.channels.kinds import Flag
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array

VISIBLE = f"""((a.flags & {int(Flag.PRIVATE)} = 0 AND a.flags & {int(Flag.ADDRESSED)} = 0
 AND (%(lead)s OR ch.scope_id IS NULL OR ch.scope_id = ANY(%(scopes)s::bigint[])))
 OR EXISTS (SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.id = a.id
 AND (c.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND c.scope_id IS NULL) OR EXISTS (SELECT 1 FROM scope_grant g
 WHERE g.user_id = %(me)s AND g.object_type = 'conversation' AND g.object_id = c.id))))"""


def of(viewer: Viewer) -> dict[str, object]:
    """The values that `VISIBLE` needs."""
    return {"scopes": array(viewer.scope_ids), "lead": viewer.is_lead, "me": viewer.user_id}
