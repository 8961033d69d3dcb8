"""A customer's page: one frame, and in it the tab that was asked for.

A tab proves the right by `find`, then answers by `show`: htmx gets the tabs and what is under them, everybody else the whole page.
"""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from midchannel.middle.customers import queries
from midchannel.middle.customers.errors import CustomerNotFoundError
from midchannel.middle.customers.queries import CustomerDetail
from midchannel.web.components import records
from midchannel.web.customers import sides, tabs
from midchannel.web.frame import parts
from midchannel.web.frame.access import SignedInRequest

TAB, WHOLE = "customer-tab", "customer-page"


def find(request: SignedInRequest, customer_id: int) -> CustomerDetail | int:
    """The customer; where all of theirs is another's now, that one's id. Raises CustomerNotFoundError."""
    try:
        found = queries.get_customer(request.viewer, customer_id)
    except CustomerNotFoundError:
        found = None
    if found is not None and found.records:
        return found
    successor = queries.find_successor(request.viewer, customer_id)
    if successor is None:
        raise CustomerNotFoundError
    return successor


def show(
    request: SignedInRequest, customer_id: int, address: str, template: str, context: dict[str, Any]
) -> HttpResponseBase:
    """Answer with a tab: `address` is its name in `tabs`, `template` what stands under the tabs.

    `context` may hold the "customer" that the view has found already; else it is found here, and an old id leads to the new one.
    """
    found = context.get("customer") or find(request, customer_id)
    if isinstance(found, int):
        return redirect(address, found)
    shown = context | {"customer": found, "panel": template, "tabs": _tabs(found, address)}
    if parts.is_for(request, TAB):
        return render(request, "customers/_tab.html", shown)
    template = "customers/_page.html" if parts.is_for(request, WHOLE) else "customers/customer.html"
    return render(request, template, shown | sides.beside(request.viewer, found))


def card(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with the inside of a card beside the tabs."""
    return render(request, template, context)


def _tabs(found: CustomerDetail, address: str) -> list[records.Tab]:
    return [
        records.Tab(
            label=str(tab.label),
            href=reverse(tab.address, args=[found.id]),
            icon=tab.icon,
            is_current=tab.address == address,
        )
        for tab in tabs.tabs_of(found)
    ]
