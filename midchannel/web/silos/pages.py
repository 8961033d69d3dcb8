"""Silos and their runs: whether they work, what they brought, row by row, and the way back."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.outside.silos import queries
from midchannel.outside.silos.errors import SourceError
from midchannel.outside.silos.queries import SiloDetail, SiloRunDetail
from midchannel.platform import clock
from midchannel.platform.imports import queries as imports
from midchannel.usecases import open_silo, try_silo
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.silos import words
from midchannel.web.silos.connecting import page

PAGE = 100
RUNS = 10
TRY_SECONDS = 8.0
OUTCOMES = try_silo.OF_WORD


@dataclass(frozen=True, slots=True)
class Shown:
    """A silo as a page shows it."""

    silo: SiloDetail
    icon: str
    dot: str
    words: str
    reader: str
    interval: str
    last: SiloRunDetail | None

    @property
    def kind(self) -> str:
        """What its rows are."""
        return words.kind_short(self.silo.mapping.kind) if self.silo.mapping else ""


def shown(request: SignedInRequest, silo: SiloDetail) -> Shown:
    """A silo with its words."""
    kind = words.reader_kinds()[silo.reader]
    dot, said = words.state_of(silo)
    runs = queries.list_runs(request.viewer, silo.id, limit=1)
    return Shown(
        silo, kind.icon, dot, said, kind.title, words.interval_name(silo.every_minutes), runs[0] if runs else None
    )


@require_safe
@signed_in(role="administrator")
def silos(request: SignedInRequest) -> HttpResponse:
    """Every silo."""
    rows = [shown(request, silo) for silo in queries.list_silos(request.viewer)]
    first = records.State(
        kind="first",
        title=_("No business system is connected yet"),
        words=_("Customers, contacts and orders come from the systems you have. Nothing is written there."),
        icon="database",
        actions=(records.Action(label=_("Connect a system"), href=reverse("silo_choose"), icon="plus"),),
    )  # fmt: skip
    return page(request, "silos.html", {"rows": rows, "first": first})


@require_safe
@signed_in(role="administrator")
def silo(request: SignedInRequest, silo_id: int) -> HttpResponse:
    """One silo: whether it works, what it knows, its runs."""
    found = queries.get_silo(request.viewer, silo_id)
    before = request.GET.get("before", "")
    runs = queries.list_runs(
        request.viewer, silo_id, before=int(before) if before.isdecimal() and len(before) < 18 else None, limit=RUNS
    )
    context = {
        **_state(request, found),
        "runs": [(run, words.run_state(run, found)) for run in runs],
        "more": f"?before={runs[-1].id}" if len(runs) == RUNS else "",
    }
    if request.headers.get("HX-Request") and before:
        return render(request, "silos/_runs.html", context)
    return page(request, "silo.html", context)


def _state(request: SignedInRequest, found: SiloDetail) -> dict[str, Any]:
    row = shown(request, found)
    mapping = found.mapping
    fields = list(mapping.fields.items()) if mapping else []
    return {
        "row": row,
        "silo": found,
        "mapped": [
            (column, words.field_name(meaning, mapping.kind)) for column, meaning in fields if meaning and mapping
        ],
        "basis": dict(words.bases()).get(found.lawful_basis, found.lawful_basis),
        "running": row.last if row.last and row.last.id == found.run_id else None,
        "is_waiting": found.run_id is None and found.due_at is not None and found.due_at <= clock.now(),
    }


@require_safe
@signed_in(role="administrator")
def progress(request: SignedInRequest, silo_id: int) -> HttpResponseBase:
    """How far it is, as a part; the whole page is loaded anew when a run ended."""
    found = queries.get_silo(request.viewer, silo_id)
    context = _state(request, found)
    if not request.headers.get("HX-Request"):
        return redirect("silo", silo_id)
    if context["running"] is None and not context["is_waiting"]:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "silos/_progress.html", context)


@require_POST
@signed_in(role="administrator")
def change(request: SignedInRequest, silo_id: int, change: str) -> HttpResponseBase:
    """Read it, stop, pause, resume or close."""
    queries.get_silo(request.viewer, int(silo_id))
    viewer, now, which = request.viewer, clock.now(), int(silo_id)
    match change:
        case "read" | "read-all":
            open_silo.read_now(viewer, which, now=now, is_full=change == "read-all")
            messages.success(request, _("It is being read. You need not wait here."))
        case "stop":
            open_silo.stop(viewer, which, now=now)
            messages.success(request, _("Stopped. What was read is kept, and can be taken back."))
        case "pause":
            open_silo.pause(viewer, which, now=now)
            messages.success(request, _("Paused: nothing is read until you resume it."))
        case "resume":
            open_silo.resume(viewer, which, now=now)
            messages.success(request, _("It is read again."))
        case _:
            open_silo.close(viewer, which, now=now)
            messages.success(request, _("Closed. What came from it stays."))
    return redirect("silo", which)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="administrator")
def try_out(request: SignedInRequest, silo_id: int) -> HttpResponse:
    """A dry run: what would become of every row; nothing is kept."""
    found = queries.get_silo(request.viewer, silo_id)
    context: dict[str, Any] = {"silo": found, "kind": shown(request, found).kind}
    status = 200
    if request.method == "POST":
        try:
            trial = try_silo.try_out(silo_id, tick=clock.now, seconds=TRY_SECONDS)
        except SourceError as error:
            context["error"], status = error.reason, 502
        else:
            names = words.outcome_names()
            context |= {
                "trial": trial,
                "counts": [(word, names[word], trial.counts[word]) for word in try_silo.OUTCOMES],
                "rows": [(sample, names[sample.outcome]) for sample in trial.samples],
            }
    return page(request, "try.html", context, status=status)


@require_safe
@signed_in(role="administrator")
def run(request: SignedInRequest, run_id: int) -> HttpResponse:
    """One run with its rows; `?only=` those of one outcome."""
    found = queries.get_run(request.viewer, run_id)
    of = queries.get_silo(request.viewer, found.silo_id)
    after, only = request.GET.get("after", ""), request.GET.get("only", "")
    rows = imports.list_rows(
        run_id, after=int(after) if after.isdecimal() and len(after) < 18 else 0, limit=PAGE, only=OUTCOMES.get(only)
    )
    names = words.outcome_names()
    word_of = try_silo.WORDS
    context = {
        "run": found,
        "silo": of,
        "state": words.run_state(found, of),
        "only": only,
        "outcomes": _outcomes(found, only),
        "rows": [(row, word_of[row.outcome], names[word_of[row.outcome]], _key(row.item_key)) for row in rows],
        "more": f"?after={rows[-1].number}&only={only if only in OUTCOMES else ''}" if len(rows) == PAGE else "",
    }
    if request.headers.get("HX-Request") and after:
        return render(request, "silos/_run_rows.html", context)
    return page(request, "run.html", context)


def _outcomes(run: SiloRunDetail, only: str) -> list[records.Tab]:
    """A run's rows by what became of them."""
    names = words.outcome_names()
    kinds = [(word, getattr(run, word)) for word in OUTCOMES if getattr(run, word)]
    every = records.Tab(label=_("All rows"), href="?", is_current=only not in OUTCOMES)
    return [
        every,
        *(
            records.Tab(label=names[word], href=f"?only={word}", count=count, is_current=only == word)
            for word, count in kinds
        ),
    ]


def _key(item_key: str) -> str:
    return item_key.partition(":")[2]


@require_POST
@signed_in(role="administrator")
def undo(request: SignedInRequest, run_id: int) -> HttpResponseBase:
    """Have a run taken back: a worker does it, behind the page."""
    open_silo.take_back(request.viewer, run_id, now=clock.now())
    messages.success(request, _("It is being taken back. What people added to it stays."))
    return redirect("silo_run", run_id)
