"""What was said in a room. The caller has proven that whoever looks may read it."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.database.bulk import fetch

MOST = 500


@dataclass(frozen=True, slots=True)
class MessageItem:
    """Something said in a room. `by_partner` tells the side; `document_ids` came with it."""

    id: int
    room_id: int
    by_partner: bool
    author_key: str
    author_name: str
    organisation: str
    text: str
    at: datetime
    document_ids: tuple[int, ...] = ()


def messages_of(room_ids: list[int], *, after: int = 0) -> list[MessageItem]:
    """The newest 500 messages of some rooms, oldest first."""
    rows = fetch(
        "SELECT m.id, m.room_id, m.author_id IS NULL, coalesce(m.partner_id::text, m.author_id::text, ''), m.author_name,"
        " coalesce(p.organisation, ''), m.text, m.at,"
        " array(SELECT s.document_id FROM partner_share s WHERE s.message_id = m.id AND s.ended_at IS NULL ORDER BY s.id)"
        " FROM partner_message m LEFT JOIN partner p ON p.id = m.partner_id"
        " WHERE m.room_id = ANY(%s::bigint[]) AND m.id > %s ORDER BY m.id DESC LIMIT %s",
        [room_ids, after, MOST],
    )
    return [MessageItem(*(*row[:8], tuple(row[8]))) for row in reversed(rows)]
