"""Pages of a list, read by key and never by offset."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
from django.utils.translation import gettext as _

from midchannel.platform.errors import InvalidError

T = TypeVar("T")
Row = TypeVar("Row")
Key = str | int | float | None

MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list. `next_cursor` asks for the part behind it; None at the end."""

    items: list[T]
    next_cursor: str | None = None


def encode_cursor(*keys: Key) -> str:
    """The place behind a row, as an opaque string for addresses and the API."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, *types: type) -> tuple[Key, ...] | None:
    """The keys of a cursor that `encode_cursor` made; None for the first page. Raises InvalidError for any other text."""
    if not cursor:
        return None
    try:
        keys = msgspec.json.decode(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        keys = None
    if not isinstance(keys, list) or [type(key) for key in keys] != list(types):
        raise InvalidError(_("This cursor was not made here; begin without one."), "cursor")
    if any(isinstance(key, int) and abs(key) >= 1 << 63 for key in keys):
        raise InvalidError(_("This cursor was not made here; begin without one."), "cursor")
    return tuple(keys)


def check_limit(limit: int) -> int:
    """How many rows a page has: between 1 and 200."""
    return max(1, min(limit, MAX_LIMIT))


def cut(rows: Sequence[T], limit: int, key_of: Callable[[T], tuple[Key, ...]]) -> Page[T]:
    """A page of rows of which one more than `limit` was asked for."""
    if len(rows) <= limit:
        return Page(list(rows))
    shown = list(rows[:limit])
    return Page(shown, encode_cursor(*key_of(shown[-1])))
