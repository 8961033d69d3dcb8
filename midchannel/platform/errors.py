"""What may go wrong, as far as whoever asked can do something about it.

    ProblemError
    ├── NotFoundError      there is nothing here that the viewer may see
    ├── NotAllowedError    the viewer may see it and may not do this
    ├── ConflictError      it has changed meanwhile, or is taken
    └── InvalidError       what was given cannot be (`field` says where)

A class's docstring is its message, unless a `reason` was given. Rooms subclass these; pages make notices of them, the API problem+json.
"""


class ProblemError(Exception):
    """It did not work."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason or (self.__doc__ or "").strip()
        super().__init__(self.reason)


class NotFoundError(ProblemError):
    """There is nothing here that you may see. It may have been moved; ask whoever sent you the link."""


class NotAllowedError(ProblemError):
    """You may not do this. Ask an administrator for the right."""


class ConflictError(ProblemError):
    """Somebody else was faster. Look at what has changed and try again."""


class InvalidError(ProblemError):
    """This cannot be. Correct it and try again."""

    def __init__(self, reason: str = "", field: str = "") -> None:
        super().__init__(reason)
        self.field = field
