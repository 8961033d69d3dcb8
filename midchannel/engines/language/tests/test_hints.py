"""What is looked for only where it can be is found all the same."""

import pytest

from midchannel.engines.language import hints, letters, normal, urgency


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b(?:stolen|fraud\w*)\b", {"stolen", "fraud"}),
        (r"\binjur(?:y|ed)\b", {"injur"}),
        (r"\blost my (?:card|wallet)\b", {"lost"}),
        (r"\b(?:by|bis)\s+(?:monday|montag)\b", {"monday", "montag"}),
        (r"\bvolée?\b", {"volé"}),
        (r"\bj'attends\b", {"attends"}),
        (r"\b\d+ (?:days|weeks) (?:now|later)\b", {"days", "weeks"}),
    ],
)
def test_a_pattern_tells_how_its_words_begin(pattern: str, words: set[str]) -> None:
    assert set(hints.beginnings(pattern) or ()) == words


@pytest.mark.parametrize(
    ("pattern", "cases"),
    [
        (r"\b(?:a|b(?:c|d))\b", [r"\b(?:a)\b", r"\b(?:b(?:c|d))\b"]),
        (r"\b(?:by|bis) (?:noon)\b|\bj[u|n]l\b", [r"\b(?:by|bis) (?:noon)\b", r"\bj[u|n]l\b"]),
        (r"\b(?:x\|y|z\))\b", [r"\b(?:x\|y)\b", r"\b(?:z\))\b"]),
    ],
)
def test_a_pattern_is_told_as_its_cases(pattern: str, cases: list[str]) -> None:
    assert hints.alternatives(pattern) == cases


def test_where_nothing_is_certain_a_pattern_is_always_tried() -> None:
    assert hints.beginnings(r"\b(?:urgent|\d+)\b") is None


@pytest.mark.parametrize(
    "text",
    [
        "My card was STOLEN, please block it immediately!!",
        "'urgent' #asap",
        "j'attends toujours",
        "I need it by Friday",
        "ruft mich sofort an, es eilt",
        "nothing of the kind",
    ],
)
def test_rules_hold_as_if_all_of_them_had_been_tried(text: str) -> None:
    (among,) = urgency.candidates(letters.of([normal.read_form(text)]))
    assert urgency.read(text, among) == urgency.read(text)
