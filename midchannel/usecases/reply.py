"""Reply: what a person answers is held against the thread, queued for a few seconds, and then brought to the customer's channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.middle.conversations.queries import MessageItem
from midchannel.outside.channels.port import File
from midchannel.platform.accounts.queries import Viewer


@dataclass(frozen=True, slots=True)
class Sent:
    """It will go out at `due_at` unless it is taken back. `is_repeat` when this client key had been given before."""

    message_id: int
    conversation_id: int
    due_at: datetime
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing was sent. `cause` is "moved_on" (with the `new_messages`) or "internal_text"; `reason` is a sentence.

    The same call with `send_anyway` sends it.
    """

    cause: str
    reason: str
    new_messages: tuple[MessageItem, ...] = ()


def send(
    viewer: Viewer,
    conversation_id: int,
    *,
    text: str,
    client_key: str,
    saw_message_id: int | None,
    saw_messages: int | None = None,
    files: Sequence[File] = (),
    audience: str | None = None,
    send_anyway: bool = False,
    now: datetime,
) -> Sent | Held:
    """Answer in a conversation.

    `saw_message_id` is the row's `last_message_id` and `saw_messages` its `messages` as the author had them. The same `client_key` again
    gives the same result. Raises InvalidError, CannotSendError, ConversationNotFoundError.
    """
    raise NotImplementedError


def take_back(viewer: Viewer, message_id: int, *, now: datetime) -> str:
    """Take a reply back before it went out; the text becomes the author's draft again, and is returned. Raises ConflictError."""
    raise NotImplementedError


def retry(viewer: Viewer, message_id: int, *, now: datetime) -> None:
    """Try a failed or unknown delivery once more, with the same key. Raises ConflictError."""
    raise NotImplementedError


def tell(viewer: Viewer, conversation_id: int, *, text: str, client_key: str, now: datetime) -> Sent:
    """Say something in a conversation without moving its state or clocks: word that what was asked for is done."""
    raise NotImplementedError


def fill_canned(viewer: Viewer, conversation_id: int, canned_id: int) -> str:
    """A canned reply with its placeholders filled in for this conversation and this agent."""
    raise NotImplementedError
