"""What may go wrong with a key."""

from midchannel.platform.errors import InvalidError


class KeyReusedError(InvalidError):
    """This Idempotency-Key came with another request already. Make a new key for each new request."""
