"""What may go wrong among colleagues."""

from midchannel.platform.errors import ConflictError, NotFoundError


class QuestionNotFoundError(NotFoundError):
    """There is no such question, or it is not yours."""


class QuestionClosedError(ConflictError):
    """This question has been answered or withdrawn."""
