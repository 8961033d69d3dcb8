"""What they look at and do on our pages and in our apps: the tab with each visit, what it came to, and where it was allowed, the place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.middle.consents import queries as consents
from midchannel.middle.conversations.queries import behaviour
from midchannel.middle.conversations.queries.behaviour import Habits, Visit
from midchannel.middle.customers.queries import CustomerDetail
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.paging import Page, cut
from midchannel.usecases import timeline
from midchannel.web.components import records, words
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.customers import page, visited
from midchannel.web.frame.access import SignedInRequest, signed_in

PAGE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A visit in the list: what it came to, and its steps."""

    visit: Visit
    words: str
    icon: str
    hidden: int


@require_safe
@signed_in()
def visits(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab, and by htmx with a cursor its earlier visits."""
    viewer = request.viewer
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_behaviour", found)
    cursor = request.GET.get("cursor")
    shown = _page(viewer, found, cursor)
    context: dict[str, Any] = {
        "customer": found,
        "rows": [_row(visit) for visit in shown.items],
        "next": shown.next_cursor,
    }
    if cursor and request.headers.get("HX-Request"):
        return render(request, "customers/_visits.html", context)
    habits = behaviour.get_habits(viewer, found.handle_ids, now=clock.now())
    context |= {
        "habits": habits,
        "tiles": _tiles(habits),
        "favourites": _favourites(habits),
        "refuses": _refuses(found),
    }
    return page.show(request, customer_id, "customer_behaviour", "customers/_behaviour.html", context)


def _page(viewer: Viewer, found: CustomerDetail, cursor: str | None) -> Page[Visit]:
    before = timeline.moment_of(cursor, now=clock.now())
    listed = behaviour.list_visits(viewer, found.handle_ids, before=before, limit=PAGE + 1)
    return cut(listed, PAGE, lambda visit: (visit.at.isoformat(), visit.id))


def _row(visit: Visit) -> Row:
    hidden = visit.pages + visit.events - len(visit.steps)
    return Row(visit, visited.in_words(visit), NETWORK_ICONS.get(visit.network, "eye"), hidden)


def _tiles(habits: Habits) -> list[records.Tile]:
    now: datetime = clock.now()
    more = "+" if habits.is_more else ""
    seen = habits.last_at
    return [
        records.Tile(
            label=_("Last seen"),
            value=words.short_age(seen, now=now) if seen else words.NOTHING,
            note=words.clock_time(seen, now=now) if seen else "",
        ),
        records.Tile(
            label=_("Visits in 30 days"),
            value=f"{words.number(habits.visits_lately)}{more}",
            definition=_("A visit ends with half an hour of silence, or at midnight (UTC)."),
        ),
        records.Tile(label=_("Pages and screens"), value=f"{words.number(habits.pages)}{more}"),
    ]


def _favourites(habits: Habits) -> list[records.Mark]:
    return [records.Mark(label=name, value=float(count)) for name, count in habits.favourites]


def _refuses(found: CustomerDetail) -> bool:
    """Whether they said that their behaviour shall not be kept."""
    return bool(consents.refused_handles(found.handle_ids, purpose="profiling"))
