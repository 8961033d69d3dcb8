"""What may go wrong with queues and canned replies."""

from midchannel.platform.errors import ConflictError, NotAllowedError, NotFoundError


class QueueNotFoundError(NotFoundError):
    """There is no such queue."""


class QueueNameTakenError(ConflictError):
    """A queue of this name exists already. Choose another name."""


class CannedNotFoundError(NotFoundError):
    """There is no such canned reply, or it is another team's."""


class ShortcutTakenError(ConflictError):
    """This shortcut is taken. Choose another one."""


class LeadsOnlyError(NotAllowedError):
    """Only leads and administrators can change this."""


class RuleNotFoundError(NotFoundError):
    """There is no such rule."""
