"""Alerts: storms now and before, each drawn beside what is usual, with the posts behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from midchannel.engines.alarm import storms
from midchannel.outside.listening.actions import alerting, hitting
from midchannel.outside.listening.queries import alerts as queries
from midchannel.outside.listening.queries import mentions as mention_queries
from midchannel.outside.listening.queries import searches as search_queries
from midchannel.outside.listening.queries.alerts import AlertRow
from midchannel.outside.listening.queries.mentions import Narrow
from midchannel.platform import clock
from midchannel.usecases import watch
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.listening import showing

BEFORE_HOURS, AFTER_HOURS, MOST_HOURS = 24, 6, 96
SNOOZES = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Storm:
    """An alert in words."""

    row: AlertRow
    words: str
    stated: str
    href: str


def storm_of(row: AlertRow) -> Storm:
    """An alert as it is shown."""
    return Storm(
        row,
        watch.in_words(row.sign, row.count, row.expected),
        ngettext(
            "in ordinary times that means at most one false alarm in %(weeks)d week",
            "in ordinary times that means at most one false alarm in %(weeks)d weeks",
            row.weeks,
        )
        % {"weeks": row.weeks},
        reverse("alert", args=[row.id]),
    )


@require_safe
@signed_in()
def alerts(request: SignedInRequest) -> HttpResponse:
    """All alerts, those that are on first."""
    rows = [storm_of(each) for each in queries.list_alerts(request.viewer)]
    searches = search_queries.list_searches(request.viewer, now=clock.now())
    watched = [each for each in searches if each.watches_volume or each.watches_mood]
    context = {
        "tabs": showing.tabs("alerts"),
        "storms": [each for each in rows if each.row.closed_at is None],
        "past": [each for each in rows if each.row.closed_at is not None],
        "watched": len(watched),
        "expected": sum(1 / each.weeks for each in watched) * 4,
        "first": None if rows else _first(),
    }
    return render(request, "listening/alerts.html", context)


@require_safe
@signed_in()
def alert(request: SignedInRequest, alert_id: int) -> HttpResponse:
    """One storm: how it rose over what is usual, and the posts behind it."""
    row = queries.get_alert(request.viewer, alert_id)
    search = search_queries.get_search(request.viewer, row.search_id, now=clock.now())
    series, last = _drawn(row)
    since = row.begun_at - timedelta(hours=23 if row.sign == "mood" else 0)
    narrow = Narrow(
        search_id=row.search_id,
        mood="negative" if row.sign == "mood" else "",
        since=since,
        until=queries.moment_of(last + 1),
    )
    page = mention_queries.list_mentions(request.viewer, narrow, cursor=request.GET.get("cursor"))
    here = reverse("alert", args=[row.id])
    context = {
        "storm": storm_of(row),
        "search": search,
        "series": series,
        "unit": _("people"),
        "cards": showing.cards(page.items, search=search),
        "more": f"{here}?cursor={page.next_cursor}" if page.next_cursor else "",
        "false": queries.get_false_alarms(row.search_id, weeks=row.weeks, now=clock.now()),
    }
    part = request.headers.get("HX-Request") and "cursor" in request.GET
    return render(request, "listening/_mention_rows.html" if part else "listening/alert.html", context)


def _drawn(row: AlertRow) -> tuple[list[records.Series], int]:
    """The hours around a storm: people, and what is usual; and the last hour that is shown."""
    now = hitting.hour_at(clock.now())
    last = min((row.ended_hour if row.ended_hour is not None else now) + AFTER_HOURS, now)
    last = max(min(last, row.begun_hour + MOST_HOURS), row.begun_hour)
    hours = queries.hours_of(row.search_id, until_hour=last)
    known = storms.learn(queries.hours_of(row.search_id, until_hour=row.begun_hour))
    count = min(last - row.begun_hour + BEFORE_HOURS + 1, len(hours.people))
    marks, usual, bad = [], [], []
    for back in range(count - 1, -1, -1):
        label = _hour_words(queries.moment_of(last - back))
        at = len(hours.people) - 1 - back
        marks.append(records.Mark(label=label, value=float(hours.people[at])))
        bad.append(records.Mark(label=label, value=float(hours.unhappy[at])))
        usual.append(
            records.Mark(label=label, value=round(float(known.counts.means[(hours.last_slot - back) % 168]), 1))
        )
    found = [
        records.Series(label=_("People"), marks=tuple(marks), tone="0"),
        records.Series(label=_("Of them in a bad mood"), marks=tuple(bad), tone="loss"),
        records.Series(label=_("Usual"), marks=tuple(usual), tone="7", is_reference=True),
    ]
    return found, last


def _hour_words(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j M H:i")


@require_POST
@signed_in()
def judge(request: SignedInRequest, alert_id: int) -> HttpResponseBase:
    """It was something, or a false alarm."""
    verdict = {"1": 1, "-1": -1}.get(request.POST.get("verdict", ""), 0)
    alerting.judge(request.viewer, alert_id, verdict, now=clock.now())
    return redirect("alert", alert_id)


@require_POST
@signed_in()
def snooze(request: SignedInRequest, alert_id: int) -> HttpResponseBase:
    """Nothing more of this search for an hour, a day or a week."""
    now = clock.now()
    length = SNOOZES.get(request.POST.get("for", ""))
    alerting.snooze(request.viewer, alert_id, until=now + length if length else None, now=now)
    return redirect("alert", alert_id)


def _first() -> records.State:
    return records.State(
        kind="first",
        title=_("No storm yet"),
        words=_(
            "When a search finds more than usual for the hour of the week, or in a worse mood, it raises one alert with the posts behind"
            " it and tells whoever follows it. It learns two weeks long before it says anything."
        ),
        icon="waves",
        actions=(records.Action(label=_("To the searches"), href=reverse("listen"), icon="ear"),),
    )
