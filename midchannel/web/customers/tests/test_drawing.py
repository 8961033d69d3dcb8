"""Evidence in words and pictures: the words follow the weights, strangers' texts are escaped, what is too much is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.web.customers import drawing, weighing


@pytest.mark.parametrize(
    ("weight", "words", "side"),
    [
        (0.0, "says nothing", "none"),
        (1.0, "a little for", "for"),
        (-1.0, "a little against", "against"),
        (4.0, "for", "for"),
        (-8.0, "strongly against", "against"),
        (30.0, "very strongly for", "for"),
    ],
)
def test_weights_are_said_in_words(weight: float, words: str, side: str) -> None:
    assert weighing.words_of(weight) == words
    assert weighing.side_of(weight) == side


@pytest.mark.parametrize(
    ("weight", "words", "odds"),
    [
        (20.0, "Almost certainly the same", "fewer than one"),
        (7.0, "Almost certainly the same", "about 8 are two people"),
        (4.0, "Very probably the same", "about 94 are one person"),
        (0.0, "Could be either", "about 50"),
        (-6.0, "Very probably two different", "about 2 are one person"),
    ],
)
def test_the_sum_is_said_as_it_would_be_found(weight: float, words: str, odds: str) -> None:
    total = weighing.sum_of(weight)

    assert total.words == words
    assert odds in total.odds


def test_only_what_differs_in_texts_that_are_alike_is_marked() -> None:
    left, right = weighing.mark_differences("Anna <b>Lima", "Ana <b>Lima")
    far, _other = weighing.mark_differences("Bo", "Christina")

    assert left == "A<mark>n</mark>na &lt;b&gt;Lima"
    assert right == "Ana &lt;b&gt;Lima"
    assert "<mark>" not in far


@given(st.text(), st.text())
def test_whatever_strangers_call_themselves_is_escaped(left: str, right: str) -> None:
    for marked in weighing.mark_differences(left, right):
        assert "<" not in marked.replace("<mark>", "").replace("</mark>", "")


@given(st.floats(allow_nan=False))
def test_any_weight_has_words_and_a_bar(weight: float) -> None:
    assert weighing.words_of(weight)
    assert weighing.sum_of(weight).words
    assert "<rect" in weighing.bar(weight)


def test_the_picture_joins_what_was_decided_and_says_what_it_leaves_out() -> None:
    nodes = [drawing.Node(number, f"<i>{number}</i>", "place", "mail") for number in range(1, 21)]
    edges = [drawing.Edge(1, number, "proof", "rule", "sure", f"link-{number}") for number in range(2, 21)]

    picture = drawing.draw(nodes, edges, title="Twenty records")

    assert picture.left_out == 6
    assert picture.wide.count("<path") == 13
    assert picture.narrow.count("<path") == 13
    assert "<i>" not in picture.wide
    assert "style=" not in picture.wide


def test_records_in_a_ring_are_drawn_once() -> None:
    nodes = [drawing.Node(number, f"R{number}", "", "mail") for number in (1, 2, 3)]
    edges = [drawing.Edge(a, b, "for", "rule", "rule", f"link-{a}{b}") for a, b in ((1, 2), (2, 3), (3, 1))]

    kept = drawing.spanning(edges, {"link-12": 5.0, "link-23": 9.0, "link-31": 1.0})

    assert [edge.anchor for edge in kept] == ["link-23", "link-12"]
    assert drawing.draw(nodes, edges, title="A ring").wide.count("path-card") == 3


def test_a_long_path_goes_down_the_page_instead_of_shrinking() -> None:
    nodes = [drawing.Node(number, f"R{number}", "", "mail") for number in range(1, 6)]
    edges = [drawing.Edge(a, a + 1, "for", "rule", "rule", f"link-{a}") for a in range(1, 5)]

    picture = drawing.draw(nodes, edges, title="A chain")

    assert 'class="path-drawing path-wide path-tall"' in picture.wide
