"""What listening may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class SearchChanged(Event, frozen=True, kw_only=True):
    """`change` is one of made, edited, removed, snoozed, followed."""

    kind: ClassVar[str] = "search.changed"
    object_type: ClassVar[str] = "search"

    change: str


class MentionsFound(Event, frozen=True, kw_only=True):
    """A search has found something that just arrived; `count` is how much."""

    kind: ClassVar[str] = "mention.found"
    object_type: ClassVar[str] = "search"

    count: int


class MentionTakenUp(Event, frozen=True, kw_only=True):
    """A mention became a conversation; `object_id` is its activity. `search_id` names the search whose rule did it."""

    kind: ClassVar[str] = "mention.taken_up"
    object_type: ClassVar[str] = "mention"

    conversation_id: str
    search_id: str = ""


class AlertChanged(Event, frozen=True, kw_only=True):
    """`change` is one of opened, closed, snoozed, judged."""

    kind: ClassVar[str] = "alert.changed"
    object_type: ClassVar[str] = "alert"

    change: str
    search_id: str
