"""What was said with somebody before: for the place beside a thread, and for their page."""

from collections.abc import Sequence

from midchannel.middle.conversations.queries import seeing
from midchannel.middle.conversations.queries.listing import ConversationRow, list_rows
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database import paging
from midchannel.platform.database.bulk import array, fetch

OF_HANDLES = (
    "SELECT c.id FROM conversation c WHERE c.handle_id = ANY(%(handles)s::bigint[]) AND c.joined_into_id IS NULL"
    " AND " + seeing.VISIBLE + " ORDER BY c.id DESC LIMIT %(limit)s"
)


def list_of_handles(viewer: Viewer, handle_ids: Sequence[int], *, limit: int = 20) -> list[ConversationRow]:
    """Conversations of a person's handles that the viewer may see, the newest first."""
    if not handle_ids:
        return []
    values = {**seeing.of(viewer), "handles": array(handle_ids), "limit": paging.check_limit(limit)}
    return list_rows(OF_HANDLES, values, order="c.id DESC")


def conversations_of(message_ids: Sequence[int]) -> dict[int, int]:
    """In which conversations some messages are. For callers who have proved the right to see them."""
    return dict(fetch("SELECT id, conversation_id FROM message WHERE id = ANY(%s::bigint[])", [array(message_ids)]))
