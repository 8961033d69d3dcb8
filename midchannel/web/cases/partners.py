"""Whom of outside a case lets in: invite a partner, take an invitation back, send somebody away, close a room."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from midchannel.inside.partners import actions, queries
from midchannel.inside.partners.queries import RoomDetail
from midchannel.middle.cases.queries import reading
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import MidchannelError, NotFoundError
from midchannel.usecases import partner_room
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers

CHANGED = "mc:case.thread"
FIELDS = ("email", "name", "organisation", "subject")


def context_of(viewer: Viewer, case_id: int, rooms: Sequence[RoomDetail], **more: Any) -> dict[str, Any]:
    """The partner rooms of a case. Raises CaseNotFoundError."""
    case, now = reading.find(viewer, case_id), clock.now()
    return {
        "case_id": case_id,
        "is_over": case.ended_at is not None,
        "mailbox": partner_room.mailbox_of(viewer, case.scope_id),
        "rooms": [each for each in rooms if each.closed_at is None],
        "closed_rooms": [each for each in rooms if each.closed_at is not None],
        "now": now,
        "typed": {},
        **more,
    }


@never_cache
@require_GET
@signed_in()
def box(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """The rooms alone, when somebody came or went."""
    if not answers.is_part(request):
        return redirect("case_room", case_id)
    return render(request, "cases/_room_partners.html", _context(request, case_id))


def _context(request: SignedInRequest, case_id: int, **more: Any) -> dict[str, Any]:
    return context_of(request.viewer, case_id, queries.list_rooms(request.viewer, case_id), **more)


@never_cache
@require_POST
@signed_in()
def invite(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """A link for a partner; it is shown on the answer and never again."""
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    chosen = request.POST.get("room", "")
    room_id = int(chosen) if chosen.isdecimal() and len(chosen) < 20 else None
    by_mail = request.POST.get("by") == "mail"
    made, error, status = None, None, 200
    try:
        made = partner_room.invite(
            request.viewer, case_id, **typed, room_id=room_id, by_mail=by_mail, link_of=partial(_link, request), now=clock.now()
        )  # fmt: skip
        typed = {}
    except NotFoundError as gone:
        raise Http404 from gone
    except MidchannelError as problem:
        error, status = problem, 422
    context = _context(request, case_id, typed=typed, made=made, error=error, chosen=room_id)
    part = answers.is_part(request)
    response = render(request, "cases/_room_partners.html" if part else "cases/partners.html", context, status=status)
    return answers.tell(response, "mc:case.composer") if made and part else response


def _link(request: SignedInRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("room_invitation", args=[token]))


@require_POST
@signed_in()
def revoke(request: SignedInRequest, case_id: int, invitation_id: int) -> HttpResponseBase:
    """Take an invitation back."""
    actions.revoke(request.viewer, case_id, invitation_id, now=clock.now())
    return _done(request, case_id, _("The link works no longer."))


@require_POST
@signed_in()
def send_away(request: SignedInRequest, case_id: int, guest_id: int) -> HttpResponseBase:
    """A partner may not come in any more."""
    actions.send_away(request.viewer, case_id, guest_id, now=clock.now())
    return _done(request, case_id, _("They see the room no longer. What was said stays."))


@require_POST
@signed_in()
def close(request: SignedInRequest, case_id: int, room_id: int) -> HttpResponseBase:
    """Close a room."""
    try:
        actions.close(request.viewer, case_id, room_id, now=clock.now())
    except NotFoundError as gone:
        raise Http404 from gone
    except MidchannelError as problem:
        return _done(request, case_id, problem.reason, is_error=True)
    return _done(request, case_id, _("The room is closed. What was said stays."))


def _done(request: SignedInRequest, case_id: int, words: str, *, is_error: bool = False) -> HttpResponseBase:
    if not answers.is_part(request):
        (messages.error if is_error else messages.success)(request, words)
        return redirect("case_room", case_id)
    response = render(request, "cases/_room_partners.html", _context(request, case_id))
    toast = answers.toast(words, kind="error" if is_error else "")
    return answers.tell(response, toast, CHANGED, "mc:case.composer")
