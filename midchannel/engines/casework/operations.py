"""What can be done with values: comparing, ordering, membership, arithmetic and the functions of conditions.

What is defined for every value stands in `values`. `at` and `text` are the place of an operation, for what is told when it goes wrong.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from midchannel.engines.casework.errors import ExpressionError

LONGEST = 10_000
_LARGEST = 10**300


@dataclass(frozen=True)
class Function:
    """What a function takes (least, most) and does."""

    takes: tuple[int, int]
    does: Callable[..., Any]


def shown(value: Any) -> str:
    """A value as one writes it in a condition."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return "[" + ", ".join(shown(each) for each in value) + "]"
    return repr(value) if isinstance(value, str) else str(value)


def wrong(message: str, at: int, text: str) -> ExpressionError:
    """The error of what stands at `at` in `text`."""
    return ExpressionError(message, at=at, text=text)


def is_empty(value: Any) -> bool:
    """Null, an empty text, an empty list."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def is_equal(left: Any, right: Any) -> bool:
    """Whether two values are the same, as `values` says."""
    if isinstance(left, bool) != isinstance(right, bool):
        truth, other = (left, right) if isinstance(left, bool) else (right, left)
        return isinstance(other, str) and other.strip().lower() == ("true" if truth else "false")
    if isinstance(left, str) != isinstance(right, str):
        number, other = (right, left) if isinstance(left, str) else (left, right)
        return isinstance(number, int | float) and _read(other) == number
    return bool(left == right)


def _read(text: Any) -> int | float | None:
    try:
        return int(text) if str(text).strip().lstrip("+-").isdigit() and len(text) < 300 else float(text)
    except (TypeError, ValueError, OverflowError):
        return None


def as_number(value: Any, at: int, text: str) -> int | float | None:
    """The value as a number; null stays null. Raises `ExpressionError` for what reads as none."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    number = _read(value) if isinstance(value, str) else None
    if number is None:
        raise wrong(f"{shown(value)} is not a number.", at, text)
    return number


def ordered(order: Callable[[Any, Any], bool], left: Any, right: Any, at: int, text: str) -> bool:
    """Whether `order` holds of two texts or two numbers; never of null. Raises `ExpressionError`."""
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        return order(left, right)
    first, second = as_number(left, at, text), as_number(right, at, text)
    return order(first, second)


def member(item: Any, within: Any, at: int, text: str) -> bool:
    """Whether `item` is in a list, a text or the keys of a mapping. Raises `ExpressionError`."""
    if within is None:
        return False
    if isinstance(within, str):
        return isinstance(item, str) and item in within
    if isinstance(within, list | tuple):
        return any(is_equal(item, each) for each in within)
    if isinstance(within, Mapping):
        return item in within
    raise wrong(f"{shown(within)} is neither a list nor a text.", at, text)


def calculated(op: str, left: Any, right: Any, at: int, text: str) -> Any:
    """A sum, or two texts joined; null where one of them is null. Raises `ExpressionError`."""
    if op == "+" and isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > LONGEST:
            raise wrong(f"The text would be longer than {LONGEST} characters.", at, text)
        return left + right
    first, second = as_number(left, at, text), as_number(right, at, text)
    if first is None or second is None:
        return None
    if op in {"/", "%"} and second == 0:
        raise wrong("This divides by zero.", at, text)
    try:
        result = _SUMS[op](first, second)
    except OverflowError as large:
        raise wrong("The number becomes too large.", at, text) from large
    if not -_LARGEST < result < _LARGEST:
        raise wrong("The number becomes too large.", at, text)
    return result


def _length(value: Any) -> int:
    return 0 if value is None else len(value)


def _contains(within: Any, item: Any) -> bool:
    return member(item, within, 0, "contains")


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else shown(value)


def _of_text(does: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: does(*(_text(each) for each in given))


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SUMS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
}  # fmt: skip
FUNCTIONS: dict[str, Function] = {
    "size": Function((1, 1), _length),
    "empty": Function((1, 1), is_empty),
    "contains": Function((2, 2), _contains),
    "lower": Function((1, 1), _of_text(str.lower)),
    "upper": Function((1, 1), _of_text(str.upper)),
    "trim": Function((1, 1), _of_text(str.strip)),
    "starts_with": Function((2, 2), _of_text(str.startswith)),
    "ends_with": Function((2, 2), _of_text(str.endswith)),
    "text": Function((1, 1), _text),
    "abs": Function((1, 1), abs),
    "round": Function((1, 2), round),
    "min": Function((1, 20), lambda *given: min(given)),
    "max": Function((1, 20), lambda *given: max(given)),
}
