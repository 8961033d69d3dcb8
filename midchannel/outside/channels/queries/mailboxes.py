"""How far a mailbox has been read, and by which marks its mails found their threads."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from midchannel.outside.channels.kinds import Kind
from midchannel.outside.channels.queries.channels import get_channel
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch

COUNTED = timedelta(days=30)
NEWEST = 1000


@dataclass(frozen=True, slots=True)
class MailboxState:
    """`held` mails are in the folder at the provider (as of the last look), `read` of them were taken since its numbering began.

    Of the `counted` newest mails, `by_own` named a message of ours, `by_reference` another mail, `by_plus`
    only the plus-address.
    """

    folder: str
    held: int
    read: int
    counted: int
    by_own: int
    by_reference: int
    by_plus: int

    @property
    def is_behind(self) -> bool:
        """Whether mail waits at the provider."""
        return self.read < self.held


def get_mailbox_state(viewer: Viewer, channel_id: int, *, now: datetime) -> MailboxState | None:
    """None for a channel that is no mailbox or was never read. Raises ChannelNotFoundError."""
    get_channel(viewer, channel_id)
    cursor = msgspec.json.decode(
        fetch("SELECT cursor FROM channel WHERE id = %s", [channel_id])[0][0], type=dict[str, Any]
    )
    if "uidvalidity" not in cursor:
        return None
    rows = fetch(
        "SELECT data->>'threaded_by', count(*) FROM (SELECT data FROM activity WHERE channel_id = %s AND kind = %s AND id > %s"
        " ORDER BY id DESC LIMIT %s) newest GROUP BY 1",
        [channel_id, int(Kind.MAIL), ids.at(now - COUNTED), NEWEST],
    )
    count = dict(rows)
    return MailboxState(
        folder=str(cursor.get("folder", "")),
        held=int(cursor.get("at_provider") or 0),
        read=int(cursor.get("read") or 0),
        counted=sum(count.values()),
        by_own=count.get("own", 0),
        by_reference=count.get("reference", 0),
        by_plus=count.get("plus", 0),
    )
