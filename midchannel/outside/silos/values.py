"""What stands in a row, as texts, numbers and times: however a database, a file or a person wrote it. Pure."""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, tzinfo
from datetime import time as time_of_day
from decimal import Decimal, InvalidOperation
from typing import Any

from midchannel.outside.channels import tables

SCIENTIFIC = re.compile(r"-?\d+(\.\d+)?[eE][+-]?\d+$")
THOUSANDS = re.compile(r"-?[1-9]\d{0,2},\d{3}$")


class RowError(Exception):
    """A row that makes no document; the message says why and what to do."""


def text_of(value: Any) -> str:
    """A value as text: without control characters, numbers without needless zeros, dates as ISO 8601."""
    if value is None:
        return ""
    spell = next((spell for kind, spell in _SPELLED if isinstance(value, kind)), str)
    return _clean(spell(value))


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _decimal(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_SPELLED: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda value: "true" if value else "false"),
    ((datetime, date, time_of_day), lambda value: str(value.isoformat())),
    (float, _number),
    (Decimal, _decimal),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).decode("utf-8", "replace")),
    ((list, tuple), lambda value: "; ".join(filter(None, map(text_of, value)))),
)


def _clean(text: str) -> str:
    """Without what a database cannot hold or a page should not show: control characters, lone surrogates."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = "".join(
        " " if letter in "\r\n\t" else letter
        for letter in text
        if letter in "\r\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"}
    )
    return kept.strip()


def several(value: Any) -> list[str]:
    """The values of a cell that may hold several: a list, or texts between semicolons, commas, bars or line breaks."""
    if isinstance(value, list | tuple):
        return [each for part in value for each in several(part)]
    raw = "" if value is None else str(value) if isinstance(value, str) else text_of(value)
    return [each for part in re.split(r"[;,|\r\n]+", raw) if (each := text_of(part))]


def number_of(value: Any, column: str = "") -> float | int:
    """A number, however its thousands and decimals are written ("1.234,50", "1,234.50", "EUR 12"). Raises RowError."""
    if isinstance(value, bool):
        raise RowError(f"{column[:60]!r} holds true or false, where a number should stand")
    if isinstance(value, int) and abs(value) < 1e15:
        return value
    text = text_of(value).replace("\N{MINUS SIGN}", "-")
    try:
        number = Decimal(text if SCIENTIFIC.match(text) else _digits(text))
    except InvalidOperation as error:
        raise RowError(f"{text[:40]!r} in {column[:60]!r} is no number") from error
    if not number.is_finite() or abs(number) >= Decimal("1e15"):
        raise RowError(f"{text[:40]!r} in {column[:60]!r} is no amount that can be right")
    return int(number) if number == number.to_integral_value() else float(number)


def _digits(text: str) -> str:
    """Digits with a point before the decimals, as `Decimal` takes them; "" where words stand between digits."""
    if re.search(r"\d\s*[^\W\d_]+\s*\d", text):
        return ""
    digits = re.sub(r"[^\d.,\-]", "", text)
    if "," in digits and "." in digits:
        thousands = "," if digits.rfind(".") > digits.rfind(",") else "."
        return digits.replace(thousands, "").replace(",", ".")
    mark = "," if "," in digits else "."
    if digits.count(mark) > 1 or (mark == "," and THOUSANDS.match(digits)):
        return digits.replace(mark, "")
    return digits.replace(",", ".")


def moment_of(value: Any, column: str, *, zone: tzinfo, date_format: str = "") -> datetime:
    """A time, in the zone where it names none. Raises RowError."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    try:
        return tables.moment_of(text_of(value), zone=zone, date_format=date_format)
    except tables.RowError as error:
        raise RowError(f"{column[:60]!r}: {error}") from error
