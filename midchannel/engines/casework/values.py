"""What conditions come to: closures made once from a parsed condition, and the same in parts for explaining.

What is defined for every value, so that no plan depends on luck:

- an unknown name is null; null compared by `<` and the like is false; null in arithmetic is null; null == null;
- a condition holds when its value is true or the text "true"; null, false, other texts and lists do not; a number is an error;
- a number beside a text that reads as one compares as a number, true and false beside "true" and "false" likewise; other unlike values
  are not equal, and asking which is larger is an error;
- division by zero, a number beyond 10^300 and a text beyond `operations.LONGEST` are errors, with their place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from midchannel.engines.casework import expressions, operations
from midchannel.engines.casework.operations import wrong

Values = Mapping[str, Any]
Answer = Callable[[Values], Any]


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


def _truth(value: Any, node: expressions.Node, text: str) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    if isinstance(value, str):
        return value.strip().lower() == "true"
    if isinstance(value, int | float):
        raise wrong(f"{value} is a number, not true or false. Compare it with something.", node.at, text)
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
        return lambda values: operations.is_empty(operand(values))

    def negative(values: Values) -> Any:
        number = operations.as_number(operand(values), node.at, text)
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
        return lambda values: operations.member(left(values), right(values), at, text) is wanted
    if op in {"==", "!="}:
        same = op == "=="
        return lambda values: operations.is_equal(left(values), right(values)) is same
    if op in operations.ORDERS:
        order = operations.ORDERS[op]
        return lambda values: operations.ordered(order, left(values), right(values), at, text)
    return lambda values: operations.calculated(op, left(values), right(values), at, text)


def _choice(node: expressions.Choice, text: str) -> Answer:
    test, yes, no = _compiled(node.test, text), _compiled(node.yes, text), _compiled(node.no, text)
    return lambda values: yes(values) if _truth(test(values), node.test, text) else no(values)


def _list(node: expressions.ListOf, text: str) -> Answer:
    items = [_compiled(each, text) for each in node.items]
    return lambda values: [each(values) for each in items]


def _call(node: expressions.Call, text: str) -> Answer:
    arguments = [_compiled(each, text) for each in node.arguments]
    does = operations.FUNCTIONS[node.name].does

    def called(values: Values) -> Any:
        given = [each(values) for each in arguments]
        try:
            return does(*given)
        except (TypeError, ValueError) as error:
            raise wrong(
                f"{node.name} cannot take {', '.join(operations.shown(each) for each in given)}.", node.at, text
            ) from error

    return called


_MAKERS: dict[type, Callable[[Any, str], Answer]] = {
    expressions.Literal: _literal,
    expressions.Name: _name,
    expressions.Unary: _unary,
    expressions.Binary: _binary,
    expressions.Choice: _choice,
    expressions.ListOf: _list,
    expressions.Call: _call,
}
