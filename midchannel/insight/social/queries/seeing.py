"""Which activities a viewer may see, as SQL: what is in a conversation with it, the rest with its channel, as in a timeline."""

from midchannel.middle.conversations.queries import seeing
from midchannel.platform.accounts.queries import Viewer

# Of an activity `a`.
VISIBLE = f"""EXISTS (SELECT 1 FROM channel ch LEFT JOIN message m ON m.id = a.id LEFT JOIN conversation c ON c.id = m.conversation_id
 WHERE ch.id = a.channel_id AND CASE WHEN m.id IS NULL THEN ch.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND ch.scope_id IS NULL)
 ELSE {seeing.VISIBLE} END)"""


def of(viewer: Viewer) -> dict[str, object]:
    """The values that `VISIBLE` needs."""
    return seeing.of(viewer)
