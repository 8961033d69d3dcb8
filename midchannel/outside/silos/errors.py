"""What may go wrong with silos."""

from midchannel.platform.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError


class SourceError(Exception):
    """The business system or its file could not be read. `permanent`: trying again cannot help until somebody changes something."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class SourceChangedError(SourceError):
    """The source is another one than when this run began, so it cannot go on: another one has to begin."""


class SiloNotFoundError(NotFoundError):
    """There is no such silo. Look at Settings, Silos for those that exist."""


class MayNotOpenSilosError(NotAllowedError):
    """Only an administrator connects business systems. Ask one."""


class BadMappingError(InvalidError):
    """The columns are not mapped so that rows can be read."""


class SiloBusyError(ConflictError):
    """This silo is being read at this moment. Stop the run first, or wait until it is done."""


class SiloClosedError(ConflictError):
    """This silo is closed or paused. Resume it first."""
