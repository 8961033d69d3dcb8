"""Times as ISO 8601 writes them: moments, durations, repeating intervals. Reads and reckons; asks no clock.

    2026-12-24T18:00:00Z      a moment; without an offset UTC; a date alone is its midnight
    PT4H  P2D  P1M            a duration from the moment the timer starts to wait
    R3/PT1H  R/P1D            again and again: 3 times, or for ever; R3/2026-12-24T18:00Z/P1D from a moment on
    4 business hours          while somebody works, by the calendar that the plan runs with (`business`)

Months and years are reckoned by the calendar: the day stays, or is the last of the month. Formula: ISO 8601-1:2019, 5.5 and 5.6.
"""

import calendar as months_of
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from midchannel.engines.casework import business

_DURATION = re.compile(
    r"P(?!$)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?!$)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)
FOR_EVER = -1
_MOST_REPEATS = 100_000
_LONGEST_YEARS = 1000


@dataclass(frozen=True)
class Duration:
    """A length of time: months are of the calendar, the rest is seconds."""

    months: int
    seconds: float

    def after(self, moment: datetime) -> datetime:
        """The moment this long after another."""
        month = moment.month - 1 + self.months
        year, month = moment.year + month // 12, month % 12 + 1
        day = min(moment.day, months_of.monthrange(year, month)[1])
        return moment.replace(year=year, month=month, day=day) + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Schedule:
    """When a timer goes off: at `at`, or `every` after it starts; `repeats` times more after the first (-1: for ever)."""

    at: datetime | None
    every: Duration | None
    repeats: int
    span: business.Span | None = None
    """In business time, once."""

    def first(self, started_at: datetime, calendar: business.Calendar = business.ALWAYS) -> datetime:
        """The first time for a timer that starts to wait at `started_at`, by the hours of `calendar` where it is in business time."""
        if self.at is not None:
            return self.at
        if self.span is not None:
            return self.span.after(started_at, calendar)
        return self.every.after(started_at) if self.every else started_at

    def following(self, due_at: datetime) -> datetime | None:
        """The time after `due_at`, when it repeats."""
        return self.every.after(due_at) if self.every and self.repeats else None


def read_schedule(text: str) -> Schedule:
    """What a timer's text says. Raises `ValueError` with what is wrong, in words."""
    text = text.strip()
    span = business.read(text)
    if span is not None:
        return Schedule(None, None, 0, span)
    if not text.upper().startswith("R"):
        if text.upper().startswith("P"):
            return Schedule(None, read_duration(text), 0)
        return Schedule(read_moment(text), None, 0)
    count, *parts = text[1:].split("/")
    if count and not (count.isdigit() and int(count) <= _MOST_REPEATS):
        raise ValueError(f"{text!r}: after R comes how often, at most {_MOST_REPEATS}, or nothing for ever.")
    if not 1 <= len(parts) <= 2:
        raise ValueError(f"{text!r}: a repeating interval reads R3/PT1H or R3/2026-12-24T18:00Z/PT1H.")
    repeats = int(count) - 1 if count else FOR_EVER
    every = read_duration(parts[-1])
    if not (every.months or every.seconds):
        raise ValueError(f"{text!r}: an interval of no length never ends.")
    if count == "0":
        raise ValueError(f"{text!r}: never is no time.")
    return Schedule(read_moment(parts[0]) if len(parts) == 2 else None, every, repeats)


def read_duration(text: str) -> Duration:
    """`PT4H`, `P1DT30M` ... Raises `ValueError`."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no duration: one reads P2D (two days), PT4H (four hours), P1DT30M.")
    years, months, weeks, days, hours, minutes, seconds = (float(each or 0) for each in match.groups())
    whole = years * 12 + months
    if whole != int(whole):
        raise ValueError(f"{text!r}: parts of a month have no length.")
    length = ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    if whole > _LONGEST_YEARS * 12 or length > _LONGEST_YEARS * 366 * 86400:
        raise ValueError(f"{text!r} is longer than {_LONGEST_YEARS} years.")
    return Duration(int(whole), length)


def read_moment(text: str) -> datetime:
    """A date, or a date with a time; aware. Raises `ValueError`."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time: one reads 2026-12-24T18:00Z, PT4H or R3/P1D.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
