"""What may go wrong with a swarm."""

from midchannel.platform.errors import ConflictError, NotFoundError


class SwarmThereError(ConflictError):
    """There is a swarm on this case already. Gather people to that one."""


class NoSwarmError(NotFoundError):
    """There is no swarm on this case now."""


class CaseOverError(ConflictError):
    """The case is over: nobody is gathered any more."""
