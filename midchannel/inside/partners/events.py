"""What partner rooms may tell. `about_id` is the case; who may be told are colleagues, never a partner. Texts are read from the room."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class RoomTold(Event, frozen=True, kw_only=True):
    """What all events about a room carry."""

    object_type: ClassVar[str] = "room"

    about_type: str = "case"
    about_id: str


class RoomOpened(RoomTold, frozen=True, kw_only=True):
    """A room for partners was opened on a case."""

    kind: ClassVar[str] = "room.opened"


class PartnerInvited(RoomTold, frozen=True, kw_only=True):
    """A partner was invited to a room."""

    kind: ClassVar[str] = "room.invited"


class PartnerJoined(RoomTold, frozen=True, kw_only=True):
    """A partner followed their invitation."""

    kind: ClassVar[str] = "room.joined"


class PartnerLeft(RoomTold, frozen=True, kw_only=True):
    """A partner may not come in any more."""

    kind: ClassVar[str] = "room.left"


class RoomWritten(RoomTold, frozen=True, kw_only=True):
    """Something was said in a room; `by` is partner or colleague, `seconds` since the other side had last spoken, 0 where it had not."""

    kind: ClassVar[str] = "room.written"

    message_id: str
    by: str
    seconds: int


class RoomShared(RoomTold, frozen=True, kw_only=True):
    """A document was shared into a room, or its sharing taken back."""

    kind: ClassVar[str] = "room.shared"


class RoomClosed(RoomTold, frozen=True, kw_only=True):
    """A room is closed; `why` is case or person."""

    kind: ClassVar[str] = "room.closed"

    why: str
