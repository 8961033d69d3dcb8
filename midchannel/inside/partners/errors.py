"""What may go wrong with partner rooms."""

from midchannel.platform.errors import ConflictError, InvalidError, NotFoundError


class RoomNotFoundError(NotFoundError):
    """There is no such room, or it is not yours."""


class RoomClosedError(ConflictError):
    """This room is closed: nothing more can be written in it."""


class InvitationGoneError(NotFoundError):
    """This invitation was used, taken back or has expired. Ask for a new one."""


class InternalTextError(InvalidError):
    """This repeats word for word what was written internally. Look whether the partner may read it, and say it in other words."""
