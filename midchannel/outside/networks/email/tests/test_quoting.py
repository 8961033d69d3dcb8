"""New text and quoted history."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.outside.networks.email import quoting


@pytest.mark.parametrize(
    "history",
    [
        "On Fri, Nov 20, 2026 at 9:00 AM Shop <support@shop.example> wrote:\n> Hello\n> World",
        "On Fri, Nov 20, 2026 at 9:00 AM Shop\n<support@shop.example> wrote:\n\n> Hello",
        "Am 20.11.2026 um 09:00 schrieb Shop <support@shop.example>:\n> Hallo",
        "Le ven. 20 nov. 2026 à 09:00, Shop <support@shop.example> a écrit :\n> Bonjour",
        "From: Shop <support@shop.example>\nSent: Friday, November 20, 2026 9:00 AM\nTo: Ana\nSubject: Hello\n\nHello",
        "-----Original Message-----\nFrom: Shop\nSent: Friday\n\nHello",
        "> Hello\n> World\n",
    ],
)
def test_history_is_set_apart(history: str) -> None:
    new, quoted = quoting.split(f"Thank you!\n\nAna\n\n{history}")

    assert new == "Thank you!\n\nAna"
    assert quoted == history.strip()


def test_answers_between_quoted_lines_stay_with_what_they_answer() -> None:
    text = "> First question?\nYes.\n> Second question?\nNo."

    assert quoting.split(text) == (text, "")


def test_a_mail_that_is_only_history_is_shown() -> None:
    assert quoting.split("> all quoted") == ("> all quoted", "")


def test_indented_text_keeps_its_form() -> None:
    assert quoting.split("list:\n  - one\n    code") == ("list:\n  - one\n    code", "")


@given(st.text(max_size=300))
def test_nothing_is_lost(text: str) -> None:
    new, quoted = quoting.split(text)

    assert "".join((new + quoted).split()) == "".join(text.split())


@pytest.mark.parametrize("word", ["On ", "Am ", "Le ", "From: ", "> ", "  ", "On a\n", "_", "-"])
def test_hostile_text_takes_no_time(word: str) -> None:
    started = time.process_time()

    quoting.split(word * 100_000)

    assert time.process_time() - started < 5
