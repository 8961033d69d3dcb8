"""What channels may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class ChannelOpened(Event, frozen=True, kw_only=True):
    """A channel was connected."""

    kind: ClassVar[str] = "channel.opened"
    object_type: ClassVar[str] = "channel"


class ChannelHealthChanged(Event, frozen=True, kw_only=True):
    """A channel began or ceased to work."""

    kind: ClassVar[str] = "channel.health_changed"
    object_type: ClassVar[str] = "channel"

    health: str
    reason: str = ""


class DeliverySettled(Event, frozen=True, kw_only=True):
    """A delivery was sent, confirmed, failed, queued again, or its outcome is unknown. The object is the message's conversation.

    `seconds` since it was queued first; `reason` for people, empty when all is well.
    """

    kind: ClassVar[str] = "delivery.settled"
    object_type: ClassVar[str] = "conversation"

    message_id: str
    state: str
    channel_id: int
    reason: str = ""
    seconds: int = 0
