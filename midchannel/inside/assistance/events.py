"""What the room may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class AssistanceAsked(Event, frozen=True, kw_only=True):
    """Somebody asked for a summary, a draft or a translation. Nothing of any text."""

    kind: ClassVar[str] = "assistance.asked"
    object_type: ClassVar[str] = "assistance"

    purpose: str
    conversation_id: str
