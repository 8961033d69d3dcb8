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


@pytest.fixture
def model() -> encoder.Encoder:
    pytest.importorskip("onnxruntime")
    found = encoder.load()
    assert found is not None
    return found


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


def test_a_text_says_the_same_alone_and_among_others(model: encoder.Encoder) -> None:
    texts = ["Thank you so much, you were wonderful!", "", "Three hours on hold. Three. I give up.", "We open at nine."]
    together = model.read(texts)
    assert together == [model.read([text])[0] for text in texts]
    assert [each.sentiment for each in together] == ["positive", "", "negative", "neutral"]


def test_no_text_is_an_error(model: encoder.Encoder) -> None:
    hostile = [
        "\u0000",
        "https://example.org/x?y=1",
        "a" * 100_000,
        "ok " * 33_000,
        "Z\u0351\u036b" * 500,
        "\ud800 half",
        "谢谢",
    ]
    assert [bool(each.sentiment) for each in model.read(hostile)] == [False, False, True, True, True, True, True]


def test_both_readings_as_one_keep_what_only_the_first_says(model: encoder.Encoder) -> None:
    text = "My card was stolen, please block it immediately"
    first, second = reading.read([text])[0], model.read([text])[0]
    both = encoder.joined(first, second)
    assert (both.urgency_rules, both.language) == (first.urgency_rules, "en")
    assert (both.sentiment, both.model) == (second.sentiment, f"{first.model}+{second.model}")
