"""Who a partner is: a session that holds their id, made by an invitation, and a room they are a guest of.

A partner is never a signed-in person: no `request.user`, no `request.viewer`, no stream of events.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from midchannel.inside.partners import queries
from midchannel.inside.partners.actions.inviting import Joined
from midchannel.inside.partners.errors import RoomNotFoundError
from midchannel.inside.partners.queries import Guest
from midchannel.web.components import records

KEY = "partner"
LASTS_SECONDS = 30 * 24 * 3600


class GuestRequest(HttpRequest):
    """A request of a partner in their room."""

    guest: Guest


View = Callable[..., HttpResponseBase]


def guest_only(view: View) -> View:
    """Let a partner into the room they are a guest of; everybody else hears that there is nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, room_id: int, **kwargs: Any) -> HttpResponseBase:
        held = request.session.get(KEY) or {}
        try:
            guest = queries.get_guest(int(held.get("id", 0)), int(held.get("epoch", -1)), room_id)
        except RoomNotFoundError:
            return gone(request)
        known = cast(GuestRequest, request)
        known.guest = guest
        response = view(known, room_id, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return guarded


def let_in(request: HttpRequest, joined: Joined) -> None:
    """Begin the session of a partner."""
    request.session.cycle_key()
    request.session[KEY] = {"id": joined.partner_id, "epoch": joined.epoch}
    request.session.set_expiry(LASTS_SECONDS)


def gone(request: HttpRequest) -> HttpResponse:
    """The same words for every room that is not theirs, is closed, or never was."""
    state = records.State(
        kind="nothing",
        title=_("Nothing here"),
        words=_(
            "This room is closed, the link was used already, or it was meant for somebody else. Ask whoever invited you for a new link."
        ),
        icon="timer-off",
        is_page=True,
    )
    return render(request, "rooms/gone.html", {"state": state}, status=404)
