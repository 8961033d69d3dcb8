"""Reading conversations: `listing` (the inbox), `reading` (a thread), `composing` (what a reply would do). Permission is in the query."""

from midchannel.middle.conversations.queries.composing import (
    AudienceChoice,
    ComposerState,
    Envelope,
    address_reply,
    composer_state,
)
from midchannel.middle.conversations.queries.listing import (
    VIEWS,
    ConversationRow,
    Looker,
    count_views,
    list_conversations,
)
from midchannel.middle.conversations.queries.reading import (
    Attachment,
    ConversationDetail,
    DeliveryMark,
    Draft,
    MessageItem,
    MessageWindow,
    Participant,
    get_conversation,
    get_draft,
    get_message_origin,
    get_messages,
    list_messages,
)

__all__ = [
    "VIEWS",
    "Attachment",
    "AudienceChoice",
    "ComposerState",
    "ConversationDetail",
    "ConversationRow",
    "DeliveryMark",
    "Draft",
    "Envelope",
    "Looker",
    "MessageItem",
    "MessageWindow",
    "Participant",
    "address_reply",
    "composer_state",
    "count_views",
    "get_conversation",
    "get_draft",
    "get_message_origin",
    "get_messages",
    "list_conversations",
    "list_messages",
]
