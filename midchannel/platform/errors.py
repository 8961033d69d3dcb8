"""What can go wrong for a caller who could do something about it. Rooms refine these four; web and api turn them into pages and problems.

MidchannelError
|-- NotFoundError        there is no such thing, or not for this viewer
|-- NotAllowedError      it is there and seen, but this person may not do that
|-- ConflictError        somebody was faster, or its state does not allow it (any more)
`-- InvalidError         what was given cannot be used
"""

import inspect

from django.utils.translation import gettext


class MidchannelError(Exception):
    """Something went wrong."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason or gettext(inspect.cleandoc(self.__doc__ or "").partition("\n")[0])
        super().__init__(self.reason)


class NotFoundError(MidchannelError):
    """It is not here, or not for you to see."""


class NotAllowedError(MidchannelError):
    """You may not do this."""


class ConflictError(MidchannelError):
    """This cannot be done as things stand now."""


class InvalidError(MidchannelError):
    """What was given cannot be used.

    `field` names the input it is about, for forms and for the API.
    """

    def __init__(self, reason: str = "", field: str = "") -> None:
        super().__init__(reason)
        self.field = field
