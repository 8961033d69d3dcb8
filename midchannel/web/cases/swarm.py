"""The swarm of a case: who is in it, whom to gather with one click, and the end of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from midchannel.inside.swarms import actions, queries
from midchannel.middle.cases.queries import reading
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import MidchannelError, NotFoundError
from midchannel.usecases import gather as gathering
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers

CHANGED = "mc:case.thread"


def context_of(viewer: Viewer, case_id: int, **more: Any) -> dict[str, Any]:
    """What the panel needs. Raises CaseNotFoundError."""
    now = clock.now()
    case = reading.find(viewer, case_id)
    found = queries.list_swarms(viewer, case_id)
    swarm = next((each for each in found if each.ended_at is None), None)
    present = {member.user_id for member in swarm.present} if swarm else set()
    suggested = gathering.suggest(viewer, case_id, now=now) if case.ended_at is None else []
    known = {each.user_id for each in suggested} | present
    others = [each for each in accounts.list_people(viewer) if each.is_active and each.id not in known]
    return {
        "case_id": case_id,
        "is_over": case.ended_at is not None,
        "swarm": swarm,
        "members": [
            {"id": member.user_id, "face": _face(member.user_id, member.name), "name": member.name, "because": member.because,
             "at": member.joined_at, "is_me": member.user_id == viewer.user_id}
            for member in (swarm.present if swarm else ())
        ],
        "suggested": [
            {"id": each.user_id, "name": each.name, "face": _face(each.user_id, each.name), "reasons": " · ".join(each.reasons)}
            for each in suggested
        ],
        "others": [{"id": each.id, "name": each.name} for each in others if each.id != viewer.user_id],
        "past": [each for each in found if each.ended_at is not None],
        **more,
    }  # fmt: skip


def _face(user_id: int, name: str) -> records.Face:
    return records.Face(name=name, key=str(user_id))


@require_GET
@signed_in()
def panel(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """The inside of the card."""
    if not answers.is_part(request):
        return redirect("case", case_id)
    return render(request, "cases/_swarm.html", context_of(request.viewer, case_id))


def _chosen(request: SignedInRequest) -> list[int]:
    return [int(each) for each in request.POST.getlist("people") if each.isdecimal() and len(each) < 19]


def _because(viewer: Viewer, case_id: int) -> dict[int, str]:
    suggested = gathering.suggest(viewer, case_id, now=clock.now())
    return {each.user_id: ", ".join(each.reasons) for each in suggested}


@require_POST
@signed_in()
def start(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """Gather the chosen people: one click."""
    viewer, reason = request.viewer, request.POST.get("reason", "")
    try:
        because = _because(viewer, case_id)
        actions.start(viewer, case_id, _chosen(request), reason=reason, because=because, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        return _done(request, case_id, problem.reason, is_error=True)
    return _done(request, case_id, _("Gathered. They see this case until it ends, and were told."))


@require_POST
@signed_in()
def gather(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """Bring more people."""
    viewer = request.viewer
    try:
        actions.gather(viewer, case_id, _chosen(request), because=_because(viewer, case_id), now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        return _done(request, case_id, problem.reason, is_error=True)
    return _done(request, case_id, _("They were told."))


@require_POST
@signed_in()
def leave(request: SignedInRequest, case_id: int, user_id: int) -> HttpResponseBase:
    """Somebody goes. Who leaves by themselves may not see the case any more: they are led to the list."""
    try:
        actions.leave(request.viewer, case_id, user_id, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    return _done(request, case_id, _("They see the case no longer by the swarm."))


@require_POST
@signed_in()
def end(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """It is done, though the case goes on."""
    try:
        actions.end(request.viewer, case_id, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    return _done(request, case_id, _("The swarm is over. What was said stays."))


def _done(request: SignedInRequest, case_id: int, words: str, *, is_error: bool = False) -> HttpResponseBase:
    try:
        context = context_of(request.viewer, case_id)
    except NotFoundError:
        messages.success(request, _("You left the swarm, and with it the case."))
        if answers.is_part(request):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("cases")})
        return redirect("cases")
    if not answers.is_part(request):
        (messages.error if is_error else messages.success)(request, words)
        return redirect("case", case_id)
    response = render(request, "cases/_swarm.html", context, status=422 if is_error else 200)
    return answers.tell(response, CHANGED, answers.toast(words, kind="error" if is_error else ""))
