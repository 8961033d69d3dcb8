"""What conversations may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class MessagesArrived(Event, frozen=True, kw_only=True):
    """A batch was applied; the object is the channel. `opened` and `reopened` are whole, `touched` the first hundred.

    `messages` counts what was filed from outside by the hour of its arrival (hours since 2020, as a text).
    """

    kind: ClassVar[str] = "messages.arrived"
    object_type: ClassVar[str] = "channel"

    first_id: str
    last_id: str
    count: int
    opened: list[str]
    reopened: list[str]
    touched: list[str]
    messages: dict[str, int] = {}


class ConversationEvent(Event, frozen=True, kw_only=True):
    """What all events about one conversation carry; `scope_ids` is its scope, `user_ids` its owner."""

    object_type: ClassVar[str] = "conversation"

    channel_id: int
    queue_id: int | None = None


class ConversationClaimed(ConversationEvent, frozen=True, kw_only=True):
    """Somebody took it. `seconds` from its arrival, for the queue's waiting time (never counted by person)."""

    kind: ClassVar[str] = "conversation.claimed"

    owner_id: int
    seconds: int


class ConversationChanged(ConversationEvent, frozen=True, kw_only=True):
    """Something the list shows has changed: released, reassigned, snoozed, woken, marked as spam or not. `change` is one such word."""

    kind: ClassVar[str] = "conversation.changed"

    change: str
    state: str
    owner_id: int | None = None


class ConversationStarted(ConversationEvent, frozen=True, kw_only=True):
    """The company spoke first."""

    kind: ClassVar[str] = "conversation.started"

    message_id: str


class ConversationAnswered(ConversationEvent, frozen=True, kw_only=True):
    """An answer by a person has gone out: the network took it. Told once a message, and not for one that was taken back or failed.

    `seconds` the customer had waited when it was written (None when they did not wait: a second message in a row). `is_first` for the first
    answer in this conversation; `in_time` whether that kept the queue's promise (None without one).
    """

    kind: ClassVar[str] = "conversation.answered"

    message_id: str
    seconds: int | None
    is_first: bool
    in_time: bool | None = None


class ConversationResolved(ConversationEvent, frozen=True, kw_only=True):
    """A person called it done. `seconds` from its arrival; `answers` messages of ours by then; `in_time` as for the first answer."""

    kind: ClassVar[str] = "conversation.resolved"

    seconds: int
    answers: int
    in_time: bool | None = None


class ConversationReopened(ConversationEvent, frozen=True, kw_only=True):
    """A person opened it again. (What the customer re-opened by writing is in `messages.arrived`.)"""

    kind: ClassVar[str] = "conversation.reopened"

    seconds_resolved: int


class ConversationSnoozed(ConversationEvent, frozen=True, kw_only=True):
    """Put away until a time (ISO 8601)."""

    kind: ClassVar[str] = "conversation.snoozed"

    until: str


class MessageSent(ConversationEvent, frozen=True, kw_only=True):
    """A person's message was written and queued; it may still be taken back. For live pages; count `conversation.answered`."""

    kind: ClassVar[str] = "message.sent"

    message_id: str
    author_id: int


class MessageTakenBack(ConversationEvent, frozen=True, kw_only=True):
    """A message was taken back before it went out; it is not in the thread any more."""

    kind: ClassVar[str] = "message.taken_back"

    message_id: str


class MessageHeld(ConversationEvent, frozen=True, kw_only=True):
    """A reply was held back because the thread had moved on ("moved_on") or it held a colleague's internal words ("internal_text")."""

    kind: ClassVar[str] = "message.held"

    cause: str
