"""A customer's tab of consent and rights: what they allowed and why that holds; what they asked of us."""

from dataclasses import dataclass

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from midchannel.middle.consents import actions, queries
from midchannel.middle.consents.queries import ConsentLine, ConsentRow
from midchannel.middle.consents.rules import Standing
from midchannel.middle.customers.queries import CustomerDetail
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError
from midchannel.web.components.words import NETWORK_ICONS
from midchannel.web.customers import page
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.rights import showing, words

PANEL = "customers/_consent.html"
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Holds:
    """What holds, somewhere."""

    where: str
    icon: str
    is_allowed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Said:
    """One statement with its proof, in words."""

    row: ConsentRow
    words: str
    where: str
    how: str
    proof: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose for the page. `is_open`: somebody has to confirm what holds."""

    name: str
    label: str
    help: str
    basis: str
    holds: Holds
    elsewhere: tuple[Holds, ...]
    said: tuple[Said, ...]
    is_open: bool


@require_safe
@signed_in()
def rights(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_rights", found)
    context = {
        "customer": found,
        "purposes": [_purpose(line) for line in queries.get_consents(request.viewer, found.id)],
        "records": [(record.id, record.name or record.address or record.source) for record in found.records],
        "places": _places(found),
        "hows": [(how, words.how(how)) for how in words.HOWS],
        "requests": [showing.request_row(item, today=clock.now().date()) for item in _requests(request.viewer, found)],
        "may_handle": request.viewer.is_lead,
    }
    return page.show(request, customer_id, "customer_rights", PANEL, context)


def _requests(viewer: Viewer, found: CustomerDetail) -> list[queries.RequestDetail]:
    return queries.list_requests_of(viewer, found.id)


def _places(found: CustomerDetail) -> list[tuple[str, str]]:
    return [(network, network) for network in sorted({record.network for record in found.records if record.network})]


@require_POST
@signed_in()
def say(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """Write down what they said."""
    record, text = request.POST.get("record", ""), request.POST.get("proof", "").strip()[:LONGEST]
    if not record.isdecimal() or len(record) > 19:
        raise InvalidError(_("Say which of their records it was."), "record")
    actions.record_consent(
        request.viewer,
        int(record),
        purpose=request.POST.get("purpose", ""),
        state=_state(request),
        how=request.POST.get("how", "")[:LONGEST] or "said",
        network=request.POST.get("network", "")[:LONGEST],
        proof={"words": text} if text else {},
        now=clock.now(),
    )
    messages.success(request, _("Written down. What was said before stays to be read."))
    return redirect("customer_rights", customer_id)


@require_POST
@signed_in()
def confirm(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """Decide what holds for all their records together."""
    actions.confirm(
        request.viewer,
        customer_id,
        purpose=request.POST.get("purpose", ""),
        state=_state(request),
        how="confirmed",
        now=clock.now(),
    )
    messages.success(request, _("Confirmed. Should their records be taken apart again, each has its own again."))
    return redirect("customer_rights", customer_id)


def _state(request: SignedInRequest) -> str:
    state = request.POST.get("state", "")
    if state not in {"granted", "withdrawn"}:
        raise InvalidError(_("Say yes or no."), "state")
    return state


def _purpose(line: ConsentLine) -> Purpose:
    label, help_ = words.purpose(line.purpose)
    return Purpose(
        name=str(line.purpose),
        label=label,
        help=help_,
        basis=line.basis,
        holds=_holds("", line.standing),
        elsewhere=tuple(_holds(network, standing) for network, standing in line.networks),
        said=tuple(_said(row) for row in line.rows),
        is_open=any(s.kind == "restrictive" for s in (line.standing, *(each for _, each in line.networks))),
    )


def _holds(network: str, standing: Standing) -> Holds:
    where, icon = words.network(network)
    why = words.standing(standing.kind, is_allowed=standing.is_allowed)
    return Holds(where, icon if not network else NETWORK_ICONS.get(network, "plug"), standing.is_allowed, why)


def _said(row: ConsentRow) -> Said:
    said = _("Yes") if row.state == "granted" else _("No")
    proof = tuple((key.replace("_", " "), str(value)) for key, value in row.proof.items())
    return Said(row, said, words.network(row.network)[0], words.how(row.how), proof)
