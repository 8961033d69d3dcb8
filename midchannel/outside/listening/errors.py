"""What may go wrong with listening.

BadQueryError knows the place of the mistake, so that a form can show it.
"""

from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError


class SearchNotFoundError(NotFoundError):
    """There is no such search."""


class MentionNotFoundError(NotFoundError):
    """This mention is not here, or not for you to see."""


class AlertNotFoundError(NotFoundError):
    """There is no such alert."""


class VoiceSetNotFoundError(NotFoundError):
    """There is no such set of names."""


class NotYourSearchError(NotAllowedError):
    """Only whoever made a search, or a lead, changes or removes it."""


class NotOverheardError(ConflictError):
    """This was said to the company: it is in a conversation already."""


class BadQueryError(InvalidError):
    """This query cannot be understood. `at` and `length` are the place of the mistake in it."""

    def __init__(self, reason: str, at: int, length: int) -> None:
        super().__init__(reason, "text")
        self.at = at
        self.length = length
