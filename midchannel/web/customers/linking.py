"""A person says who is who: links, takes apart, takes back."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.middle.customers import actions, queries
from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.customers import page, showing, why
from midchannel.web.frame import parts
from midchannel.web.frame.access import SignedInRequest, signed_in


@require_safe
@signed_in()
def candidates(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """Who else might be this person: found by name or address."""
    found = queries.get_customer(request.viewer, customer_id)
    text = request.GET.get("q", found.name if "q" not in request.GET else "").strip()
    page = queries.find_customers(request.viewer, text, limit=20)
    rows = [showing.row(item) for item in page.items if item.id != customer_id]
    nothing = records.State(
        kind="nothing",
        title=_("Nobody else found"),
        words=_("Search by a word of the name, or the beginning of an address or number."),
    )
    context = {"customer": found, "rows": rows, "text": text, "nothing": nothing}
    is_part = parts.is_for(request, "same-list")
    return render(request, "customers/_same_rows.html" if is_part else "customers/same.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def link(request: SignedInRequest, customer_id: int, other_id: int) -> HttpResponseBase:
    """Both side by side; then: they are one person. The other's records come to this customer."""
    found = queries.get_customer(request.viewer, customer_id)
    other = queries.get_customer(request.viewer, other_id)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        actions.link_customers(request.viewer, other_id, into_id=customer_id, reason=reason, now=clock.now())
        messages.success(request, _("They are one customer now. Each handle says why, and can be taken apart again."))
        return redirect("customer", customer_id)
    sides = [
        {
            "customer": each,
            "face": records.Face(name=each.name, key=str(each.id)),
            "handles": [showing.handle_card(record) for record in each.records],
        }
        for each in (found, other)
    ]
    return render(request, "customers/link.html", {"customer": found, "other": other, "sides": sides})


@require_POST
@signed_in()
def apart(request: SignedInRequest, customer_id: int, record_id: int) -> HttpResponseBase:
    """This handle is somebody else's. On the page it happens at once, with the way back in a toast."""
    reason = request.POST.get("reason", "")
    decision = actions.unlink(request.viewer, record_id, reason=reason, now=clock.now())
    told = _("Taken apart: both are as they were. It is not linked again unless a person says so.")
    if _is_on_page(request):
        back = reverse("customer_undo", args=[decision])
        return _tell(why.answer(request, customer_id), {"mc:toast": {"text": told, "undo": back, "seconds": 10}})
    messages.success(request, told)
    return redirect("customer", customer_id)


@require_POST
@signed_in()
def undo(request: SignedInRequest, decision_id: int) -> HttpResponseBase:
    """What a person decided is taken back, with all that was decided in the same act."""
    actions.undo_decision(request.viewer, decision_id, now=clock.now())
    back = request.POST.get("customer", "")
    customer_id = int(back) if back.isdecimal() and len(back) < 20 else None
    if _is_on_page(request) and customer_id is not None:
        return _tell(why.answer(request, customer_id), {"mc:toast": {"text": _("Taken back.")}})
    if request.headers.get("HX-Request"):
        return _tell(HttpResponse(status=204), {"mc:toast": {"text": _("Taken back.")}, "mc:customer.changed": {}})
    messages.success(request, _("Taken back."))
    return redirect("customer", customer_id) if customer_id is not None else redirect("customers")


def _is_on_page(request: SignedInRequest) -> bool:
    return parts.is_for(request, page.WHOLE)


def _tell(response: HttpResponseBase, told: dict[str, Any]) -> HttpResponseBase:
    response.headers["HX-Trigger"] = json.dumps(told)
    return response
