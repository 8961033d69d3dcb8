"""What service may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class QueueChanged(Event, frozen=True, kw_only=True):
    """A queue was made, or its name, team or targets have changed."""

    kind: ClassVar[str] = "queue.changed"
    object_type: ClassVar[str] = "queue"

    name: str


class CannedChanged(Event, frozen=True, kw_only=True):
    """A canned reply was written, changed or (`deleted`) removed."""

    kind: ClassVar[str] = "canned_reply.changed"
    object_type: ClassVar[str] = "canned_reply"

    deleted: bool = False
