"""Words with places to fill in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.inside.improvements import rules


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("Ana Lima", "Hello {first_name}, it is done.", "Hello Ana, it is done."),
        ("", "Hello {first_name}, it is done.", "Hello, it is done."),
        ("ana@example.org", "Hello {first_name}!", "Hello!"),
        ("+44 20 7946 0000", "{first_name}, it is done.", "it is done."),
        ("Ana", "It is done.", "It is done."),
    ],
)
def test_the_place_is_filled_or_closes_up(name: str, text: str, said: str) -> None:
    assert rules.fill(text, name) == said


@given(st.text(max_size=60), st.text(max_size=200))
def test_no_known_place_is_left_open(name: str, text: str) -> None:
    name = name.replace("{", "")

    assert "{first_name}" not in rules.fill(text + " {first_name}!", name)


def test_a_place_that_nothing_fills_in_is_found() -> None:
    assert rules.unknown_places("Hello {first_name} {surname} {x}") == ["surname", "x"]
