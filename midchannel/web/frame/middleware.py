"""What is said with every answer, and in which zone and language it is said."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from midchannel.platform.accounts import queries as accounts

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
FIRST_RUN = "/first-run/"
MACHINES = "/api/"
Answer = Callable[[HttpRequest], HttpResponseBase]


class SecurityPolicy:
    """A strict Content-Security-Policy on everything: no inline script, no inline style, nothing from elsewhere."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers, unless a view has set a stricter policy of its own (downloads do)."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if isinstance(response, HttpResponse) and response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
            # A page and its parts live at one address: caches must tell them apart.
            response.headers["Vary"] = ", ".join(filter(None, (response.headers.get("Vary", ""), "HX-Request")))
        return response


class ReaderZone:
    """Times are shown in the reader's zone: the browser tells it in the cookie `tz`."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the zone, and leave none behind."""
        zone = _zone(request.COOKIES.get("tz", ""))
        if zone is None:
            timezone.deactivate()
        else:
            timezone.activate(zone)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    if not name or len(name) > 64 or name.startswith("/") or ".." in name:
        return None
    try:
        return zoneinfo.ZoneInfo(name.replace("%2F", "/"))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


class ViewerMiddleware:
    """Sets `request.viewer`: whoever is signed in, with their role and scopes, or None.

    As long as the installation has no account at all, every page leads to the first run.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look the person up; once a request, whatever the page asks."""
        user = request.user
        viewer = accounts.viewer_for(user) if isinstance(user, accounts.User) and user.is_authenticated else None
        request.viewer = viewer  # type: ignore[attr-defined]
        if viewer is None and not request.path.startswith((FIRST_RUN, MACHINES)) and not accounts.has_people():
            return redirect(FIRST_RUN)
        return self.get_response(request)
