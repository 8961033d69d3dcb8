"""What may go wrong with signals."""

from midchannel.platform.errors import NotFoundError


class SignalNotFoundError(NotFoundError):
    """There is no such text, or it was not read, or you may not see it."""
