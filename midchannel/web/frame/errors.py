"""The pages for what went wrong: what happened, what was kept, what to do."""

import sys
from dataclasses import replace

from django.core.exceptions import DisallowedHost
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import ERROR_500_TEMPLATE_NAME

from midchannel.web.components import records

OTHER_ORIGIN = "does not match any trusted origins"
"""What Django's reason says where a form comes from another address than those that are known as ours."""


def _page(request: HttpRequest, status: int, state: records.State) -> HttpResponse:
    is_part = bool(request.headers.get("HX-Request"))
    template = "frame/_error.html" if is_part else "frame/error.html"
    context = {"state": replace(state, is_page=not is_part), "status": status}
    if status < 500:
        return render(request, template, context, status=status)
    # What broke may be what the frame is made of: no rail, no reader, no question to the database.
    response = HttpResponse(render_to_string(template, context | {"theme": theme_of(request)}), status=status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _home() -> records.Action:
    return records.Action(label=_("To the start"), href="/", icon="arrow-left")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; the usual one on a new installation is that it has not been told its own name."""
    words = _("Something in it could not be read. Nothing was changed. Go back and try once more.")
    if isinstance(exception, DisallowedHost):
        words = _(
            "Midchannel does not know that this is its address. Whoever runs it adds the name in your browser's address bar to"
            " MIDCHANNEL_ALLOWED_HOSTS and starts it again."
        )
    return _page(
        request,
        400,
        records.State(kind="failed", title=_("This request was not understood"), words=words, actions=(_home(),)),
    )


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    words = _("It belongs to a team you are not in. Ask a lead of that team, or your administrator, to let you in.")
    return _page(
        request, 403, records.State(kind="denied", title=_("You may not see this"), words=words, actions=(_home(),))
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    words = _(
        "There is nothing at this address, or it is not yours to see. It may have been removed or moved to another team."
    )
    state = records.State(kind="nothing", title=_("Nothing here"), words=words, actions=(_home(),), icon="waves")
    return _page(request, 404, state)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, because the form was too old, or came from an address that is not known as ours."""
    if OTHER_ORIGIN in reason:
        words = _(
            "It came from an address that Midchannel does not know as its own. Nothing was changed. Whoever runs it adds what stands"
            " before the first / in your browser's address bar, https:// included, to MIDCHANNEL_TRUSTED_ORIGINS and starts it again."
        )
        title = _("This form came from elsewhere")
        return _page(request, 403, records.State(kind="failed", title=title, words=words, actions=(_home(),)))
    words = _(
        "It was open too long, or you signed in again in another window. Nothing was changed. Load the page again and repeat it."
    )
    return _page(
        request, 403, records.State(kind="failed", title=_("This form is too old"), words=words, actions=(_home(),))
    )


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """503: the database cannot be reached."""
    words = _(
        "The database does not answer. What has arrived is kept, and nothing is lost. Try again in a few seconds."
    )
    return _page(
        request, 503, records.State(kind="failed", title=_("Midchannel has to wait"), words=words, actions=(_home(),))
    )


def failed(request: HttpRequest, template_name: str = ERROR_500_TEMPLATE_NAME) -> HttpResponse:
    """500; or 503 when the database went away before any view was asked."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable(request)
    words = _(
        "This is our fault. Nothing you had sent before is lost. Try again; if it happens again, tell your administrator when it was."
    )
    return _page(
        request, 500, records.State(kind="failed", title=_("Something broke"), words=words, actions=(_home(),))
    )


def theme_of(request: HttpRequest) -> str:
    """The theme somebody chose, or nothing for the system's."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in {"light", "dark"} else ""
