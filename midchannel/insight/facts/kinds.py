"""What kinds of fact there are."""

from enum import IntEnum


class Fact(IntEnum):
    """What happened. Numbers are stored: never reuse one."""

    OPENED = 1
    REOPENED = 2
    FIRST_ANSWER = 3
    RESOLVED = 4
    REPLY_SENT = 5
    DELIVERY_FAILED = 6
    MESSAGE = 7
    MOVED = 8


TIMED = (Fact.FIRST_ANSWER, Fact.RESOLVED)
