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
