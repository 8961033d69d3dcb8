"""What may go wrong with accounts."""

from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError


class NotAdministratorError(NotAllowedError):
    """Only an administrator may do this."""


class NotLeadError(NotAllowedError):
    """Only a lead or an administrator may do this."""


class LastAdministratorError(ConflictError):
    """This is the last administrator. Make somebody else an administrator first."""


class AlreadyFoundedError(ConflictError):
    """The first administrator has been made already. Sign in, or ask them for an invitation."""


class TakenError(InvalidError):
    """Somebody has this already."""


class PasswordLinkGoneError(NotFoundError):
    """This link was used or is older than a day. Ask for a new one."""


class InvitationGoneError(NotFoundError):
    """This invitation was used, taken back or has expired. Ask for a new one."""
