"""What may go wrong with consents and rights."""

from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError


class UnknownPurposeError(InvalidError):
    """There is no such purpose. Take service, marketing, profiling, location or sharing."""


class NothingToConfirmError(ConflictError):
    """Nobody has said anything about this yet: there is nothing to confirm. Record what they said instead."""


class MayNotHandleRightsError(NotAllowedError):
    """Only leads and administrators export or erase what is held about somebody. Ask one of them."""


class RequestNotFoundError(NotFoundError):
    """There is no such request."""


class RequestOvertakenError(ConflictError):
    """This request is past that point."""
