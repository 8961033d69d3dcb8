"""Who is blocked: what they write goes to spam; for leads."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from midchannel.outside.channels import actions, queries
from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections

PAGE = 50


@require_safe
@signed_in(role="lead")
def blocked(request: SignedInRequest) -> HttpResponse:
    """Everybody who is blocked, the last one first."""
    before = parse_datetime(request.GET.get("before", "").replace(" ", "+"))
    found = queries.list_blocked(request.viewer, before=before, limit=PAGE)
    last = found[-1].blocked_at if len(found) == PAGE else None
    rows = [
        {"handle": h, "face": records.Face(name=h.name or h.address, key=h.address, network=h.network)} for h in found
    ]
    context: dict[str, Any] = {"rows": rows, "before": last.isoformat() if last else ""}
    if request.headers.get("HX-Request") and before:
        return render(request, "settings/_blocked_rows.html", context)
    context["nobody"] = records.State(
        kind="first",
        title=_("Nobody is blocked"),
        words=_("Whoever is blocked in a conversation is listed here. What they write is kept and goes to spam."),
        icon="ban",
    )
    return sections.page(request, "blocked", "blocked.html", context)


@require_POST
@signed_in(role="lead")
def unblock(request: SignedInRequest, handle_id: int) -> HttpResponseBase:
    """Hear somebody again."""
    actions.unblock_handle(request.viewer.actor, handle_id, now=clock.now())
    messages.success(request, _("What they write reaches the inbox again."))
    return redirect("settings_blocked")
