"""Resolve: a conversation is done, and the next one comes; or its sender is not heard any more."""

from datetime import datetime

from django.db import transaction

from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations import queries as conversation_queries
from midchannel.outside.channels import actions as channels
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor


def resolve(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """Call it done. What the customer writes next opens it again."""
    conversations.resolve(viewer, conversation_id, now=now)


def resolve_and_next(
    viewer: Viewer,
    conversation_id: int,
    *,
    view: str,
    queue_id: int | None = None,
    channel_id: int | None = None,
    now: datetime,
) -> int | None:
    """Call it done and give the conversation that is now first in the viewer's list, or None when the list is empty."""
    resolve(viewer, conversation_id, now=now)
    page = conversation_queries.list_conversations(viewer, view=view, queue_id=queue_id, channel_id=channel_id, limit=2)
    return next((row.id for row in page.items if row.id != conversation_id), None)


@transaction.atomic
def block_sender(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """It is spam, and whatever its author says from now on is too."""
    row = conversation_queries.get_conversation(viewer, conversation_id).row
    channels.block_handle(Actor(viewer.name, viewer.user_id), row.handle_id, now=now)
    conversations.mark_spam(viewer, conversation_id, now=now)


@transaction.atomic
def unblock_sender(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """Hear its author again; the conversation itself waits for an answer again."""
    row = conversation_queries.get_conversation(viewer, conversation_id).row
    channels.unblock_handle(Actor(viewer.name, viewer.user_id), row.handle_id, now=now)
    conversations.not_spam(viewer, conversation_id, now=now)
