"""Organisations: the people in them, and the list of all."""

from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from midchannel.middle.customers.queries import organisations
from midchannel.middle.customers.queries.finding import CustomerRow
from midchannel.middle.customers.queries.organisations import Belonging
from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.customers import known, page, showing
from midchannel.web.frame.access import SignedInRequest, signed_in


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody in an organisation, or an organisation somebody is in. `source` says who says so."""

    href: str
    face: records.Face
    name: str
    role: str
    source: str
    icon: str
    is_over: bool


@require_safe
@signed_in()
def people(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab of an organisation: who is in it, and who was."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_people", found)
    lines = [line(each) for each in organisations.list_people(request.viewer, found.id)]
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


def line(each: Belonging) -> Line:
    """For a list of people or of organisations."""
    today = clock.now().date()
    is_over = each.until is not None and each.until < today
    since = [each.role] if each.role else []
    if each.since:
        since.append(_("since %(day)s") % {"day": formats.date_format(each.since, "j F Y")})
    if each.until:
        since.append(_("until %(day)s") % {"day": formats.date_format(each.until, "j F Y")})
    return Line(
        href=f"/customers/{each.customer_id}/",
        face=records.Face(name=each.name, key=str(each.customer_id)),
        name=each.name,
        role=", ".join(since),
        source=known.source_words(each.network or each.source),
        icon=known.icon_of(each.network or each.source),
        is_over=is_over,
    )


def _row(item: CustomerRow) -> records.Row:
    count = int(item.met or 0)
    row = showing.row(item)
    words = ngettext("%d person", "%d people", count) % count if count else _("nobody known in it yet")
    return records.Row(id=row.id, href=row.href, face=row.face, name=row.name, line=words, at=row.at)
