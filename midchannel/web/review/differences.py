"""What scoring everything anew would change: looked at, done as a whole or one by one, and taken back."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from midchannel.middle.customers.queries import differing
from midchannel.middle.customers.queries.differing import DifferenceRow
from midchannel.platform import clock
from midchannel.platform.errors import ConflictError
from midchannel.usecases import settle_difference
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.review import changed, settling

KINDS = ("join", "split", "regroup")


@require_safe
@signed_in("lead")
def differences(request: SignedInRequest) -> HttpResponse:
    """All differences, the newest first."""
    found = differing.list_differences(request.viewer)
    context = {"rows": [changed.row(each) for each in found], "first": _first()}
    return render(request, "review/differences.html", context)


@require_safe
@signed_in("lead")
def difference(request: SignedInRequest, difference_id: int) -> HttpResponse:
    """One difference with its items."""
    return render(request, "review/difference.html", _context(request, difference_id))


@require_safe
@signed_in("lead")
def items(request: SignedInRequest, difference_id: int) -> HttpResponseBase:
    """Further items, or the page."""
    if not request.headers.get("HX-Request"):
        return redirect("difference", difference_id)
    return render(request, "review/_items.html", _items(request, difference_id))


@require_POST
@signed_in("lead")
def settle(request: SignedInRequest, difference_id: int) -> HttpResponseBase:
    """All that is still open: done, or left as it is; or all that was done, taken back. By htmx a second's worth at a time."""
    what, now = request.POST.get("what") or request.GET.get("what", ""), clock.now()
    is_part = bool(request.headers.get("HX-Request"))
    left = settle_difference.go_on(
        request.viewer,
        difference_id,
        what,
        now=now,
        seconds=settle_difference.SECONDS if is_part else settle_difference.ALL_OF_IT,
    )
    found = differing.get_difference(request.viewer, difference_id)
    told = settling.words_of(what, found.counts.get("applied", 0))
    if not is_part:
        messages.success(request, told)
        return redirect("difference", difference_id)
    response = render(request, "review/_difference_head.html", _head(found) | {"goes_on": what if left else ""})
    if not left:
        response.headers["HX-Trigger"] = json.dumps({"mc:toast": {"text": told}, "mc:difference.settled": {}})
    return response


@require_POST
@signed_in("lead")
def settle_item(request: SignedInRequest, difference_id: int, item_id: int) -> HttpResponseBase:
    """One of them: done, left as it is, or taken back."""
    what, told = request.POST.get("what", ""), ""
    try:
        settle_difference.settle_item(request.viewer, difference_id, item_id, what, now=clock.now())
    except ConflictError as problem:
        told = problem.reason
    if not request.headers.get("HX-Request"):
        if told:
            messages.error(request, told)
        return redirect("difference", difference_id)
    found = differing.get_item(request.viewer, difference_id, item_id)
    head = _head(differing.get_difference(request.viewer, difference_id))
    context = head | {"item": changed.item(found, now=clock.now()), "told": told, "is_part": True}
    return render(request, "review/_item_answer.html", context, status=409 if told else 200)


def _context(request: SignedInRequest, difference_id: int) -> dict[str, Any]:
    found = differing.get_difference(request.viewer, difference_id)
    kind = _kind(request)
    tabs = [
        records.Tab(label=label, href=f"?kind={key}" if key else "?", is_current=kind == key)
        for key, label in (
            ("", _("All")),
            ("join", _("Come together")),
            ("split", _("Come apart")),
            ("regroup", _("Regrouped")),
        )
    ]
    return {**_head(found), "tabs": tabs, **_items(request, difference_id)}


def _head(found: DifferenceRow) -> dict[str, Any]:
    return {
        "difference": found,
        "head": changed.head(found, now=clock.now()),
        "tiles": [
            records.Tile(
                label=_("Come together"), value=_number(found.joins), definition=_("Customers that would be one.")
            ),
            records.Tile(
                label=_("Come apart"), value=_number(found.splits), definition=_("Customers that would be two or more.")
            ),
            records.Tile(label=_("Records looked at"), value=_number(found.records)),
            records.Tile(
                label=_("Still open"),
                value=_number(found.open),
                note=ngettext("of %d change", "of %d changes", found.items) % found.items,
            ),
        ],
    }


def _items(request: SignedInRequest, difference_id: int) -> dict[str, Any]:
    kind = _kind(request)
    page = differing.list_items(request.viewer, difference_id, request.GET.get("cursor"), kind=kind)
    here = reverse("difference_items", args=[difference_id])
    return {
        "items": [changed.item(each, now=clock.now()) for each in page.items],
        "items_href": f"{here}?kind={kind}",
        "more": f"{here}?kind={kind}&cursor={page.next_cursor}" if page.next_cursor else "",
        "nothing": records.State(
            kind="nothing", title=_("Nothing of this kind"), words=_("Choose another kind above.")
        ),
    }


def _kind(request: SignedInRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""


def _number(value: int) -> str:
    return f"{value:,}"


def _first() -> records.State:
    return records.State(
        kind="first",
        icon="git-branch",
        title=_("Nothing is proposed"),
        words=_(
            "When everybody is weighed anew (midchannel identity resolve), what would change stands here first."
            " Nothing changes before you say so, and everything can be taken back."
        ),
        actions=(records.Action(label=_("To the review"), href=reverse("review")),),
    )
