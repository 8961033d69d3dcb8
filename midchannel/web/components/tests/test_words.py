"""Ages, durations, numbers and faces as people read them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from midchannel.web.components import words

NOW = datetime(2026, 11, 21, 22, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "shown"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(seconds=-20), "now"),
        (timedelta(minutes=5, seconds=50), "5m"),
        (timedelta(hours=23), "23h"),
        (timedelta(days=6, hours=23), "6d"),
        (timedelta(days=7), "14 Nov"),
        (timedelta(days=400), "17 Oct 2025"),
        (timedelta(days=-2), "23 Nov"),
    ],
)
def test_an_age_is_as_short_as_a_list_has_room_for(ago: timedelta, shown: str) -> None:
    with translation.override("en"), timezone.override("UTC"):
        assert words.short_age(NOW - ago, now=NOW) == shown


def test_behind_a_word_an_age_says_that_it_is_past() -> None:
    with translation.override("en"), timezone.override("UTC"):
        assert words.ago(NOW - timedelta(hours=3), now=NOW) == "3h ago"
        assert words.ago(NOW - timedelta(days=7), now=NOW) == "14 Nov"
        assert words.ago(NOW, now=NOW) == "now"


def test_a_moment_is_said_in_the_readers_zone() -> None:
    with translation.override("en"), timezone.override("Asia/Kathmandu"):
        assert words.clock_time(NOW, now=NOW) == "03:53"
        assert words.exact(NOW).startswith("Sunday 22 November 2026, 03:53:00")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "\u2013"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "1 h"),
        (15_120, "4 h 12 min"),
        (7200, "2 h"),
        (190_800, "2 d 5 h"),
        (172_800, "2 d"),
    ],
)
def test_a_duration_has_at_most_two_units(seconds: float | None, shown: str) -> None:
    with translation.override("en"):
        assert words.duration(seconds) == shown


@given(st.floats(0, 1e9))
def test_any_duration_can_be_said(seconds: float) -> None:
    assert words.duration(seconds)
    assert words.coarse(seconds)


def test_a_number_is_grouped_and_nothing_is_a_dash() -> None:
    with translation.override("en"):
        assert words.number(1_234_567) == "1,234,567"
        assert words.number(12.34) == "12.3"
        assert words.number(None) == "\u2013"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Horvat", "AH"),
        ("ana", "AN"),
        ("Paul Ferrier (Swift Couriers)", "PF"),
        ("@tom@x.example", "TO"),
        ("", "?"),
        ("😀 !", "?"),
        ("مريم الحسيني", "ما"),
        ("Z\u0351", "Z"),
    ],
)
def test_initials_are_letters_only(name: str, letters: str) -> None:
    assert words.initials(name) == letters


@given(st.text(max_size=40))
def test_everybody_has_a_face(key: str) -> None:
    assert 0 <= words.face_hue(key) < words.FACES
    assert 1 <= len(words.initials(key)) <= 6


def test_a_clock_says_how_long_it_has_and_how_late_it_is() -> None:
    with translation.override("en"):
        assert words.clock_words(NOW + timedelta(hours=5), now=NOW) == ("ok", "5 h left")
        assert words.clock_words(NOW + timedelta(minutes=12), now=NOW) == ("soon", "12 min left")
        assert words.clock_words(NOW - timedelta(minutes=42), now=NOW) == ("late", "42 min late")
