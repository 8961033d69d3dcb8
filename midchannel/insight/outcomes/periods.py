"""The stretch of days a number is about, in the reader's zone. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
CHOICES = (7, 28, 90)
DEFAULT = 28
LONGEST = 731
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, both ends included. `since` and `until` (not included) are full hours, because facts are summed up by the hour:
    where a zone is not whole hours from UTC, a day begins with its first full hour.
    """

    first_on: date
    last_on: date
    zone: str

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last_on - self.first_on).days + 1

    @property
    def since(self) -> datetime:
        """The first full hour of the first day."""
        return _start(self.first_on, self.zone)

    @property
    def until(self) -> datetime:
        """The first full hour behind the last day."""
        return _start(self.last_on + timedelta(days=1), self.zone)

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.first_on - timedelta(days=self.days), self.first_on - timedelta(days=1), self.zone)

    def list_days(self) -> list[date]:
        """Every day of it."""
        return [self.first_on + timedelta(days=i) for i in range(self.days)]


def last_days(days: int, *, zone: str, now: datetime) -> Period:
    """The last so many days, today included."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return Period(today - timedelta(days=days - 1), today, zone)


def between(first_on: date, last_on: date, *, zone: str, now: datetime) -> Period:
    """From a day to a day, put in order and kept within the last two years."""
    today = now.astimezone(ZoneInfo(zone)).date()
    first_on, last_on = sorted((first_on, last_on))
    last_on = max(min(last_on, today), EARLIEST)
    first_on = max(min(first_on, last_on), last_on - timedelta(days=LONGEST - 1), EARLIEST)
    return Period(first_on, last_on, zone)


def _start(day: date, zone: str) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    full = midnight.replace(minute=0, second=0, microsecond=0)
    return full if full == midnight else full + HOUR
