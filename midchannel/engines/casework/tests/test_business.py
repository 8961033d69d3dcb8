"""Business time: weekends, holidays, clocks that change; and what a plan may write."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.engines.casework import business, times
from midchannel.engines.casework.business import Calendar, Span

OFFICE = Calendar(
    "Europe/Berlin", (((9 * 60, 12 * 60), (13 * 60, 17 * 60)),) * 5 + ((), ()), frozenset({date(2026, 12, 25)})
)

MOMENTS = st.integers(0, 3 * 365 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("begin", "words", "due"),
    [
        ("2026-11-23T10:00", "4 business hours", "2026-11-23T15:00"),
        ("2026-11-20T16:00", "4 business hours", "2026-11-23T12:00"),
        ("2026-11-21T11:00", "30 business minutes", "2026-11-23T09:30"),
        ("2026-12-24T16:00", "2 business hours", "2026-12-28T10:00"),
        ("2026-11-20T15:00", "2 business days", "2026-11-24T15:00"),
        ("2026-12-24T15:00", "1 business day", "2026-12-28T15:00"),
        ("2026-11-22T23:00", "1 business day", "2026-11-24T09:00"),
        ("2026-11-23T10:00", "PT4H of business time", "2026-11-23T15:00"),
        ("2026-11-23T10:00", "P1DT1H30M of business time", "2026-11-24T11:30"),
        ("2026-03-27T16:00", "2 business hours", "2026-03-30T10:00"),
        ("2026-10-23T16:00", "2 business hours", "2026-10-26T10:00"),
    ],
)
def test_business_time_is_counted_while_somebody_works(begin: str, words: str, due: str) -> None:
    assert times.read_schedule(words).first(_at(begin), OFFICE) == _at(due)


def test_the_night_the_clock_changes_has_the_hours_it_has() -> None:
    always = Calendar("Europe/Berlin")

    spring = Span(0, 4 * 3600).after(_at("2026-03-29T00:00"), always)
    autumn = Span(0, 4 * 3600).after(_at("2026-10-25T00:00"), always)

    assert (spring, autumn) == (_at("2026-03-29T05:00"), _at("2026-10-25T03:00"))


@pytest.mark.parametrize(
    "wrong", ["business", "4 business weeks", "1.5 business days", "PT of business time", "-1 business hours"]
)
def test_what_is_no_business_time_is_refused_in_words(wrong: str) -> None:
    with pytest.raises(ValueError, match="business"):
        times.read_schedule(wrong)


@pytest.mark.parametrize(
    ("zone", "week"),
    [
        ("Mars/Olympus", OFFICE.week),
        ("UTC", ((),) * 7),
        ("UTC", OFFICE.week[:6]),
        ("UTC", (((600, 500),),) * 7),
        ("UTC", (((0, 600), (500, 700)),) * 7),
        ("UTC", (((0, 1500),),) * 7),
    ],
)
def test_hours_that_cannot_be_are_refused(zone: str, week: tuple[tuple[tuple[int, int], ...], ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Calendar(zone, week)


def test_a_team_that_never_works_again_gets_no_due_moment() -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    shut = Calendar(
        "UTC", OFFICE.week, frozenset((begin + timedelta(days=each)).date() for each in range(business.MOST_DAYS + 2))
    )

    with pytest.raises(OverflowError):
        Span(0, 3600).after(begin, shut)
    with pytest.raises(OverflowError):
        Span(1, 0).after(begin, shut)


@given(
    begin=MOMENTS,
    first=st.integers(0, 200_000),
    second=st.integers(0, 200_000),
)
def test_two_spans_one_after_the_other_are_their_sum(begin: datetime, first: int, second: int) -> None:
    whole = Span(0, first + second).after(begin, OFFICE)

    assert Span(0, second).after(Span(0, first).after(begin, OFFICE), OFFICE) in {
        whole,
        Span(0, 0).after(whole, OFFICE),
    }
    assert whole >= begin


@given(
    begin=MOMENTS,
    seconds=st.integers(1, 500_000),
)
def test_a_due_moment_lies_within_the_hours(begin: datetime, seconds: int) -> None:
    due = Span(0, seconds).after(begin, OFFICE)

    local = due.astimezone(ZoneInfo("Europe/Berlin"))
    assert any(start <= due <= end for start, end in OFFICE.hours_on(local.date()))


def test_without_a_calendar_business_time_is_time() -> None:
    begin = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert times.read_schedule("4 business hours").first(begin) == begin + timedelta(hours=4)
