"""The list of customers, and one customer's page."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from midchannel.middle.conversations.queries import people
from midchannel.middle.conversations.queries.people import ContactCount
from midchannel.middle.customers import queries
from midchannel.middle.customers.queries import CustomerDetail
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.paging import Page
from midchannel.usecases import ask, timeline
from midchannel.usecases.timeline import Item
from midchannel.web.components import records, words
from midchannel.web.customers import page, showing
from midchannel.web.frame import parts
from midchannel.web.frame.access import SignedInRequest, signed_in

PAST = 8


@require_safe
@signed_in()
def customers(request: SignedInRequest) -> HttpResponse:
    """Whoever was in touch last, or whoever a text means."""
    text = request.GET.get("q", "").strip()
    cursor = request.GET.get("cursor")
    found = (
        queries.find_customers(request.viewer, text, cursor, limit=50)
        if text
        else queries.list_customers(request.viewer, cursor)
    )
    context: dict[str, Any] = {
        "rows": [showing.row(item) for item in found.items],
        "text": text,
        "next": found.next_cursor,
    }
    if request.headers.get("HX-Request") and cursor:
        return render(request, "customers/_rows.html", context)
    context["empty"] = _empty(request.viewer, text)
    template = "customers/_list.html" if parts.is_for(request, "customer-list") else "customers/customers.html"
    return render(request, template, context)


def _empty(viewer: Viewer, text: str) -> records.State:
    if text:
        return records.State(
            kind="nothing",
            title=_("Nobody found"),
            words=_(
                "Nobody you may see is called “%(text)s”, and no address or number begins like that. Try fewer letters."
            )
            % {"text": text[:80]},
            actions=(
                records.Action(label=_("Show everybody"), href="/customers/"),
                records.Action(label=_("Search what was said"), href=f"/search/?q={text[:200]}"),
            ),
        )
    if not viewer.is_lead and not viewer.scope_ids:
        return records.State(
            kind="denied",
            title=_("You are in no team yet"),
            words=_("You see the customers of your teams' conversations. Ask an administrator to put you into a team."),
        )
    return records.State(
        kind="first",
        title=_("No customers yet"),
        words=_("Whoever writes to the company on any channel appears here by themselves, once."),
        icon="users",
    )


@require_safe
@signed_in()
def customer(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """One customer, with all that was said. Where all of theirs was linked to another, on to that one."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer", found)
    shown = timeline.timeline_of(request.viewer, found, now=clock.now())
    context = {
        "tiles": _tiles(people.count_contacts(request.viewer, found.handle_ids), found),
        **_entries(found, shown),
    }
    return page.show(request, customer_id, "customer", "customers/_everything.html", context)


def _entries(found: CustomerDetail, shown: Page[Item]) -> dict[str, Any]:
    return {
        "customer": found,
        "entries": [showing.entry(item, found) for item in shown.items],
        "next": shown.next_cursor,
    }


def _tiles(count: ContactCount, found: CustomerDetail) -> list[records.Tile]:
    more, now = "+" if count.is_more else "", clock.now()
    first = count.first_at or found.first_seen_at
    since, at = words.short_age(first, now=now), words.clock_time(first, now=now)
    return [
        records.Tile(
            label=_("Contacts"),
            value=f"{words.number(count.conversations - count.began_by_us)}{more}",
            definition=_("Conversations they began with us, as far as you see them."),
        ),
        records.Tile(label=_("Open"), value=words.number(count.open), definition=_("Not resolved yet.")),
        records.Tile(label=_("Channels used"), value=words.number(count.channels)),
        records.Tile(
            label=_("First contact"),
            value=since,
            note=at.removeprefix(f"{since}, "),
            definition=words.exact(first),
        ),
    ]


@require_safe
@signed_in()
def more(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """Earlier entries of the timeline."""
    if not request.headers.get("HX-Request"):
        return redirect("customer", customer_id)
    found = queries.get_customer(request.viewer, customer_id)
    shown = timeline.timeline_of(request.viewer, found, request.GET.get("cursor"), now=clock.now())
    return render(request, "customers/_entries.html", _entries(found, shown))


@require_safe
@signed_in()
def fresh(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The timeline from its newest entry, after something came in."""
    if not request.headers.get("HX-Request"):
        return redirect("customer", customer_id)
    found = queries.get_customer(request.viewer, customer_id)
    shown = timeline.timeline_of(request.viewer, found, now=clock.now())
    return render(request, "customers/_timeline.html", _entries(found, shown))


@require_POST
@signed_in()
def note(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """A word in the customer's internal thread; @somebody asks them."""
    viewer, text = request.viewer, request.POST.get("text", "").strip()
    found = queries.get_customer(viewer, customer_id)
    asked = ask.ask(viewer, "customer", customer_id, text=text, now=clock.now()) if text else None
    if asked and asked.unknown:
        unknown = ", ".join(f"@{name}" for name in asked.unknown)
        messages.warning(request, _("No colleague is called %(names)s; nobody was asked there.") % {"names": unknown})
    if request.headers.get("HX-Request"):
        shown = timeline.timeline_of(viewer, found, now=clock.now())
        return render(request, "customers/_timeline.html", _entries(found, shown))
    return redirect("customer", customer_id)
