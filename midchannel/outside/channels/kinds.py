"""What kinds of activity there are, and their marks."""

from enum import IntEnum, IntFlag


class Kind(IntEnum):
    """What somebody did. TALK says something to be read and perhaps answered; the others are part of the record."""

    POST = 1
    REPLY = 2
    MESSAGE = 3
    MAIL = 4
    CALL = 5
    LIKE = 10
    FOLLOW = 11
    SHARE = 12
    ORDER = 20
    VISIT = 21
    EVENT = 22
    PROFILE = 30


TALK = frozenset({Kind.POST, Kind.REPLY, Kind.MESSAGE, Kind.MAIL, Kind.CALL})


class Flag(IntFlag):
    """Marks on an activity."""

    ADDRESSED = 1
    PRIVATE = 2
    OUTGOING = 4
    AUTOMATIC = 8
    EDITED = 16
    DELETED = 32
    ATTACHMENTS = 64
    HTML = 128


class Verdict(IntEnum):
    """What an accepted document does."""

    NEW = 0
    EDIT = 1
    DELETE = 2


class Outcome(IntEnum):
    """What became of one document of a batch."""

    ACCEPTED = 0
    DUPLICATE = 1
    EDIT = 2
    PARKED = 3
