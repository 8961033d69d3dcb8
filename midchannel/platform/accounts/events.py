"""What accounts may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class RightsChanged(Event, frozen=True, kw_only=True):
    """What a person may see or do changed; whoever streams to them looks again. `user_ids` are those concerned."""

    kind: ClassVar[str] = "account.rights_changed"
    object_type: ClassVar[str] = "account"
