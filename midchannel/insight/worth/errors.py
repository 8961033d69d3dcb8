"""What may go wrong with offer rules."""

from midchannel.platform.errors import NotAllowedError, NotFoundError


class RuleNotFoundError(NotFoundError):
    """There is no such offer rule (any more)."""


class MayNotRuleError(NotAllowedError):
    """Only leads and administrators write offer rules. Ask one of them."""
