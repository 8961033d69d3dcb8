"""What is typical of somebody, and the words it is told by."""

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.engines import wording

WORDS = st.sampled_from(["card", "transfer", "refund", "cash", "limit", "app", "holiday", "travel"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have been waiting for my card and it is still not here", "en"),
        ("Ich warte noch immer auf die neue Karte und sie ist nicht da", "de"),
        ("Je n'ai pas encore reçu la carte que vous avez envoyée", "fr"),
        ("No me ha llegado la tarjeta que he pedido, ¿qué pasa?", "es"),
        ("La carta non è ancora arrivata e non so perché", "it"),
        ("De kaart is nog niet aangekomen en ik heb hem nodig", "nl"),
        ("O cartão não chegou e eu não sei por que", "pt"),
        ("¯\\_(ツ)_/¯", ""),
        ("", ""),
    ],
)
def test_the_language_is_told_by_small_words(text: str, language: str) -> None:
    assert wording.language_of(text) == language


def test_links_names_addresses_numbers_and_small_words_are_no_words() -> None:
    text = "@lantern the refund of 12.50 at https://lantern.example/refund?x=1 went to ana@mail.example, REFUND! Don\u2019t #panic"

    assert wording.words_of(text, "en") == ["refund", "went", "refund", "panic"]


def test_scripts_without_spaces_are_counted_by_pairs() -> None:
    assert wording.words_of("銀行口座") == ["銀行", "行口", "口座"]


def test_what_only_one_says_is_typical_and_what_all_say_is_not() -> None:
    theirs = {"sailing": 6, "card": 6}
    everybody = {"sailing": 7, "card": 3000}

    found = wording.typical(theirs, everybody, total=60_000)

    assert [each.word for each in found] == ["sailing"]
    assert found[0].times > 50


def test_a_word_said_once_is_chance() -> None:
    assert wording.typical({"sailing": 1}, {"sailing": 1}, total=60_000) == []


@given(st.lists(WORDS, max_size=60), st.lists(WORDS, max_size=300))
@settings(max_examples=100, deadline=None)
def test_whatever_was_said_the_numbers_can_be_and_the_surest_is_first(mine: list[str], others: list[str]) -> None:
    theirs, everybody = Counter(mine), Counter(mine + others)

    found = wording.typical(theirs, everybody, total=len(mine) + len(others), least_z=-99, least_count=1)

    assert {each.word for each in found} == set(theirs)
    assert all(math.isfinite(each.z) and each.times > 0 for each in found)
    assert [each.z for each in found] == sorted((each.z for each in found), reverse=True)


@given(st.text(max_size=300), st.sampled_from(["", "en", "de", "xx"]))
@settings(max_examples=200, deadline=None)
def test_any_text_has_words_that_are_short_enough_to_keep(text: str, language: str) -> None:
    assert all(2 <= len(word) <= 40 for word in wording.words_of(text, language))
