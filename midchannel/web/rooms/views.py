"""The way in, and the room: what was said and shared there, and where the partner writes."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from midchannel.inside.partners import actions, queries
from midchannel.inside.partners.errors import InvitationGoneError
from midchannel.inside.partners.queries import Guest, MessageItem
from midchannel.middle.documents.errors import DocumentNotFoundError
from midchannel.middle.documents.queries import DocumentItem
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.errors import InvalidError, MidchannelError
from midchannel.usecases import partner_room
from midchannel.web.cases import documents
from midchannel.web.cases.room import uploads_of
from midchannel.web.components import records
from midchannel.web.frame import parts
from midchannel.web.rooms.access import GuestRequest, gone, guest_only, let_in

THREAD = "room-thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """Where a partner writes, and who will read it."""

    to: str
    client_id: str
    seen_by: str
    text: str = ""
    error: str = ""


@never_cache
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind a link. Looking at it uses nothing up: programs that follow links in mails do not come in."""
    now = clock.now()
    try:
        found = queries.get_invitation(token, now=now)
    except InvitationGoneError:
        return gone(request)
    viewer = getattr(request, "viewer", None)
    context = {"found": found, "company": accounts.company_name(), "colleague": viewer.name if viewer else ""}
    if viewer is not None or request.method != "POST":
        return render(request, "rooms/invitation.html", context)
    try:
        name, organisation = request.POST.get("name", ""), request.POST.get("organisation", "")
        joined = actions.accept(token, name=name, organisation=organisation, now=now)
    except InvitationGoneError:
        return gone(request)
    except InvalidError as problem:
        return render(request, "rooms/invitation.html", {**context, "error": problem.reason}, status=422)
    let_in(request, joined)
    return redirect("partner_room", joined.room_id)


@require_safe
@guest_only
def room(request: GuestRequest, room_id: int) -> HttpResponseBase:
    """The room."""
    actions.note_seen(request.guest.id, now=clock.now())
    return _show(request, _composer(request.guest))


def _show(request: GuestRequest, composer: Composer, *, status: int = 200) -> HttpResponse:
    guest = request.guest
    context = {
        "guest": guest,
        "company": accounts.company_name() or _("The company"),
        "composer": composer,
        **_thread(guest),
    }
    return render(request, "rooms/room.html", context, status=status)


def _thread(guest: Guest) -> dict[str, Any]:
    files = {each.id: each for each in queries.list_shared(guest)}
    return {
        "room_id": guest.room_id,
        "bubbles": [_bubble(guest, each, files) for each in queries.list_messages(guest)],
        "files": [_attachment(guest, each) for each in files.values()],
    }


def _bubble(guest: Guest, said: MessageItem, files: dict[int, DocumentItem]) -> records.Bubble:
    is_mine = said.by_partner and said.author_key == str(guest.partner_id)
    name = f"{said.author_name} ({said.organisation})" if said.organisation else said.author_name
    return records.Bubble(
        id=str(said.id),
        author=records.Face(name=name, key=said.author_name),
        audience="partner",
        at=said.at,
        side="ours" if is_mine else "theirs",
        text=said.text,
        seen_by=_seen_by(guest),
        attachments=tuple(_attachment(guest, files[each]) for each in said.document_ids if each in files),
    )


def _attachment(guest: Guest, item: DocumentItem) -> records.Attachment:
    return records.Attachment(
        name=item.name,
        size=item.size_bytes or 0,
        href=reverse("partner_room_document", args=[guest.room_id, item.id]),
        is_image=item.media_type in records.PICTURES,
    )


def _seen_by(guest: Guest) -> str:
    company = accounts.company_name() or _("the company")
    if guest.others:
        words = _("Read by %(company)s's people on this matter, and by %(others)s. Not by their customer.")
        return words % {"company": company, "others": ", ".join(guest.others)}
    return _("Read by %(company)s's people on this matter. Not by their customer.") % {"company": company}


def _composer(guest: Guest, **more: Any) -> Composer:
    more.setdefault("client_id", secrets.token_urlsafe(18))
    return Composer(to=reverse("partner_room_say", args=[guest.room_id]), seen_by=_seen_by(guest), **more)


@require_GET
@guest_only
def messages(request: GuestRequest, room_id: int) -> HttpResponseBase:
    """The thread alone: asked for again and again while one looks."""
    if not parts.is_for(request, THREAD):
        return redirect("partner_room", room_id)
    actions.note_seen(request.guest.id, now=clock.now())
    return render(request, "rooms/_thread.html", _thread(request.guest))


@require_POST
@guest_only
def say(request: GuestRequest, room_id: int) -> HttpResponseBase:
    """A word of the partner, with the files they bring."""
    text, client_id = request.POST.get("text", ""), request.POST.get("client_id", "") or secrets.token_urlsafe(18)
    try:
        partner_room.answer(
            request.guest, text=text, client_key=client_id, uploads=uploads_of(request), now=clock.now()
        )
    except MidchannelError as problem:
        return _show(
            request, _composer(request.guest, text=text, error=problem.reason, client_id=client_id), status=422
        )
    return redirect("partner_room", room_id)


@require_GET
@guest_only
def document(request: GuestRequest, room_id: int, document_id: int) -> HttpResponseBase:
    """A document that was shared into the room, and no other."""
    try:
        return documents.sent(queries.get_shared(request.guest, document_id))
    except DocumentNotFoundError:
        return gone(request)


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    """End the session on this device."""
    if getattr(request, "viewer", None) is None:
        request.session.flush()
    return render(request, "rooms/left.html")
