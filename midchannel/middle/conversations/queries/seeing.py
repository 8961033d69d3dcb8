"""Who may see which conversation, as SQL: in one of the viewer's scopes, by a grant, or (for leads) nobody's yet."""

from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array

VISIBLE = """(c.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND c.scope_id IS NULL) OR EXISTS (
    SELECT 1 FROM scope_grant g WHERE g.user_id = %(me)s AND g.object_type = 'conversation' AND g.object_id = c.id))"""


def of(viewer: Viewer) -> dict[str, object]:
    """The values that `VISIBLE` and the lists need."""
    return {"scopes": array(viewer.scope_ids), "lead": viewer.is_lead, "me": viewer.user_id}
