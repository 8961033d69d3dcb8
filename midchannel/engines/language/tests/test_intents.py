"""What somebody wants: several intents may hold, `other` stands alone, and a grade knows them by the names others give them."""

import numpy as np
import pytest

from midchannel.engines.language import grading, intents, reading


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I want to cancel my subscription, please confirm", "cancellation"),
        ("My order never arrived and nobody answers my emails", "complaint"),
        ("Thank you so much, your staff were brilliant", "praise"),
        ("What are your opening hours on Sunday?", "question"),
        ("Please add a dark mode to the app, it would be great", "idea"),
        ("How much is it? I'd like to order one", "purchase_interest"),
        ("Ich möchte meinen Vertrag kündigen", "cancellation"),
        ("No funciona y nadie contesta, pésimo servicio", "complaint"),
    ],
)
def test_plain_words_are_understood(text: str, wanted: str) -> None:
    assert wanted in dict(reading.read([text])[0].intents)


def test_a_text_without_words_wants_nothing() -> None:
    assert reading.read(["", "\U0001f389"])[1].intents == ()


def test_other_holds_only_where_nothing_else_does() -> None:
    sure = np.full((2, len(intents.LABELS)), 0.1, np.float32)
    sure[:, intents.OTHER] = 0.9
    sure[0, 0] = 0.8
    holds = intents.chosen(sure, np.full(len(intents.LABELS), 0.5, np.float32))
    assert [intents.LABELS[at] for row in holds for at in np.flatnonzero(row)] == ["complaint", "other"]


def test_labels_are_known_by_other_spellings_and_recall_is_told_at_nine_in_ten() -> None:
    rows = grading.rows_of(
        "text\tlabels\nplease cancel my contract\tCancellation\nwe might leave for a cheaper supplier\tchurn risk\n"
        "what a lovely morning\tother\nI want to buy two of these\tpurchase interest\n",
        {},
    )
    found = grading.grade("intent", rows, clock=lambda: 0.0)
    assert set(found.labels) == {"Cancellation", "churn risk", "other", "purchase interest"}
    assert found.labels["Cancellation"].recall_at_90 == 1.0


def test_texts_with_line_ends_between_quotes_are_one_row() -> None:
    assert grading.rows_of('text\tlabel\n"one\ntwo"\tidea\nthree\tpraise\n', {}) == [
        ("one\ntwo", frozenset({"idea"})),
        ("three", frozenset({"praise"})),
    ]


def test_a_banks_own_topics_come_as_an_example() -> None:
    rows = grading.rows_of("text\tlabel\nI still have not received my new card\tcard_arrival\n", {})
    assert grading.grade("intent", rows, clock=lambda: 0.0).accuracy == 1.0
