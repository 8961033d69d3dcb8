"""The small shapes that all parts share. Ids are strings in JSON, since they are larger than what JavaScript counts exactly."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from midchannel.platform.database import paging
from midchannel.platform.errors import InvalidError

T = TypeVar("T")

# Exactly what fits the database: bigint for what has an id of its own time, integer for channels.
BIG = r"^([1-9][0-9]{0,17}|[1-8][0-9]{18})$"
SMALL = r"^[1-9][0-9]{0,8}$"
NO_NUL = r"^[^\x00]*$"
WORDS = r"^[^\x00]*[^\s\x00][^\x00]*$"
CURSOR = r"^[A-Za-z0-9_-]+$"
WHOLE = re.compile(r"[1-9][0-9]{0,8}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
MAX_LIMIT = paging.MAX_LIMIT


def _read_id(pattern: str) -> Callable[[Any], Any]:
    known = re.compile(pattern.replace("$", r"\Z"))

    def read(value: Any) -> int:
        if not isinstance(value, str) or not known.match(value):
            raise ValueError("An id is a string of digits.")
        return int(value)

    return read


def _read_moment(value: Any) -> datetime:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        raise ValueError("A time is written as in RFC 3339, with its zone: 2026-11-21T09:30:00Z.")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("There is no such time.") from error


def _read_limit(value: Any) -> int:
    if isinstance(value, int):
        return value
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise ValueError(f"A whole number from 1 to {MAX_LIMIT}.")
    return int(value)


# What goes out.
Id = Annotated[str, BeforeValidator(str), WithJsonSchema({"type": "string", "pattern": "^[0-9]+$"})]
Moment = Annotated[datetime, PlainSerializer(lambda value: value.astimezone(UTC), return_type=datetime)]

# What comes in.
AnyId = Annotated[int, BeforeValidator(_read_id(BIG)), WithJsonSchema({"type": "string", "pattern": BIG})]
SmallId = Annotated[int, BeforeValidator(_read_id(SMALL)), WithJsonSchema({"type": "string", "pattern": SMALL})]
Time = Annotated[datetime, BeforeValidator(_read_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Cursor = Annotated[
    str, Field(pattern=CURSOR, max_length=500, description="Where to go on: `next_cursor` of the page before.")
]
Limit = Annotated[
    int,
    BeforeValidator(_read_limit),
    Field(ge=1, le=MAX_LIMIT, description=f"How many at most; up to {MAX_LIMIT}."),
    WithJsonSchema(
        {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_LIMIT,
            "description": f"How many at most; up to {MAX_LIMIT}.",
        }
    ),
]
Line = Annotated[str, Field(pattern=NO_NUL, max_length=200)]


class Out(BaseModel):
    """Something that is told: made from the records of the rooms."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class In(BaseModel):
    """Something that is asked for; unknown names and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Asked(BaseModel):
    """Parts of an address: what stands behind the question mark, or in the path."""


class Listed(Asked):
    """What every list takes."""

    cursor: Cursor | None = None
    limit: Limit = 50


class PageOut(Out):
    """What every list gives."""

    next_cursor: str | None = Field(description="Asks for the part behind this one; null at the end.")


def cut(items: Sequence[T], asked: Listed, key_of: Callable[[T], int]) -> paging.Page[T]:
    """A page of a short list that is read whole. Raises InvalidError when the item that the cursor stands on has gone."""
    start = 0
    keys = paging.decode_cursor(asked.cursor, int)
    if keys is not None:
        places = [place for place, item in enumerate(items) if key_of(item) == keys[0]]
        if not places:
            raise InvalidError(_("What this cursor stood on has gone; begin without one."), "cursor")
        start = places[0] + 1
    return paging.cut(items[start : start + asked.limit + 1], asked.limit, lambda item: (key_of(item),))
