"""Reading partner rooms: for colleagues by the case, for partners by what they are guests of."""

from midchannel.inside.partners.queries.colleagues import (
    GuestRow,
    InvitationRow,
    RoomDetail,
    get_room,
    list_room_messages,
    list_rooms,
)
from midchannel.inside.partners.queries.guests import (
    Guest,
    Invited,
    get_guest,
    get_invitation,
    get_shared,
    list_messages,
    list_shared,
)
from midchannel.inside.partners.queries.saying import MessageItem

__all__ = [
    "Guest",
    "GuestRow",
    "InvitationRow",
    "Invited",
    "MessageItem",
    "RoomDetail",
    "get_guest",
    "get_invitation",
    "get_room",
    "get_shared",
    "list_messages",
    "list_room_messages",
    "list_rooms",
    "list_shared",
]
