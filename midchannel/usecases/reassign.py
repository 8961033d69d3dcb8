"""Reassign: a conversation goes to a colleague or to a queue, and with a queue to its team."""

from datetime import datetime

from django.db import transaction

from midchannel.inside.service import queries as service
from midchannel.inside.teamwork import actions as teamwork
from midchannel.middle.conversations import actions as conversations
from midchannel.platform.accounts.queries import Viewer


@transaction.atomic
def reassign(
    viewer: Viewer,
    conversation_id: int,
    *,
    owner_id: int | None = None,
    queue_id: int | None = None,
    now: datetime,
) -> None:
    """Hand it over. Those who see it are the queue's team from now on; a colleague gets a notice.

    Raises QueueNotFoundError, InvalidError (the colleague is not in that team), ConversationNotFoundError.
    """
    scope_id = service.get_queue(viewer, queue_id).scope_id if queue_id is not None else None
    conversations.reassign(viewer, conversation_id, owner_id=owner_id, queue_id=queue_id, scope_id=scope_id, now=now)
    if owner_id is not None and owner_id != viewer.user_id:
        teamwork.notify(
            viewer, [owner_id], kind="assigned", object_type="conversation", object_id=conversation_id, text="", now=now
        )
