"""The second reading: optional, deeper, and the same for a text whatever is read beside it."""

from pathlib import Path

import pytest

from midchannel.engines.language import encoder, encoder_pieces, reading

PIECES = encoder_pieces.Pieces(
    [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "un",
        "##happy",
        "cafe",
        "!",
        "link",
        "@",
        "face",
        "with",
        "tears",
        "of",
        "joy",
    ]
)


def test_without_the_model_there_is_no_second_reading(tmp_path: Path) -> None:
    assert encoder.load(tmp_path) is None


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("UNHAPPY!", [2, 4, 5, 7, 3]),
        ("Café", [2, 6, 3]),
        ("@somebody https://example.org", [2, 9, 8, 3]),
        ("\U0001f602", [2, 10, 11, 12, 13, 14, 3]),
        ("\ud800", [2, 1, 3]),
        ("", [2, 3]),
    ],
)
def test_words_are_taken_apart_by_the_vocabulary(text: str, pieces: list[int]) -> None:
    assert PIECES.of(text) == pieces


def test_a_long_text_is_read_to_its_first_pieces() -> None:
    found = PIECES.of("cafe " * 5000)
    assert len(found) == encoder_pieces.LONGEST
    assert found[-1] == 3


def test_an_answer_without_words_changes_nothing() -> None:
    first = reading.read(["My parcel came today"])[0]
    assert encoder.joined(first, encoder.Deeper(model="encoder/1")) == first


def test_only_what_it_reads_and_is_unsure_of_is_worth_a_second_reading() -> None:
    unsure = reading.Reading(language="en", sentiment="neutral", sentiment_confidence=0.4)
    sure = reading.Reading(language="en", sentiment="neutral", sentiment_confidence=0.9)
    elsewhere = reading.Reading(language="ti", sentiment="neutral", sentiment_confidence=0.4)
    assert [encoder.is_unsure(each) for each in (unsure, sure, elsewhere, reading.Reading())] == [
        True,
        False,
        False,
        False,
    ]
