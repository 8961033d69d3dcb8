"""How long things are kept: what would go is counted before a rule is switched on."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from midchannel.middle.consents import queries
from midchannel.middle.consents.actions import keeping
from midchannel.middle.consents.retention import KINDS
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.usecases import retain
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.rights import words
from midchannel.web.settings import sections


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of thing: for how many days, whether that is on, and (`would_go`) what the asked number of days would remove at once."""

    kind: str
    label: str
    help: str
    days: int
    fewest: int
    is_on: bool
    would_go: int | None = None


@require_safe
@signed_in(role="administrator")
def rules(request: SignedInRequest) -> HttpResponse:
    """Every kind. With `kind` and `days` asked: how many that would remove; htmx gets that line alone."""
    asked, days = request.GET.get("kind", ""), request.GET.get("days", "")
    known = queries.list_retention_rules()
    listed = []
    for kind, (proposed, fewest) in KINDS.items():
        label, help_ = words.retention(kind)
        rule = known.get(kind)
        chosen = rule.days if rule else proposed
        would_go = None
        if kind == asked and days.isdecimal() and len(days) < 6:
            chosen = max(int(days), 1)
            would_go = retain.count_due(request.viewer, kind, days=chosen, now=clock.now())
        listed.append(Rule(kind, label, help_, chosen, fewest, bool(rule and rule.is_on), would_go))
    if request.headers.get("HX-Request") and asked:
        return render(request, "rights/_would_go.html", {"rule": next((r for r in listed if r.kind == asked), None)})
    return sections.page(request, "retention", "../rights/retention.html", {"rules": listed})


@require_POST
@signed_in(role="administrator")
def keep(request: SignedInRequest, kind: str) -> HttpResponseBase:
    """Switch a rule on with its days, or off."""
    days = request.POST.get("days", "")
    if not days.isdecimal() or len(days) > 5:
        raise InvalidError(_("Give a number of days."), "days")
    is_on = request.POST.get("change") != "off"
    keeping.set_rule(request.viewer, kind, days=int(days), is_on=is_on, now=clock.now())
    said = _("From now on this goes by itself, within the hour.") if is_on else _("Kept for good again.")
    messages.success(request, said)
    return redirect("rights_retention")
