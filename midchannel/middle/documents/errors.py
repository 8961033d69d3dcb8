"""What may go wrong with documents and stores."""

from midchannel.platform.errors import ConflictError, InvalidError, NotFoundError


class DocumentNotFoundError(NotFoundError):
    """This document is not here, or it is not one of yours."""


class DocumentRefusedError(InvalidError):
    """Documents of this kind are not taken."""


class StoreNotFoundError(NotFoundError):
    """There is no such store."""


class StoreSilentError(ConflictError):
    """The store does not answer as it should. Try again, or ask your administrator."""
