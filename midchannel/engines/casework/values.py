"""What conditions come to: closures made once from a parsed condition, and the same in parts for explaining.

What is defined for every value, so that no plan depends on luck:

- an unknown name is null; null compared by `<` and the like is false; null in arithmetic is null; null == null;
- a condition holds when its value is true or the text "true"; null, false, other texts and lists do not; a number is an error;
- a number beside a text that reads as one compares as a number, true and false beside "true" and "false" likewise; other unlike values
  are not equal, and asking which is larger is an error;
- division by zero, a number beyond 10^300 and a text beyond `LONGEST` are errors, with their place.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from midchannel.engines.casework import expressions
from midchannel.engines.casework.errors import ExpressionError

LONGEST = 10_000
_LARGEST = 10**300

Values = Mapping[str, Any]
Answer = Callable[[Values], Any]


@dataclass(frozen=True)
class Function:
    """What a function takes (least, most) and does."""

    takes: tuple[int, int]
    does: Callable[..., Any]


@dataclass(frozen=True)
class Condition:
    """A condition ready to be asked: its text, what it depends on, and how to ask it."""

    text: str
    node: expressions.Node
    names: frozenset[str]
    answer: Answer

    def value(self, values: Values) -> Any:
        """The value, of any type. Raises `ExpressionError`."""
        return self.answer(values)

    def holds(self, values: Values) -> bool:
        """Whether it holds. Raises `ExpressionError`, with its place."""
        return _truth(self.answer(values), self.node, self.text)


def condition(text: str) -> Condition:
    """`text` made ready. Raises `ExpressionError` where it cannot be read."""
    node = expressions.parse(text)
    return Condition(text, node, expressions.names_in(node), _compiled(node, text))


def of_node(node: expressions.Node, text: str) -> Condition:
    """A part of the condition `text` made ready, to be asked alone."""
    return Condition(text, node, expressions.names_in(node), _compiled(node, text))


def shown(value: Any) -> str:
    """A value as one writes it in a condition."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        return "[" + ", ".join(shown(each) for each in value) + "]"
    return repr(value) if isinstance(value, str) else str(value)


def _wrong(message: str, at: int, text: str) -> ExpressionError:
    return ExpressionError(message, at=at, text=text)


def _truth(value: Any, node: expressions.Node, text: str) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return value.strip().lower() == "true"
    if isinstance(value, int | float):
        raise _wrong(f"{value} is a number, not true or false. Compare it with something.", node.at, text)
    return False


def _compiled(node: expressions.Node, text: str) -> Answer:
    return _MAKERS[type(node)](node, text)


def _literal(node: expressions.Literal, _text: str) -> Answer:
    value = node.value
    return lambda _values: value


def _name(node: expressions.Name, _text: str) -> Answer:
    first, *rest = node.path
    if not rest:
        return lambda values: values.get(first)

    def reached(values: Values) -> Any:
        found = values.get(first)
        for part in rest:
            found = found.get(part) if isinstance(found, Mapping) else None
        return found

    return reached


def _unary(node: expressions.Unary, text: str) -> Answer:
    operand = _compiled(node.operand, text)
    if node.op == "not":
        return lambda values: not _truth(operand(values), node.operand, text)
    if node.op == "empty":
        return lambda values: is_empty(operand(values))

    def negative(values: Values) -> Any:
        number = _number(operand(values), node.at, text)
        return None if number is None else -number

    return negative


def _binary(node: expressions.Binary, text: str) -> Answer:
    left, right, op, at = _compiled(node.left, text), _compiled(node.right, text), node.op, node.at
    if op == "and":
        return lambda values: _truth(left(values), node.left, text) and _truth(right(values), node.right, text)
    if op == "or":
        return lambda values: _truth(left(values), node.left, text) or _truth(right(values), node.right, text)
    if op in {"in", "not-in"}:
        wanted = op == "in"
        return lambda values: _member(left(values), right(values), at, text) is wanted
    if op in {"==", "!="}:
        same = op == "=="
        return lambda values: is_equal(left(values), right(values)) is same
    if op in _ORDERS:
        order = _ORDERS[op]
        return lambda values: _ordered(order, left(values), right(values), at, text)
    return lambda values: _calculated(op, left(values), right(values), at, text)


def _choice(node: expressions.Choice, text: str) -> Answer:
    test, yes, no = _compiled(node.test, text), _compiled(node.yes, text), _compiled(node.no, text)
    return lambda values: yes(values) if _truth(test(values), node.test, text) else no(values)


def _list(node: expressions.ListOf, text: str) -> Answer:
    items = [_compiled(each, text) for each in node.items]
    return lambda values: [each(values) for each in items]


def _call(node: expressions.Call, text: str) -> Answer:
    arguments = [_compiled(each, text) for each in node.arguments]
    does = FUNCTIONS[node.name].does

    def called(values: Values) -> Any:
        given = [each(values) for each in arguments]
        try:
            return does(*given)
        except (TypeError, ValueError) as wrong:
            raise _wrong(
                f"{node.name} cannot take {', '.join(shown(each) for each in given)}.", node.at, text
            ) from wrong

    return called


def is_empty(value: Any) -> bool:
    """Null, an empty text, an empty list."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def is_equal(left: Any, right: Any) -> bool:
    """Whether two values are the same, as the module's docstring says."""
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


def _number(value: Any, at: int, text: str) -> int | float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    number = _read(value) if isinstance(value, str) else None
    if number is None:
        raise _wrong(f"{shown(value)} is not a number.", at, text)
    return number


def _ordered(order: Callable[[Any, Any], bool], left: Any, right: Any, at: int, text: str) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) and isinstance(right, str):
        return order(left, right)
    first, second = _number(left, at, text), _number(right, at, text)
    return order(first, second)


def _member(item: Any, within: Any, at: int, text: str) -> bool:
    if within is None:
        return False
    if isinstance(within, str):
        return isinstance(item, str) and item in within
    if isinstance(within, list | tuple):
        return any(is_equal(item, each) for each in within)
    if isinstance(within, Mapping):
        return item in within
    raise _wrong(f"{shown(within)} is neither a list nor a text.", at, text)


def _calculated(op: str, left: Any, right: Any, at: int, text: str) -> Any:
    if op == "+" and isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > LONGEST:
            raise _wrong(f"The text would be longer than {LONGEST} characters.", at, text)
        return left + right
    first, second = _number(left, at, text), _number(right, at, text)
    if first is None or second is None:
        return None
    if op in {"/", "%"} and second == 0:
        raise _wrong("This divides by zero.", at, text)
    try:
        result = _SUMS[op](first, second)
    except OverflowError as large:
        raise _wrong("The number becomes too large.", at, text) from large
    if not -_LARGEST < result < _LARGEST:
        raise _wrong("The number becomes too large.", at, text)
    return result


def _length(value: Any) -> int:
    return 0 if value is None else len(value)


def _contains(within: Any, item: Any) -> bool:
    return _member(item, within, 0, "contains")


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else shown(value)


def _of_text(does: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: does(*(_text(each) for each in given))


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
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
_MAKERS: dict[type, Callable[[Any, str], Answer]] = {
    expressions.Literal: _literal,
    expressions.Name: _name,
    expressions.Unary: _unary,
    expressions.Binary: _binary,
    expressions.Choice: _choice,
    expressions.ListOf: _list,
    expressions.Call: _call,
}
