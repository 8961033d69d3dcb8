"""Organisations: the people in them, and the list of all."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from midchannel.middle.customers.queries import organisations
from midchannel.middle.customers.queries.finding import CustomerRow
from midchannel.web.components import records
from midchannel.web.customers import belonging, page, showing
from midchannel.web.frame.access import SignedInRequest, signed_in


@require_safe
@signed_in()
def people(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab of an organisation: who is in it, and who was."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_people", found)
    lines = [belonging.line(each) for each in organisations.list_people(request.viewer, found.id)]
    context = {
        "customer": found,
        "present": [each for each in lines if not each.is_over],
        "gone": [each for each in lines if each.is_over],
    }
    return page.show(request, customer_id, "customer_people", "customers/_people.html", context)


@require_safe
@signed_in()
def all_organisations(request: SignedInRequest) -> HttpResponseBase:
    """The organisations, newest first."""
    shown = organisations.list_organisations(request.viewer, request.GET.get("cursor"))
    context: dict[str, Any] = {
        "rows": [_row(each) for each in shown.items],
        "next": shown.next_cursor,
        "text": "",
        "is_organisations": True,
    }
    if request.headers.get("HX-Request") and request.GET.get("cursor"):
        return render(request, "customers/_rows.html", context)
    context["empty"] = records.State(
        kind="first",
        icon="building-2",
        title=_("No organisations yet"),
        words=_("Organisations come from business systems, imports and profiles, with the people who belong to them."),
    )
    return render(request, "customers/customers.html", context)


def _row(item: CustomerRow) -> records.Row:
    count = int(item.met or 0)
    row = showing.row(item)
    words = ngettext("%d person", "%d people", count) % count if count else _("nobody known in it yet")
    return records.Row(id=row.id, href=row.href, face=row.face, name=row.name, line=words, at=row.at)
