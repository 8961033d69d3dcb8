"""The room of a case: what colleagues say among themselves and what is said with partners, in line by time, each with who may see it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST, require_safe

from midchannel.inside.partners import queries as partner_queries
from midchannel.inside.partners.queries import RoomDetail
from midchannel.inside.swarms import queries as swarms
from midchannel.inside.teamwork import actions as teamwork
from midchannel.middle.documents.actions import Upload
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.errors import MidchannelError, NotFoundError
from midchannel.usecases import ask, partner_room
from midchannel.web.cases import page, partners, room_thread
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers

OFFERED = 8
CHANGED = "mc:case.thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A partner room one may write to, and who will read it."""

    id: int
    name: str
    seen_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomComposer:
    """Where one writes on a case: to colleagues, or to the partners of a room. `mode` is note or reply."""

    note_to: str
    reply_to: str
    rooms: tuple[Room, ...]
    mode: str = "note"
    note: str = ""
    text: str = ""
    room_id: int = 0
    error: str = ""
    client_id: str = ""


@require_safe
@signed_in()
def room(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """The tab."""
    opened = page.open_case(request.viewer, case_id, most=0)
    teamwork.mark_seen(request.viewer, object_type="case", object_id=case_id, now=clock.now())
    return _show(request, opened)


def _show(request: SignedInRequest, opened: page.Opened, *, status: int = 200, **typed: Any) -> HttpResponseBase:
    viewer = request.viewer
    rooms = partner_queries.list_rooms(viewer, opened.id)
    context = {
        "composer": composer_of(opened.id, rooms, **typed),
        **room_thread.of(viewer, opened.id, rooms),
        **partners.context_of(viewer, opened.id, rooms),
    }
    return page.show(request, opened, "case_room", "cases/_room.html", context, status=status)


@require_GET
@signed_in()
def thread(request: SignedInRequest, case_id: int) -> HttpResponse:
    """The thread alone, when something was said."""
    if not answers.is_part(request):
        return redirect("case_room", case_id)
    shown = room_thread.of(request.viewer, case_id, partner_queries.list_rooms(request.viewer, case_id))
    teamwork.mark_seen(request.viewer, object_type="case", object_id=case_id, now=clock.now())
    return render(request, "cases/_room_thread.html", shown)


@require_GET
@signed_in()
def composer(request: SignedInRequest, case_id: int) -> HttpResponse:
    """The composer alone, when a room was opened or closed."""
    if not answers.is_part(request):
        return redirect("case_room", case_id)
    return _composer(request, case_id)


def _composer(request: SignedInRequest, case_id: int, *, status: int = 200, **typed: Any) -> HttpResponse:
    composer = composer_of(case_id, partner_queries.list_rooms(request.viewer, case_id), **typed)
    return render(request, "cases/_room_composer.html", {"composer": composer}, status=status)


def composer_of(case_id: int, rooms: Sequence[RoomDetail], **typed: Any) -> RoomComposer:
    """The composer, with the rooms one may write to."""
    return RoomComposer(
        note_to=reverse("case_room_note", args=[case_id]),
        reply_to=reverse("case_room_say", args=[case_id]),
        rooms=tuple(
            Room(id=each.id, name=each.name, seen_by=seen_by(each)) for each in rooms if each.closed_at is None
        ),
        client_id=typed.pop("client_id", "") or secrets.token_urlsafe(18),
        **typed,
    )


def seen_by(found: RoomDetail) -> str:
    """Who of outside reads a room, in words."""
    names = [f"{each.name} ({each.organisation})" if each.organisation else each.name for each in found.present]
    if not names:
        return _("Nobody of %(room)s has come in yet; whoever was invited reads it then.") % {"room": found.name}
    return _("%(names)s will read this, and every colleague who sees the case. The customer does not.") % {
        "names": ", ".join(names)
    }


@require_POST
@signed_in()
def note(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """A word to colleagues. Whoever is named behind an @ or # is asked."""
    text = request.POST.get("note", "").strip()
    try:
        asked = ask.ask(request.viewer, "case", case_id, text=text, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        return _again(request, case_id, mode="note", note=text, error=problem.reason)
    words = ""
    if asked.unknown:
        words = _("Nobody is called %(names)s.") % {"names": ", ".join(_sign(name) for name in asked.unknown)}
    elif asked.question_ids:
        count = len(asked.question_ids)
        words = ngettext("%d colleague was asked.", "%d colleagues were asked.", count) % count
    elif asked.answered_ids:
        words = _("Answered.")
    return _done(request, case_id, words, mode="note")


def _sign(name: str) -> str:
    return name if name.startswith("#") else f"@{name}"


@require_POST
@signed_in()
def say(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """A word to the partners of a room."""
    text, room_id = request.POST.get("text", ""), whole(request.POST.get("room", ""))
    client_id = request.POST.get("client_id", "") or secrets.token_urlsafe(18)
    try:
        partner_room.say(
            request.viewer,
            case_id,
            room_id,
            text=text,
            client_key=client_id,
            uploads=uploads_of(request),
            now=clock.now(),
        )
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        again = {"mode": "reply", "text": text, "room_id": room_id, "error": problem.reason, "client_id": client_id}
        return _again(request, case_id, **again)
    return _done(request, case_id, _("The partner can read it."), mode="reply", room_id=room_id)


def whole(text: str) -> int:
    """A number out of a form; 0 for what is none."""
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def uploads_of(request: HttpRequest) -> list[Upload]:
    """The files that came with a form, piece by piece."""
    return [Upload(each.name or "document", each.chunks(), each.size or 0) for each in request.FILES.getlist("files")]


def _again(request: SignedInRequest, case_id: int, **typed: Any) -> HttpResponseBase:
    if answers.is_part(request):
        return _composer(request, case_id, status=422, **typed)
    return _show(request, page.open_case(request.viewer, case_id, most=0), status=422, **typed)


def _done(request: SignedInRequest, case_id: int, words: str, **typed: Any) -> HttpResponseBase:
    if not answers.is_part(request):
        return redirect("case_room", case_id)
    response = _composer(request, case_id, **typed)
    return answers.tell(response, CHANGED, *([answers.toast(words)] if words else []))


@require_POST
@signed_in()
def withdraw(request: SignedInRequest, case_id: int, question_id: int) -> HttpResponseBase:
    """Whoever asked needs no answer any more."""
    try:
        ask.withdraw(request.viewer, question_id, now=clock.now())
    except NotFoundError as error:
        raise Http404 from error
    if not answers.is_part(request):
        return redirect("case_room", case_id)
    return answers.tell(HttpResponse(status=204), CHANGED, answers.toast(_("The question is closed.")))


@require_GET
@signed_in()
def people(request: SignedInRequest) -> HttpResponse:
    """Colleagues and teams behind `@`."""
    wanted = request.GET.get("q", "").lower()[:60]
    found = [
        {"name": each.name, "mention": each.mention, "face": records.Face(name=each.name, key=str(each.id))}
        for each in accounts.find_people(request.viewer, wanted)
        if each.id != request.viewer.user_id
    ]
    for team in accounts.list_teams(request.viewer):
        mention = ask.mention_of(team.name)
        if mention.startswith(wanted):
            found.append({"name": team.name, "mention": mention, "is_team": True})
    return _offered(request, "inbox/_suggest_people.html", {"people": found[:OFFERED]})


@require_GET
@signed_in()
def skills(request: SignedInRequest) -> HttpResponse:
    """Skills behind `#`, with how many colleagues have them."""
    wanted = request.GET.get("q", "").lower()[:60]
    found = swarms.find_skills(request.viewer, wanted, limit=OFFERED)
    return _offered(request, "cases/_suggest_skills.html", {"skills": found})


def _offered(request: SignedInRequest, part: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, part if answers.is_part(request) else "inbox/suggest.html", context | {"part": part})
