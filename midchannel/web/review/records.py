"""What the pages of the review show, as frozen records. Names and values are strangers' texts; everything else is in the reader's words."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.web.components import records
from midchannel.web.customers import weighing


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with its icon: a handle, or a sentence."""

    icon: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: the customer as they are known today, and the record the question is about first among the handles."""

    name: str
    face: records.Face
    href: str
    known: str
    handles: tuple[Line, ...]
    more_words: str = ""
    said: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Are these two one person? With what speaks for and against it, and what would change the answer the weights give."""

    id: str
    sides: tuple[Side, Side]
    left_name: str
    right_name: str
    points: tuple[weighing.Point, ...]
    sum: weighing.Sum
    changes: tuple[Line, ...]
    value_words: str
    value_title: str
    who: str
    announce: str
    answer_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A pair in the list."""

    id: str
    href: str
    left: records.Face
    right: records.Face
    names: str
    line: str
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one has come."""

    words: str
    mine: str
    done: int
    total: int
