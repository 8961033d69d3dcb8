"""Whatever an endpoint answers, nothing but plain text with known sources comes out."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.engines.assistance import answering
from midchannel.engines.assistance.answering import Answer
from midchannel.engines.assistance.asking import Purpose

KNOWN = ("m1", "m2")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
HOSTILE = st.lists(
    st.sampled_from(
        ["<script>", "</", "http", "s", ":", "//", "www.", "evil", ".", "com", "](", "[", ")", "@", "\u202e", "\x00", "`",
         "javascript:", "<<a>b", "\ud800", "\n", "# ", "**", "{{", "%}", " ", "hello"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


def answered(content: object) -> dict[str, object]:
    return {"choices": [{"message": {"role": "assistant", "content": content}}]}


def said(text: object = "They ask for a card.", sources: object = ("m1",), abstains: object = False) -> str:
    return json.dumps({"text": text, "sources": sources, "abstains": abstains})


def read(content: object) -> Answer | None:
    return answering.read(answered(content), purpose=Purpose.SUMMARY, known=KNOWN)


def test_an_answer_of_the_asked_shape_is_believed() -> None:
    assert read(said("They ask\nfor a card.", ["m2", "m1", "m2"])) == Answer("They ask\nfor a card.", ("m2", "m1"))


@pytest.mark.parametrize(
    "content",
    [
        None, "", "They ask for a card.", "[]", "null", "NaN", f"```json\n{said()}\n```", said() + said(), said(abstains=True),
        said(abstains=0), said(""), said("!?"), said("x" * 2001), said(7),
        said(sources=[]), said(sources=["m3"]), said(sources=["m1", "m9"]),
        said(sources=[1]), said(sources="m1"),
        said(sources=[["m1"]]), '{"text": "x", "sources": ["m1"]}', said()[:-1] + ', "send": true}',
        '{"text": "a", "text": "b", "sources": ["m1"], "abstains": false}', "[" * 30_000, "<think>hm</think>" + said(),
    ],
)  # fmt: skip
def test_anything_else_is_nothing(content: object) -> None:
    assert read(content) is None


def test_an_answer_that_calls_a_tool_is_nothing() -> None:
    answer = {"choices": [{"message": {"content": said(), "tool_calls": [{"function": {"name": "send"}}]}}]}

    assert answering.read(answer, purpose=Purpose.SUMMARY, known=KNOWN) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("See https://evil.example/x?y=1 now", "See (...) now"),
        ("See [this](http://evil.example) now", "See (...) now"),
        ("Go to evil.com/login, or WWW.EVIL", "Go to (...) or (...)"),
        ("Write to ana@evil.com", "Write to (...)"),
        ("<b>Bold</b> <img src=x onerror=alert(1)>text", "Bold text"),
        ("<scr<b>ipt>alert(1)", "scr iptalert(1)"),
        ("java\u200bscript:alert(1)", "(...)"),
        ("Order #12345 costs 3.50 EUR. Please wait.", "Order #12345 costs 3.50 EUR. Please wait."),
        ("# Title\n\n\n\n**bold** `code`", "Title\n\nbold code"),
        ("right\u202eleft\x07", "rightleft"),
    ],
)
def test_links_markup_and_unseen_signs_are_taken_out(text: str, plain: str) -> None:
    assert answering.plain_of(text) == plain


@given(ANYTHING)
def test_no_answer_whatever_its_shape_is_more_than_nothing(answer: object) -> None:
    assert answering.read(answer, purpose=Purpose.REPLY, known=KNOWN) is None
    assert answering.read(answered(answer), purpose=Purpose.REPLY, known=KNOWN) is None
    answering.tokens_of(answer)


@given(
    st.text() | HOSTILE, st.lists(st.sampled_from([*KNOWN, "m3", "", "../m1"]), max_size=4), st.sampled_from(Purpose)
)
def test_only_plain_text_with_known_sources_comes_out(text: str, sources: list[str], purpose: Purpose) -> None:
    answer = answering.read(answered(said(text, sources)), purpose=purpose, known=KNOWN)

    if answer is None:
        return
    assert 0 < len(answer.text) <= answering.MOST_TEXT[purpose]
    assert set(answer.sources) <= set(KNOWN)
    assert answer.sources
    assert not {"<", ">", "`", "[", "]", "{", "}"} & set(answer.text)
    lower = answer.text.lower()
    assert not [bad for bad in ("//", "www.", "http:e", "https:e", "javascript:e", "@", "evil.com") if bad in lower]
    assert all(each in "\n\u200c\u200d" or not unicodedata.category(each).startswith("C") for each in answer.text)


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [({"total_tokens": 12}, 12), ({"total_tokens": -1}, None), ({"total_tokens": True}, None), ([], None)],
)
def test_what_it_cost_is_a_number_that_can_be(usage: object, tokens: int | None) -> None:
    assert answering.tokens_of({"usage": usage}) == tokens
