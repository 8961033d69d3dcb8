"""What the conditions of a plan ask for: the names of values, what each can be, and after which item it is wanted.

A plan declares no values; what one is follows from what it is compared with: `late_days >= 2` is a number, `parcel_state == 'lost'` one
of several words, `not answered` yes or no.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from midchannel.engines.casework import expressions, plan, values
from midchannel.engines.casework.compiled import COUNTER, CompiledPlan, Node


class Need(StrEnum):
    """What a value can be, the surest first."""

    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    TEXT = "text"


class Question(msgspec.Struct, frozen=True):
    """A value that conditions ask for. `name` may reach into a value (`order.total`); `choices` are the words it is compared with."""

    name: str
    need: Need
    choices: tuple[str, ...] = ()


class Questions(msgspec.Struct, frozen=True):
    """All that a plan asks for, in the order of the plan; and by id of an item what is asked when something happens to it."""

    all: tuple[Question, ...]
    after: dict[str, tuple[str, ...]]


def list_questions(ready: CompiledPlan) -> Questions:
    """What the conditions of a plan ask for."""
    counters = {COUNTER} | {node.rules.counter for node in ready.nodes.values() if node.rules.counter}
    found: dict[str, list[tuple[Need, tuple[str, ...]]]] = {}
    after: dict[str, list[str]] = {}
    for node in ready.nodes.values():
        for sources, condition in _conditions(node):
            for name, need, choices in _asked(condition.node, is_answer=True):
                if name in counters:
                    continue
                found.setdefault(name, []).append((need, choices))
                for source in sources:
                    if name not in after.setdefault(source, []):
                        after[source].append(name)
    questions = tuple(_question(name, hints) for name, hints in found.items())
    return Questions(questions, {source: tuple(names) for source, names in after.items()})


def _conditions(node: Node) -> Iterator[tuple[tuple[str, ...], values.Condition]]:
    for criterion in (*node.entry, *node.exit):
        if criterion.condition is not None:
            parts = (part.source for _, part in criterion.parts if part.kind is plan.Source.ITEM)
            yield tuple(parts), criterion.condition
    for rule in (node.required, node.manual, node.repeat):
        if rule is not None:
            yield (), rule
    for option in node.options:
        for _, condition in option.rules:
            yield (), condition


def _question(name: str, hints: list[tuple[Need, tuple[str, ...]]]) -> Question:
    needs = {need for need, _ in hints}
    need = next(each for each in Need if each in needs)
    choices: dict[str, None] = {}
    for _, words in hints:
        choices |= dict.fromkeys(words)
    return Question(name, need, tuple(choices) if need is Need.CHOICE else ())


def _asked(node: expressions.Node, *, is_answer: bool) -> Iterator[tuple[str, Need, tuple[str, ...]]]:
    """Every name with a hint of what it is; `is_answer` where the node itself decides yes or no."""
    if isinstance(node, expressions.Name):
        yield ".".join(node.path), Need.YES_NO if is_answer else Need.TEXT, ()
    elif isinstance(node, expressions.Unary):
        yield from _asked(node.operand, is_answer=node.op == "not")
    elif isinstance(node, expressions.Choice):
        yield from _asked(node.test, is_answer=True)
        yield from _asked(node.yes, is_answer=is_answer)
        yield from _asked(node.no, is_answer=is_answer)
    elif isinstance(node, expressions.Binary):
        yield from _of_two(node)
    elif isinstance(node, expressions.Call | expressions.ListOf):
        inner = node.arguments if isinstance(node, expressions.Call) else node.items
        for each in inner:
            yield from _asked(each, is_answer=False)


def _of_two(node: expressions.Binary) -> Iterator[tuple[str, Need, tuple[str, ...]]]:
    if node.op in {"and", "or"}:
        yield from _asked(node.left, is_answer=True)
        yield from _asked(node.right, is_answer=True)
        return
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(one, expressions.Name):
            yield ".".join(one.path), *_compared(node.op, other)
        else:
            yield from _asked(one, is_answer=False)


def _compared(op: str, other: expressions.Node) -> tuple[Need, tuple[str, ...]]:
    items = other.items if isinstance(other, expressions.ListOf) else (other,)
    literals = [each.value for each in items if isinstance(each, expressions.Literal)]
    if literals and all(isinstance(each, bool) for each in literals):
        return Need.YES_NO, ()
    words = tuple(each for each in literals if isinstance(each, str) and each)
    if words and op in {"==", "!=", "in", "not-in"}:
        return Need.CHOICE, words
    is_number = any(isinstance(each, int | float) for each in literals)
    if is_number or op in {"<", "<=", ">", ">=", "-", "*", "/", "%"}:
        return Need.NUMBER, ()
    return Need.TEXT, ()
