"""Search: people, cases, what was said. Each asks with the viewer first: what they may not see is not found."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.middle.cases.queries import overview
from midchannel.middle.cases.queries.overview import CaseLine
from midchannel.middle.conversations.queries import searching
from midchannel.middle.conversations.queries.searching import Hit, Hits
from midchannel.middle.customers import queries as customers
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.cases import lines
from midchannel.web.components import records
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.customers import showing
from midchannel.web.frame.access import SignedInRequest, signed_in

PEOPLE = 6
CASES = 6
QUICK = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A message that was found."""

    hit: Hit
    href: str
    face: records.Face
    icon: str

    @property
    def space_before(self) -> str:
        """The space between what is before and the match, which one-line rendering takes away."""
        return " " if self.hit.before.endswith(" ") else ""

    @property
    def space_after(self) -> str:
        """The space behind the match."""
        return " " if self.hit.after.startswith(" ") else ""


def _lines(hits: Hits) -> list[Line]:
    return [
        Line(
            hit,
            f"{reverse('inbox-conversation', args=[hit.conversation_id])}?m={hit.message_id}#message-{hit.message_id}",
            records.Face(name=hit.name, key=str(hit.customer_id or hit.name), network=hit.network),
            NETWORK_ICONS.get(hit.network, "message-square"),
        )
        for hit in hits.items
    ]


def _cases(viewer: Viewer, text: str, limit: int) -> list[CaseLine]:
    """Cases by words of their title or of what they are about: open ones first, then as many ended ones as there is room for."""
    if len(text) < searching.SHORTEST:
        return []
    found = overview.list_page(viewer, view="open", text=text, limit=limit).items
    if len(found) < limit:
        found += overview.list_page(viewer, view="ended", text=text, limit=limit - len(found)).items
    return found


@require_safe
@signed_in()
def search(request: SignedInRequest) -> HttpResponse:
    """People first, then cases, then what was said, newest first."""
    viewer, text, cursor = request.viewer, request.GET.get("q", "").strip(), request.GET.get("cursor")
    hits = searching.search_texts(viewer, text, cursor)
    context: dict[str, Any] = {
        "text": text,
        "lines": _lines(hits),
        "back_to": hits.back_to,
        "more": "?" + urlencode({"q": text, "cursor": hits.next_cursor}) if hits.next_cursor else "",
    }
    if cursor and request.headers.get("HX-Request"):
        return render(request, "search/_lines.html", context)
    found = customers.find_customers(viewer, text, limit=PEOPLE)
    cases = _cases(viewer, text, CASES)
    reasons = lines.why_found(viewer, cases, text)
    context |= {
        "people": [showing.row(item) for item in found.items],
        "has_more_people": found.next_cursor is not None,
        "cases": [(each, reasons.get(each.id)) for each in cases],
        "empty": _empty(text),
    }
    return render(request, "search/search.html", context)


def _empty(text: str) -> records.State:
    if len(text) < searching.SHORTEST:
        return records.State(
            kind="first",
            title=_("Search people, cases and what was said"),
            words=_(
                "A word of a name, the beginning of an address, words of a case or of a message. “In quotes” they must stand together; a - "
                "before a word excludes it."
            ),
            icon="search",
        )
    return records.State(
        kind="nothing",
        title=_("Nothing found"),
        words=_(
            "No person, no case and no message you may see has all of “%(text)s”. Try fewer words, or the beginning of a name."
        )
        % {"text": text[:80]},
    )


@require_safe
@signed_in()
def quick(request: SignedInRequest) -> HttpResponseBase:
    """While one types: a few of each, and the way to all."""
    text = request.GET.get("q", "").strip()
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('search')}?{urlencode({'q': text})}")
    viewer = request.viewer
    hits = searching.search_texts(viewer, text, limit=QUICK, is_unfinished=True)
    context = {
        "text": text,
        "is_long_enough": len(text) >= searching.SHORTEST,
        "people": [showing.row(item) for item in customers.find_customers(viewer, text, limit=QUICK).items],
        "cases": _cases(viewer, text, QUICK),
        "lines": _lines(hits),
        "all": f"{reverse('search')}?{urlencode({'q': text})}",
    }
    return render(request, "search/_quick.html", context)
