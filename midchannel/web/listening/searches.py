"""Reading searches: the list with what each finds, one of them with its mentions, and all mentions."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.outside.listening import asking
from midchannel.outside.listening.queries import alerts as alert_queries
from midchannel.outside.listening.queries import mentions as mention_queries
from midchannel.outside.listening.queries import searches as queries
from midchannel.outside.listening.queries.alerts import AlertRow
from midchannel.outside.listening.queries.mentions import Narrow
from midchannel.outside.listening.queries.searches import SearchRow
from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.listening import alerts, showing
from midchannel.web.listening.alerts import Storm
from midchannel.web.understanding import said

REACHES = (100, 1_000, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A search in the list."""

    row: SearchRow
    precision: str
    is_broken: bool


@require_safe
@signed_in()
def searches(request: SignedInRequest) -> HttpResponse:
    """All searches, and storms that are on."""
    rows = queries.list_searches(request.viewer, now=clock.now())
    lines = [
        Line(
            row=row,
            precision=showing.precision_words(row.precision),
            is_broken=asking.understood(row.text) is None,
        )
        for row in rows
    ]
    storms: list[AlertRow] = [each for each in alert_queries.list_alerts(request.viewer) if each.closed_at is None]
    context = {
        "tabs": showing.tabs("listen"),
        "lines": lines,
        "storms": [alerts.storm_of(each) for each in storms],
        "first": None if rows else _first(),
    }
    return render(request, "listening/searches.html", context)


@require_safe
@signed_in()
def search(request: SignedInRequest, search_id: int) -> HttpResponse:
    """One search: how it goes, and its mentions."""
    row = queries.get_search(request.viewer, search_id, now=clock.now())
    open_ = [each for each in alert_queries.list_alerts(request.viewer, search_id=search_id) if each.closed_at is None]
    storms: list[Storm] = [alerts.storm_of(each) for each in open_]
    false = alert_queries.get_false_alarms(search_id, weeks=row.weeks, now=clock.now())
    context = _mentions_of(request, row) | {
        "search": row,
        "storms": storms,
        "false": false,
        "precision": showing.precision_words(row.precision),
        "days": showing.days(row.days),
        "may_change": request.viewer.is_lead or row.created_by_id == request.viewer.user_id,
        "is_broken": asking.understood(row.text) is None,
    }
    return render(request, _template(request, "listening/search.html"), context)


@require_safe
@signed_in()
def mentions(request: SignedInRequest) -> HttpResponse:
    """All mentions: each once, however many searches found it; or everything that was overheard."""
    context = _mentions_of(request, None) | {"tabs": showing.tabs("listen-mentions")}
    return render(request, _template(request, "listening/mentions.html"), context)


def _template(request: HttpRequest, page: str) -> str:
    is_part = request.headers.get("HX-Request") and "cursor" in request.GET
    return "listening/_mention_rows.html" if is_part else page


def _mentions_of(request: SignedInRequest, row: SearchRow | None) -> dict[str, object]:
    asked = request.GET
    everything = row is None and asked.get("kind") == "overheard"
    reach = int(asked["reach"]) if asked.get("reach") in {str(each) for each in REACHES} else None
    narrow = Narrow(
        search_id=row.id if row else None,
        mood=asked.get("mood", "") if asked.get("mood") in said.SENTIMENTS else "",
        language=asked.get("language", "")[:3],
        reach=reach,
        open=asked.get("show") == "open",
        unjudged=row is not None and asked.get("show") == "unjudged",
        everything_overheard=everything,
    )
    page = mention_queries.list_mentions(request.viewer, narrow, cursor=asked.get("cursor"))
    here = reverse("search", args=[row.id]) if row else reverse("listen-mentions")
    carried = {key: asked[key] for key in ("kind", "mood", "language", "reach", "show") if asked.get(key)}
    texts = () if row or everything else queries.list_texts(request.viewer)
    return {
        "cards": showing.cards(page.items, search=row, queries=texts),
        "more": f"{here}?{urlencode(carried | {'cursor': page.next_cursor})}" if page.next_cursor else "",
        "kinds": _kinds(here, carried, row),
        "languages": [
            (each, said.language_name(each)) for each in mention_queries.languages_of(row.id if row else None)
        ],
        "moods": said.SENTIMENTS,
        "reaches": REACHES,
        "narrow": narrow,
        "show": asked.get("show", ""),
        "everything": everything,
        "here": here,
        "nothing": None if page.items else _nothing(here, row, is_narrowed=bool(carried), everything=everything),
    }


def _kinds(here: str, carried: dict[str, str], row: SearchRow | None) -> list[records.Tab]:
    shown = carried.get("show", "")
    if row is not None:
        kinds = (("", _("All")), ("unjudged", _("Not judged")), ("open", _("To be taken up")))
        rest = {key: value for key, value in carried.items() if key != "show"}
        return [
            records.Tab(
                label=label, href=f"{here}?{urlencode(rest | ({'show': key} if key else {}))}", is_current=shown == key
            )
            for key, label in kinds
        ]
    kind = (carried.get("kind", ""), shown)
    places: tuple[tuple[dict[str, str], tuple[str, str], str], ...] = (
        ({}, ("", ""), _("Found by searches")),
        ({"show": "open"}, ("", "open"), _("To be taken up")),
        ({"kind": "overheard", "show": "open"}, ("overheard", "open"), _("Everything overheard")),
    )
    return [
        records.Tab(label=label, href=f"{here}?{urlencode(query)}", is_current=kind == which)
        for query, which, label in places
    ]


def _first() -> records.State:
    return records.State(
        kind="first",
        title=_("Hear what is said, also where nobody speaks to you"),
        words=_(
            "A search listens to everything that arrives or is overheard, from now on and over the weeks before. What it finds can be"
            " taken up as a conversation, and it tells you when more is said than usual. Try it before you save it."
        ),
        icon="ear",
        actions=(records.Action(label=_("Make a search"), href=reverse("search-new"), icon="plus"),),
    )


def _nothing(here: str, row: SearchRow | None, *, is_narrowed: bool, everything: bool) -> records.State:
    if is_narrowed and not everything:
        words, action = (
            _("Nothing of what was found is so. Show all of it."),
            records.Action(label=_("Show all"), href=here),
        )
        return records.State(kind="nothing", title=_("Nothing found"), words=words, actions=(action,))
    if row is not None and row.is_looking_back:
        return records.State(
            kind="nothing",
            title=_("Looking through the last weeks"),
            words=_("What is found appears here in a moment."),
            icon="history",
        )
    if row is not None:
        words = _("Nobody has said this in the last 60 days. Change the query to widen it, or wait.")
        action = records.Action(label=_("Change the query"), href=reverse("search-edit", args=[row.id]))
        return records.State(kind="nothing", title=_("Nothing found yet"), words=words, actions=(action,))
    words = _("What is overheard on your channels, and what your searches find, appears here.")
    action = records.Action(label=_("Make a search"), href=reverse("search-new"), icon="plus")
    return records.State(kind="first", title=_("No mentions yet"), words=words, icon="ear", actions=(action,))
