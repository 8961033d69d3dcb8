"""What was imported, row by row, and the way back; for administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from midchannel.platform import clock
from midchannel.platform.imports import queries
from midchannel.platform.imports.queries import RunDetail
from midchannel.usecases import undo_import
from midchannel.web.arrivals.views import tabs
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in

PAGE = 100
OUTCOMES = ("accepted", "duplicate", "edit", "parked", "refused")


def outcome_names() -> dict[str, str]:
    """What became of rows, in words."""
    return {
        "accepted": _("taken"),
        "duplicate": _("seen before"),
        "edit": _("changed something"),
        "parked": _("parked"),
        "refused": _("refused"),
    }


def _shown(run: RunDetail) -> dict[str, Any]:
    names = outcome_names()
    counts = [(names.get(o.name.lower(), o.name.lower()), number) for o, number in run.counts.items() if number]
    return {"run": run, "counts": counts, "state": state_name(run.state)}


def state_name(state: str) -> str:
    """Where a run stands, in words."""
    return {
        "running": _("Running, or interrupted"),
        "done": _("Done"),
        "undoing": _("Being taken back"),
        "undone": _("Taken back"),
    }.get(state, state)


@require_safe
@signed_in(role="administrator")
def imports(request: SignedInRequest) -> HttpResponse:
    """The newest runs."""
    first = records.State(
        kind="first",
        title=_("Nothing was imported"),
        words=_(
            "`midchannel import FILE` brings in what was said before: JSON Lines, CSV or mail. Every row is listed here."
        ),
        icon="upload",
    )
    rows = [_shown(run) for run in queries.list_runs()]
    return render(request, "arrivals/imports.html", {"tabs": tabs("imports"), "rows": rows, "first": first})


@require_safe
@signed_in(role="administrator")
def one(request: SignedInRequest, run_id: int) -> HttpResponse:
    """One run with its rows."""
    after = request.GET.get("after", "")
    names = outcome_names()
    found = queries.list_rows(run_id, after=int(after) if after.isdecimal() and len(after) < 10 else 0, limit=PAGE)
    context = {
        **_shown(queries.get_run(run_id)),
        "tabs": tabs("imports"),
        "rows": [(row, names.get(row.outcome.name.lower(), row.outcome.name.lower())) for row in found],
        "more": f"?after={found[-1].number}" if len(found) == PAGE else "",
    }
    is_part = request.headers.get("HX-Request") and after
    return render(request, "arrivals/_import_rows.html" if is_part else "arrivals/import.html", context)


@require_POST
@signed_in(role="administrator")
def undo(request: SignedInRequest, run_id: int) -> HttpResponseBase:
    """Have a run taken back: a worker does it, behind the page."""
    undo_import.ask(run_id, by=request.viewer.actor, now=clock.now())
    messages.success(request, _("It is being taken back. What people added to it stays."))
    return redirect("arrivals_import", run_id)
