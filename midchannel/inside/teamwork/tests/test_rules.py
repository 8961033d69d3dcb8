"""What counts as a mention, and as repeating internal words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.inside.teamwork import rules


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ana can you look?", ["ana"]),
        ("ask @Ana-Lima, and (@ben)!", ["ana-lima", "ben"]),
        ("@ana @ana @ANA", ["ana"]),
        ("write to ana@example.com", []),
        ("mail @ana@mastodon.example", []),
        ("x@ana", []),
        ("see /@ana", []),
        ("no one", []),
        ("@", []),
    ],
)
def test_mentions(text: str, names: list[str]) -> None:
    assert rules.mentions(text) == names


@given(st.text(max_size=300))
def test_any_text_can_be_searched_for_mentions(text: str) -> None:
    assert all(name == name.lower() for name in rules.mentions(text))


def test_a_long_post_repeated_word_for_word_is_noticed_whatever_its_spacing() -> None:
    post = "@ben The courier lost the whole van, do not tell anybody yet"

    assert rules.is_repeated("Dear Cara,\n\nThe courier LOST the\nwhole van, do not tell anybody yet\n\nAna", post)
    assert not rules.is_repeated("Dear Cara, we are looking for your parcel. Ana", post)


def test_a_short_post_is_nobodys_secret() -> None:
    assert not rules.is_repeated("Yes, of course.", "Yes, of course.")
