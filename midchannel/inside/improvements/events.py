"""What improvements may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class ImprovementChanged(Event, frozen=True, kw_only=True):
    """`change` is one of begun, edited, moved, tied, untied, approved, told, owed."""

    kind: ClassVar[str] = "improvement.changed"
    object_type: ClassVar[str] = "improvement"

    change: str
    conversation_id: str = ""
