"""Business time: when people work, as intervals of the week in a time zone, less holidays; and the moment so much of it after another.

    4 business hours     30 business minutes     2 business days     PT4H of business time

A business day is a day on which there is work at all: two of them from Tuesday 15:00 lead to Thursday 15:00. Where a moment falls outside
the hours, counting begins when they do. Pure: the calendar is given, no clock is asked; zones come from the system's time zone data.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
MOST_DAYS = 3660
_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s+business\s+(minute|hour|day)s?", re.IGNORECASE)
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?\s+of\s+business\s+time", re.IGNORECASE)
_SECONDS = {"minute": 60, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a team works. `week`: seven tuples of (from, to) in minutes of the day, Monday first, in order; "to" is not included."""

    zone: str = "UTC"
    week: tuple[tuple[tuple[int, int], ...], ...] = (((0, DAY_MINUTES),),) * 7
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("A week has seven days.")
        for hours in self.week:
            ends = [0, *(each for pair in hours for each in pair), DAY_MINUTES]
            if ends != sorted(ends) or any(start == end for start, end in hours):
                raise ValueError("Hours of a day follow one another, and end before midnight.")
        if not any(self.week):
            raise ValueError("Somebody has to work at some time.")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"There is no time zone {self.zone!r}.") from error

    def hours_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The hours of one day as moments of UTC; none on a holiday. A change of the clock makes them longer or shorter."""
        if day in self.holidays:
            return ()
        zone = ZoneInfo(self.zone)
        return tuple((_moment(day, start, zone), _moment(day, end, zone)) for start, end in self.week[day.weekday()])


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes == DAY_MINUTES:
        day, minutes = day + timedelta(days=1), 0
    return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone).astimezone(UTC)


ALWAYS = Calendar()
"""Every hour of every day: business time is time."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of business time: whole days of work, then seconds within the hours."""

    days: int
    seconds: float

    def after(self, moment: datetime, calendar: Calendar) -> datetime:
        """The moment this much business time after another, in UTC. Raises `OverflowError` beyond ten years without work."""
        moment = moment.astimezone(UTC)
        return _add_seconds(_add_days(moment, self.days, calendar), self.seconds, calendar)


def _add_days(moment: datetime, days: int, calendar: Calendar) -> datetime:
    zone = ZoneInfo(calendar.zone)
    moment = _begin(moment, calendar) if days else moment
    local = moment.astimezone(zone)
    day, left = local.date(), days
    for _ in range(MOST_DAYS):
        if not left:
            break
        day += timedelta(days=1)
        left -= bool(calendar.hours_on(day))
    if left:
        raise OverflowError("There is no such business day within ten years.")
    return datetime.combine(day, local.time(), tzinfo=zone).astimezone(UTC) if days else moment


def _begin(moment: datetime, calendar: Calendar) -> datetime:
    """This moment, or the next at which somebody works."""
    return _add_seconds(moment, 0.0, calendar)


def _add_seconds(moment: datetime, seconds: float, calendar: Calendar) -> datetime:
    left = timedelta(seconds=seconds)
    day = moment.astimezone(ZoneInfo(calendar.zone)).date()
    for number in range(MOST_DAYS):
        for start, end in calendar.hours_on(day + timedelta(days=number)):
            begin = max(start, moment)
            if begin >= end:
                continue
            if begin + left <= end:
                return begin + left
            left -= end - begin
    raise OverflowError("There is no such business time within ten years.")


def read(text: str) -> Span | None:
    """What a text says in business time; None where it says nothing of it. Raises `ValueError` where it says it in a wrong way."""
    if "business" not in text.casefold():
        return None
    words, iso = _WORDS.fullmatch(text.strip()), _ISO.fullmatch(text.strip())
    if iso and any(iso.groups()):
        days, hours, minutes = (int(each or 0) for each in iso.groups())
        return Span(days, float(hours * 3600 + minutes * 60))
    if not words:
        raise ValueError(
            f"{text!r}: business time reads `4 business hours`, `2 business days` or `PT4H of business time`."
        )
    amount, unit = float(words[1]), words[2].casefold()
    if unit == "day":
        if amount != int(amount):
            raise ValueError(f"{text!r}: business days are whole; say the rest in business hours.")
        return Span(int(amount), 0.0)
    return Span(0, amount * _SECONDS[unit])
