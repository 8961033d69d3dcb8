"""Conditions: what they say, what they come to, and what they never do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.engines.casework import expressions, values
from midchannel.engines.casework.errors import ExpressionError


@pytest.mark.parametrize(
    ("text", "known", "holds"),
    [
        ("amount > 500", {"amount": 501}, True),
        ("amount > 500", {"amount": "501"}, True),
        ("amount > 500", {}, False),
        ("amount < 500", {}, False),
        ("amount == null", {}, True),
        ("${caseInstance.getVariable('x') != null && x}", {"x": "true"}, True),
        ("#{var:eq(a, true)}", {"a": True}, True),
        ("${var:get('a') >= 3}", {"a": 3}, True),
        ("order.total * 2 == 10", {"order": {"total": 5}}, True),
        ("order.total.more == 10", {"order": {"total": 5}}, False),
        ("mood in ['angry', 'sad'] and not vip", {"mood": "sad"}, True),
        ("mood not in ['angry']", {"mood": "sad"}, True),
        ("'ab' in 'cabin'", {}, True),
        ("empty list or size(list) > 1", {"list": [1, 2]}, True),
        ("(a ? b : c) == 2", {"a": False, "c": 2}, True),
        ("1 + 2 * 3 - 4 / 2 == 5 and 7 mod 4 == 3 and 9 div 3 == 3", {}, True),
        ("lower(name) == 'ana' && starts_with(name, 'A')", {"name": "Ana"}, True),
        ("name", {"name": "True "}, True),
        ("name", {"name": "yes"}, False),
        ("list", {"list": [1]}, False),
        ("missing + 1 > 0", {}, False),
        ("-3 < 2 and -amount < 0", {"amount": 1}, True),
        ('"it\\"s" == \'it"s\'', {}, True),
    ],
)
def test_what_a_condition_comes_to(text: str, known: dict[str, Any], holds: bool) -> None:
    assert values.condition(text).holds(known) is holds


@pytest.mark.parametrize(
    ("text", "known", "at", "says"),
    [
        ("amount / none > 1", {"amount": 3, "none": 0}, 7, "divides by zero"),
        ("amount > 'many'", {"amount": 3}, 7, "'many' is not a number"),
        ("amount", {"amount": 3}, 0, "is a number, not true or false"),
        ("3 in amount", {"amount": 3}, 2, "neither a list nor a text"),
        ("abs(name) > 1", {"name": "x"}, 0, "abs cannot take 'x'"),
        ("big * big > 1", {"big": 10**200}, 4, "too large"),
        ("text + text == ''", {"text": "x" * 6000}, 5, "longer than"),
    ],
)
def test_what_cannot_be_answered_is_told_with_its_place(text: str, known: dict[str, Any], at: int, says: str) -> None:
    with pytest.raises(ExpressionError, match=says) as caught:
        values.condition(text).holds(known)

    assert caught.value.at == at


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("amount >", 8, "ends too early"),
        ("amount = 3", 7, "to compare write '=='"),
        ("amount >> 3", 8, "not expected"),
        ("${a && }", 6, "ends too early"),
        ("open('/etc/passwd')", 0, "no function 'open'"),
        ("a.b.c(1)", 0, "no function 'a.b.c'"),
        ("size()", 0, "takes 1 values"),
        ("a ; b", 2, "means nothing"),
        ("__import__('os')", 0, "no function"),
        ("(" * 60 + "1" + ")" * 60, 40, "nests deeper"),
        ("!" * 60 + "a", 40, "nests deeper"),
        ("1 + " * 400 + "1", 600, "more than"),
        ("x" * 3000, 2000, "longer than"),
        ("'abc", 0, "means nothing"),
        ("var:eq", 0, "arguments are missing"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, at: int, says: str) -> None:
    with pytest.raises(ExpressionError, match=says) as caught:
        values.condition(text)

    assert caught.value.at == at


@given(st.text(alphabet="ab1. '\"()[]<>=!&|+-*/%?:,${}inotempy", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        condition = values.condition(text)
    except ExpressionError as wrong:
        places = range(len(text) + 1)
        assert wrong.at in places  # noqa: PT017 - either way is right
        return
    again = values.condition(expressions.write(condition.node))
    for known in ({}, {"a": 1, "b": "x"}, {"a": True, "b": [1]}):
        assert _answer(condition, known) == _answer(again, known)


def _answer(condition: values.Condition, known: dict[str, Any]) -> Any:
    try:
        return condition.value(known)
    except ExpressionError as wrong:
        return wrong.message
