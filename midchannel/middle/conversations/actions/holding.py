"""What every story of a person here begins and ends with: the conversation locked and proven; the change audited and told."""

from datetime import datetime
from typing import TypeVar

from midchannel.middle.conversations.errors import ConversationNotFoundError
from midchannel.middle.conversations.events import ConversationChanged, ConversationEvent
from midchannel.middle.conversations.models import Conversation
from midchannel.middle.conversations.states import name_of
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor, Detail
from midchannel.platform.events import actions as events

E = TypeVar("E", bound=ConversationEvent)


def lock(viewer: Viewer, conversation_id: int) -> Conversation:
    """The conversation, locked until the transaction ends as filing locks it. Raises ConversationNotFoundError."""
    found = (
        Conversation.objects.visible_to(viewer)
        .filter(pk=conversation_id, joined_into_id=None)
        .select_for_update(no_key=True)
        .first()
    )
    if found is None:
        raise ConversationNotFoundError
    return found


def actor_of(viewer: Viewer) -> Actor:
    """The viewer as the audit names them."""
    return Actor(viewer.name, viewer.user_id)


def audience_of(conversation: Conversation) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Who may be told: the members of its scope, and its owner."""
    scopes = (conversation.scope_id,) if conversation.scope_id else ()
    owners = (conversation.owner_id,) if conversation.owner_id else ()
    return scopes, owners


def note(by: Actor, action: str, conversation: Conversation, *, now: datetime, **details: Detail) -> None:
    """Write the audit row of a change."""
    audit.record(by, action, object_type="conversation", object_id=conversation.pk, now=now, **details)


def tell(event: type[E], conversation: Conversation, *, now: datetime, **body: object) -> None:
    """Emit an event about a conversation to those who may know."""
    scope_ids, user_ids = audience_of(conversation)
    events.emit(
        event(
            object_id=conversation.pk,
            scope_ids=scope_ids,
            user_ids=user_ids,
            channel_id=conversation.channel_id,
            queue_id=conversation.queue_id,
            **body,
        ),
        now=now,
    )


def tell_changed(conversation: Conversation, change: str, *, now: datetime) -> None:
    """Tell that what the list shows has changed."""
    tell(
        ConversationChanged,
        conversation,
        now=now,
        change=change,
        state=name_of(conversation.state),
        owner_id=conversation.owner_id,
    )
