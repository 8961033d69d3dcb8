"""What may go wrong when a machine is asked to write."""

from midchannel.platform.errors import ConflictError, NotFoundError


class SwitchedOffError(ConflictError):
    """This is switched off in the settings."""


class TooManyAskedError(ConflictError):
    """Much is being written for this conversation already. Wait until that is done."""


class AssistanceNotFoundError(NotFoundError):
    """It is not here any more: what a machine wrote is kept for a day."""
