"""Who may see which signal, as SQL: whoever may see the message, or (of what is in no conversation) whoever hears the channel.

Here this room's SQL names tables of rooms above it, because permission belongs into the query; it imports nothing of them.
"""

from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array

VISIBLE = """(CASE WHEN EXISTS (SELECT 1 FROM message vm WHERE vm.id = s.id) THEN EXISTS (
    SELECT 1 FROM message vm JOIN conversation vc ON vc.id = vm.conversation_id WHERE vm.id = s.id
    AND (vc.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND vc.scope_id IS NULL) OR EXISTS (
        SELECT 1 FROM scope_grant vg WHERE vg.user_id = %(me)s AND vg.object_type = 'conversation' AND vg.object_id = vc.id)))
 ELSE %(lead)s OR EXISTS (SELECT 1 FROM channel vh WHERE vh.id = s.channel_id
    AND (vh.scope_id IS NULL OR vh.scope_id = ANY(%(scopes)s::bigint[]))) END)"""


def of(viewer: Viewer) -> dict[str, object]:
    """The values that `VISIBLE` needs."""
    return {"scopes": array(viewer.scope_ids), "lead": viewer.is_lead, "me": viewer.user_id}
