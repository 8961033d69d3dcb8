"""What outcomes may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class GoalOpened(Event, frozen=True, kw_only=True):
    """A goal was set; of a channel, or of the company where `channel_id` is empty."""

    kind: ClassVar[str] = "goal.opened"
    object_type: ClassVar[str] = "goal"

    measure: str
    channel_id: int | None = None


class BaselineFrozen(Event, frozen=True, kw_only=True):
    """What was true before a channel was written down. The object is the channel."""

    kind: ClassVar[str] = "baseline.frozen"
    object_type: ClassVar[str] = "channel"

    contacts: int
    messages: int
