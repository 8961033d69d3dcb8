"""One conversation and a window of its thread."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.conversations.queries.listing import ConversationRow
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody from outside who may see what is private here."""

    handle_id: int
    address: str
    name: str
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A person's unsent text in a conversation. `saw_message_id` is the last message they had seen when they wrote."""

    text: str
    saw_message_id: int | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationDetail:
    """A conversation as its page shows it. `row` has what the list has.

    `moves` are the states it may be moved to; `read_id` the last message the viewer has read; `joined_into_id` the conversation that its
    messages moved to. `is_guest` when the viewer sees it only because a colleague asked them.
    """

    id: int
    row: ConversationRow
    owner_epoch: int
    opened_by_us: bool
    joined_into_id: int | None
    participants: tuple[Participant, ...]
    moves: tuple[str, ...]
    read_id: int
    draft: Draft | None
    is_guest: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with a message. `sha256` when it is kept here, else only its `url` is known."""

    name: str
    media_type: str
    size_bytes: int | None
    sha256: str
    url: str
    inline_id: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryMark:
    """How far our message got. `state`: queued, sending, sent, confirmed, failed or unknown.

    `take_back_until` while it can be taken back; `can_retry` when a person may try again; `reason` in words.
    """

    state: str
    reason: str = ""
    is_permanent: bool = False
    can_retry: bool = False
    take_back_until: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageItem:
    """One message in the thread. `direction` "in" or "out"; `text` is the newest version, `html` the markup it came with (from strangers).

    `author_name` is the customer's for "in"; for "out" the colleague's, or the channel's when it was said elsewhere (`author_id` None).
    """

    id: int
    conversation_id: int
    direction: str
    audience: str
    at: datetime
    network: str
    handle_id: int | None
    customer_id: int | None
    author_id: int | None
    author_name: str
    author_address: str
    text: str
    html: str = ""
    subject: str = ""
    kind: str = ""
    duration: str = ""
    is_edited: bool = False
    is_deleted: bool = False
    is_automatic: bool = False
    is_unread: bool = False
    attachments: tuple[Attachment, ...] = ()
    delivery: DeliveryMark | None = None


@dataclass(frozen=True, slots=True)
class MessageWindow:
    """A part of a thread, oldest first. `has_older` and `has_newer` say whether there is more on either side.

    `first_unread_id` is the viewer's first unread message in the window, or None.
    """

    items: list[MessageItem]
    has_older: bool
    has_newer: bool
    first_unread_id: int | None = None


def get_conversation(viewer: Viewer, conversation_id: int) -> ConversationDetail:
    """The one door to a conversation: proves the right and fetches. Raises ConversationNotFoundError."""
    raise NotImplementedError


def list_messages(
    viewer: Viewer,
    conversation_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 50,
) -> MessageWindow:
    """The newest `limit` messages; or those before, after or around (a few before, the rest from it on) a message id.

    Raises ConversationNotFoundError.
    """
    raise NotImplementedError


def get_draft(viewer: Viewer, conversation_id: int) -> Draft | None:
    """The viewer's own draft in a conversation they may see."""
    raise NotImplementedError


def get_message_origin(viewer: Viewer, message_id: int) -> int:
    """The conversation a message is in. Raises ConversationNotFoundError when the viewer may not see it."""
    raise NotImplementedError
