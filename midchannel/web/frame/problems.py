"""What rooms raise becomes an answer: a page, a notice on the page one was on, or "wait" when the database is away."""

import json
from http import HTTPStatus
from urllib.parse import urlsplit

from django.contrib import messages
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from midchannel.platform.errors import ConflictError, InvalidError, MidchannelError, NotAllowedError, NotFoundError
from midchannel.web.frame import errors
from midchannel.web.frame.middleware import Answer

STATUS = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    NotAllowedError: HTTPStatus.FORBIDDEN,
    ConflictError: HTTPStatus.CONFLICT,
    InvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
}


class ProblemPages:
    """Answers for what views let through. Views that can say it better (a form beside its field) catch it themselves."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Draw what happened; None for what is a fault of ours."""
        if isinstance(exception, DatabaseError | InterfaceError):
            return _of_database(request, exception)
        return _of_rooms(request, exception) if isinstance(exception, MidchannelError) else None


def _of_database(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    if isinstance(exception, OperationalError | InterfaceError):
        return errors.unavailable(request, exception)
    if isinstance(exception, DataError) and _says_what_no_text_can(request):
        return errors.bad_request(request)
    return None


def _of_rooms(request: HttpRequest, exception: MidchannelError) -> HttpResponse:
    status = next((code for kind, code in STATUS.items() if isinstance(exception, kind)), HTTPStatus.BAD_REQUEST)
    if request.headers.get("HX-Request"):
        return told_by_toast(exception.reason, status=status)
    if request.method == "POST":
        messages.error(request, exception.reason)
        return redirect(_came_from(request))
    if status is HTTPStatus.NOT_FOUND:
        return errors.not_found(request, exception)
    return errors.denied(request, exception) if status is HTTPStatus.FORBIDDEN else errors.bad_request(request)


def _says_what_no_text_can(request: HttpRequest) -> bool:
    """Whether NUL was sent, which PostgreSQL keeps in no text: that is not a fault of ours."""
    given = (value for fields in (request.GET, request.POST) for values in fields.lists() for value in values[1])
    return "\0" in request.path or any("\0" in value for value in given if isinstance(value, str))


def told_by_toast(words: str, *, status: int) -> HttpResponse:
    """For htmx: nothing on the page changes, the words appear as a notice."""
    toast = json.dumps({"mc:toast": {"text": words, "kind": "error"}})
    return HttpResponse(status=status, headers={"HX-Reswap": "none", "HX-Trigger": toast})


def _came_from(request: HttpRequest) -> str:
    referrer = urlsplit(request.headers.get("Referer", ""))
    is_ours = referrer.netloc == request.get_host() and referrer.path.startswith("/")
    if not is_ours or referrer.path.startswith("//"):
        return "/"
    return f"{referrer.path}?{referrer.query}" if referrer.query else referrer.path
