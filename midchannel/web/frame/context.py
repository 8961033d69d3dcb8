"""What base.html needs on every page."""

from typing import Any

from django.http import HttpRequest

from midchannel.inside.teamwork import queries as teamwork
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.components import records
from midchannel.web.frame import errors, rail


def frame(request: HttpRequest) -> dict[str, Any]:
    """Rail, reader, theme. Nothing here asks the database for somebody who is not signed in."""
    context: dict[str, Any] = {
        "theme": errors.theme_of(request),
        "here": request.path,
        "place_here": rail.place_at(request.path),
    }
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        return context | {"rail": [], "reader": None}
    return context | {
        "rail": rail.places_for(viewer.role),
        "reader": records.Face(name=viewer.name, key=str(viewer.user_id)),
        "reader_email": getattr(request.user, "email", ""),
        "has_account": rail.exists("/settings/you/"),
        "has_notices": rail.exists("/notices/"),
        "has_search": rail.exists("/search/quick"),
        "has_events": True,
        "unread_notices": lambda: teamwork.count_notices(viewer),
    }
