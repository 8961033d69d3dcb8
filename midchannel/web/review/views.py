"""The queue: one question at a time, answered by keys; the next is there at once."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from midchannel.middle.customers import actions
from midchannel.middle.customers.queries import reviewing
from midchannel.middle.customers.queries.reviewing import Pair
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError
from midchannel.web.components import records
from midchannel.web.frame import parts
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.review import showing

SHOWN = 30
LATER = "review_later"
REMEMBERED = 200


@require_safe
@signed_in()
def review(request: SignedInRequest) -> HttpResponse:
    """The first question of the queue."""
    return render(request, "review/review.html", _context(request))


@require_safe
@signed_in()
def pair(request: SignedInRequest, pair_id: int) -> HttpResponse:
    """One question, or what was answered to it."""
    found = reviewing.get_pair(request.viewer, pair_id)
    if parts.is_for(request, "question"):
        return render(request, "review/_question.html", _asked(request.viewer, found, now=clock.now()))
    return render(request, "review/review.html", _context(request, found))


@require_POST
@signed_in()
def answer(request: SignedInRequest, pair_id: int) -> HttpResponseBase:
    """The same, different, or later; then the next. Whoever comes second is told what was answered, and goes on."""
    said, told, status = request.POST.get("answer", ""), "", 200
    if said == "later":
        kept = [each for each in request.session.get(LATER, []) if each != pair_id]
        request.session[LATER] = [*kept, pair_id][-REMEMBERED:]
    elif said in {"same", "different"}:
        try:
            actions.answer_pair(
                request.viewer, pair_id, label=said, reason=request.POST.get("reason", ""), now=clock.now()
            )
        except ConflictError:
            found = reviewing.get_pair(request.viewer, pair_id)
            told, status = showing.settled_words(found, now=clock.now()), 409
    return _next(request, told, status=status)


@require_POST
@signed_in()
def undo(request: SignedInRequest, pair_id: int) -> HttpResponseBase:
    """One's answer is taken back, and the question stands there again."""
    told = ""
    try:
        actions.undo_answer(request.viewer, pair_id, now=clock.now())
    except ConflictError as problem:
        told = problem.reason
    return _next(request, told, again=reviewing.get_pair(request.viewer, pair_id), status=409 if told else 200)


def _next(
    request: SignedInRequest, told: str = "", *, again: Pair | None = None, status: int = 200
) -> HttpResponseBase:
    context = _context(request, again) | {"told": told}
    asked: Pair | None = context["pair"]
    here = reverse("review_pair", args=[asked.id]) if asked else reverse("review")
    if not request.headers.get("HX-Request"):
        if told:
            messages.warning(request, told)
        return redirect(here)
    response = render(request, "review/_panes.html", context, status=status)
    response.headers["HX-Push-Url"] = here
    return response


def _context(request: SignedInRequest, asked: Pair | None = None) -> dict[str, Any]:
    """The list, and the question that is asked (the first of it, if no other is wanted)."""
    viewer, now = request.viewer, clock.now()
    waiting = reviewing.list_pairs(viewer, later=request.session.get(LATER, []), limit=SHOWN)
    asked = asked or (waiting[0] if waiting else None)
    count = reviewing.count_pairs(viewer)
    mine = reviewing.count_answered(viewer, since=_today(now))
    more = count - len(waiting)
    return {
        "rows": [showing.row(each, is_current=asked is not None and each.id == asked.id) for each in waiting],
        "more_words": ngettext(
            "and %d more; what most depends on comes first.", "and %d more; what most depends on comes first.", more
        )
        % more
        if more > 0
        else "",
        "progress": showing.progress(count, mine),
        "differences_href": reverse("differences") if viewer.is_lead else "",
        **_asked(viewer, asked, now=now, mine=mine),
    }


def _asked(viewer: Viewer, asked: Pair | None, *, now: datetime, mine: int = 1) -> dict[str, Any]:
    last = reviewing.find_last_answer(viewer, since=_today(now)) if mine else None
    is_open = asked is not None and asked.state == "open"
    return {
        "pair": asked,
        "question": showing.question(viewer, asked, now=now) if asked is not None and is_open else None,
        "empty": _settled(asked, now=now) if asked is not None and not is_open else _empty(viewer),
        "undo_href": reverse("review_undo", args=[last.id]) if last else "",
        "undo_words": showing.answer_words(last) if last else "",
    }


def _settled(asked: Pair, *, now: datetime) -> records.State:
    return records.State(
        kind="nothing",
        icon="user-check",
        title=_("Answered already"),
        words=showing.settled_words(asked, now=now),
        actions=(records.Action(label=_("To the next"), href=reverse("review"), icon="arrow-right", style="primary"),),
    )


def _empty(viewer: Viewer) -> records.State:
    if not viewer.is_lead and not viewer.scope_ids:
        return records.State(
            kind="denied",
            title=_("You are in no team yet"),
            words=_("You are asked about the customers of your teams. Ask an administrator to put you into a team."),
        )
    return records.State(
        kind="first",
        icon="user-check",
        title=_("Nobody to tell apart"),
        words=_(
            "When two records look like one person and it is not certain, you are asked here. What is certain is linked by"
            " itself, and can be taken apart at any time."
        ),
        actions=(records.Action(label=_("To the customers"), href=reverse("customers")),),
    )


def _today(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
