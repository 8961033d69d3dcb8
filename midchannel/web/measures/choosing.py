"""Which days a page is about: from the address, in the reader's zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.insight.outcomes import periods
from midchannel.insight.outcomes.periods import Period
from midchannel.web.components import records, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The period, and what the picker shows. `query` carries it on in links."""

    period: Period
    query: str
    tabs: tuple[records.Tab, ...]
    shown: str
    compared: str
    is_custom: bool
    error: str = ""


def period_of(asked: Mapping[str, str], *, here: str, now: datetime) -> Chosen:
    """The period that `days` or `from` and `to` name; 28 days where they name none."""
    zone = timezone.get_current_timezone_name()
    error = ""
    custom = _custom(asked, zone=zone, now=now)
    if custom is None and (asked.get("from") or asked.get("to")):
        error = _("These days could not be read. Shown are the last 28 days.")
    days = int(asked["days"]) if asked.get("days") in {str(choice) for choice in periods.CHOICES} else periods.DEFAULT
    period = custom or periods.last_days(days, zone=zone, now=now)
    query = _query(period) if custom else f"days={days}"
    return Chosen(
        period=period,
        query=query,
        tabs=tuple(
            records.Tab(
                label=ngettext("%d day", "%d days", choice) % choice,
                href=f"{here}?days={choice}",
                is_current=custom is None and choice == days,
            )
            for choice in periods.CHOICES
        ),
        shown=span(period),
        compared=span(period.before),
        is_custom=custom is not None,
        error=error,
    )


def rows_href(measure_id: str, query: str, *, channel_id: int | None = None, own: bool = False) -> str:
    """Where the rows behind a number are."""
    channel = f"&channel={channel_id}" if channel_id is not None else ""
    place = "measures/mine" if own else "measures"
    return f"/{place}/{measure_id}/rows/?{query}{channel}"


def days_query(first_on: date, last_on: date) -> str:
    """The part of an address that names some days."""
    return urlencode({"from": first_on.isoformat(), "to": last_on.isoformat()})


def span(period: Period) -> str:
    """A period in words: `22 Oct to 18 Nov 2026`."""
    first, last = period.first_on, period.last_on
    if first == last:
        return formats.date_format(last, "j M Y")
    form = "j M" if first.year == last.year else "j M Y"
    return f"{formats.date_format(first, form)}{words.TO}{formats.date_format(last, 'j M Y')}"


def _query(period: Period) -> str:
    return days_query(period.first_on, period.last_on)


def _custom(asked: Mapping[str, str], *, zone: str, now: datetime) -> Period | None:
    try:
        first_on = date.fromisoformat(asked.get("from", ""))
        last_on = date.fromisoformat(asked.get("to", ""))
    except ValueError:
        return None
    return periods.between(first_on, last_on, zone=zone, now=now)
