"""Who may open a page. What they then see on it is decided by the queries."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

from midchannel.platform.accounts.queries import Viewer

P = ParamSpec("P")
RANKS = {"agent": 0, "lead": 1, "administrator": 2}


class SignedInRequest(HttpRequest):
    """A request of somebody who is signed in; what a view behind `signed_in` gets."""

    viewer: Viewer


View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(role: str = "agent") -> Callable[[View[P]], Guarded[P]]:
    """Let only signed-in people with at least this role in: "agent" (everybody), "lead" or "administrator"."""
    wanted = RANKS[role]

    def decorate(view: View[P]) -> Guarded[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            viewer: Viewer | None = getattr(request, "viewer", None)
            if viewer is None:
                return _to_sign_in(request)
            if RANKS.get(viewer.role, 0) < wanted:
                raise PermissionDenied
            return view(cast(SignedInRequest, request), *args, **kwargs)

        return guarded

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in and back. A part of a page cannot be redirected into itself, so htmx is told to move the whole page."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url("account_login")})
    return redirect_to_login(request.get_full_path(), resolve_url("account_login"))
