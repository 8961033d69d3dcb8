"""What may go wrong with an improvement."""

from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError


class ImprovementNotFoundError(NotFoundError):
    """This improvement is not here."""


class NotYetDoneError(ConflictError):
    """It is not done yet. Mark it as done before you tell anybody."""


class NobodyToTellError(ConflictError):
    """Everybody who asked has been told, or will be with words approved before."""


class IllegalStateError(ConflictError):
    """An improvement in this state cannot be moved there."""


class OnlyPeopleApproveError(NotAllowedError):
    """Only a person may approve what customers are told; a token may not."""


class NotYoursToTellError(NotAllowedError):
    """Only its owner or a lead may approve what customers are told."""


class UnusableWordsError(InvalidError):
    """These words cannot be sent."""
