"""What base.html needs on every page."""

from typing import Any

from django.http import HttpRequest

from midchannel.web.components import records
from midchannel.web.frame import notices, rail

THEMES = {"light", "dark"}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Rail, reader, theme. Nothing here asks the database for somebody who is not signed in."""
    theme = request.COOKIES.get("theme", "")
    context: dict[str, Any] = {"theme": theme if theme in THEMES else "", "here": request.path}
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context | {"rail": [], "reader": None}
    return context | {
        "rail": rail.places_for(user.role),
        "reader": records.Face(name=user.name, key=user.email),
        "reader_email": user.email,
        "has_notices": rail.exists("/notices/"),
        "has_search": rail.exists("/search/quick"),
        "has_events": True,
        "unread_notices": lambda: notices.count_unread(user),
    }
