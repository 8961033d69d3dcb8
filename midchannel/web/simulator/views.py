"""The simulator's page and its parts. Everybody may look and speak; leads steer; an administrator removes it all."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from midchannel.outside.channels.boxes import Box
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.usecases import demo, simulate
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.simulator import records

PAGE = 30


@require_GET
@signed_in()
def page(request: SignedInRequest) -> HttpResponse:
    """The network, the person one writes as, and what steers it."""
    try:
        channel_id = simulate.find_channel(request.viewer)
    except simulate.NoSimulatorError:
        return render(request, "simulator/nothing.html", {"is_administrator": request.viewer.is_administrator})
    return render(request, "simulator/simulator.html", _context(request, channel_id, request.GET.get("as", "")))


def _context(request: SignedInRequest, channel_id: int, current: str) -> dict[str, Any]:
    box = simulate.enter(request.viewer, channel_id)
    pace = box.get_pace(channel_id)
    people = box.list_people(channel_id)
    current = next((p.handle for p in people if p.handle == current), people[0].handle if people else "")
    answers_id = request.GET.get("answers", "")
    public, private_ = _public(box, channel_id, current), _private(box, channel_id, current)
    change_id = request.GET.get("change", "")
    mine = [post for post in [*public["posts"], *private_["posts"]] if post.change_href]
    return {
        "channel_id": channel_id,
        "people": [records.person_of(someone, current=current) for someone in people],
        "current": next((records.person_of(p, current=current) for p in people if p.handle == current), None),
        "public": public,
        "answered": next((post for post in public["posts"] if post.id == answers_id), None),
        "changed": next((post for post in mine if post.id == change_id), None),
        "private": private_,
        "pace": pace,
        "troubles": records.troubles_of(pace) if pace else [],
        "is_lead": request.viewer.is_lead,
        "is_administrator": request.viewer.is_administrator,
    }


def _public(box: Box, channel_id: int, current: str, before: int | None = None) -> dict[str, Any]:
    said = box.list_public(channel_id, before=before, limit=PAGE + 1)
    more = said[PAGE - 1].position if len(said) > PAGE else None
    return {"posts": [records.post_of(one, current=current) for one in said[:PAGE]], "before": more, "as": current}


def _private(box: Box, channel_id: int, current: str) -> dict[str, Any]:
    said = box.list_private(channel_id, current)
    return {"posts": [records.post_of(one, current=current) for one in said], "as": current}


@require_GET
@signed_in()
def public(request: SignedInRequest) -> HttpResponse:
    """The public network, newest first; `before` goes on further back."""
    channel_id = simulate.find_channel(request.viewer)
    box = simulate.enter(request.viewer, channel_id)
    before = request.GET.get("before", "")
    listed = _public(box, channel_id, request.GET.get("as", ""), int(before) if before.isdecimal() else None)
    return render(request, "simulator/_public.html", {"public": listed})


@require_GET
@signed_in()
def private(request: SignedInRequest) -> HttpResponse:
    """One person's private messages with the company."""
    channel_id = simulate.find_channel(request.viewer)
    box = simulate.enter(request.viewer, channel_id)
    listed = _private(box, channel_id, request.GET.get("as", ""))
    return render(request, "simulator/_private.html", {"private": listed})


@require_POST
@signed_in()
def say(request: SignedInRequest) -> HttpResponse:
    """Speak as somebody, in public or privately."""
    channel_id = simulate.find_channel(request.viewer)
    who, where = request.POST.get("as", ""), request.POST.get("where", "public")
    simulate.enter(request.viewer, channel_id).say(
        channel_id,
        who,
        request.POST.get("text", ""),
        is_public=where != "private",
        is_addressed=where != "overheard",
        answers_id=request.POST.get("answers", "") if where == "public" else "",
        now=clock.now(),
    )
    return redirect(records.address_of(who))


@require_POST
@signed_in()
def edit(request: SignedInRequest) -> HttpResponse:
    """Change what somebody said."""
    channel_id = simulate.find_channel(request.viewer)
    box = simulate.enter(request.viewer, channel_id)
    box.edit(channel_id, request.POST.get("id", ""), request.POST.get("text", ""), now=clock.now())
    return redirect(records.address_of(request.POST.get("as", "")))


@require_POST
@signed_in()
def delete(request: SignedInRequest) -> HttpResponse:
    """Take back what somebody said."""
    channel_id = simulate.find_channel(request.viewer)
    box = simulate.enter(request.viewer, channel_id)
    box.delete(channel_id, request.POST.get("id", ""), now=clock.now())
    return redirect(records.address_of(request.POST.get("as", "")))


@require_POST
@signed_in("lead")
def steer(request: SignedInRequest) -> HttpResponse:
    """Set the pace, the pause or the trouble."""
    channel_id = simulate.find_channel(request.viewer)
    paused = {"yes": True, "no": False}.get(request.POST.get("paused", ""))
    simulate.steer(
        request.viewer,
        channel_id,
        per_minute=_number(request.POST.get("per_minute")),
        is_paused=paused,
        trouble=request.POST.get("trouble") or None,
        now=clock.now(),
    )
    if request.headers.get("HX-Request"):
        return render(request, "simulator/_pace.html", _context(request, channel_id, request.POST.get("as", "")))
    return redirect(records.address_of(request.POST.get("as", "")))


def _number(given: str | None) -> float | None:
    if not given:
        return None
    try:
        return float(given)
    except ValueError as error:
        raise InvalidError(_("Give a number of posts a minute."), "per_minute") from error


@require_POST
@signed_in("administrator")
def remove(request: SignedInRequest) -> HttpResponse:
    """Remove the made-up people and everything that came of them."""
    demo.remove(request.viewer, now=clock.now())
    return redirect("simulator")
