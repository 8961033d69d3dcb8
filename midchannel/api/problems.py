"""Every error as application/problem+json (RFC 9457): what happened, and what to do.

`code` is one word for machines; `type` leads to its entry in the reference. Nothing that was sent is repeated in an error.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, cast

import pydantic_core
import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, ConfigDict, Field

from midchannel.middle.conversations.errors import AlreadyClaimedError
from midchannel.platform.errors import ConflictError, InvalidError, MidchannelError, NotAllowedError, NotFoundError
from midchannel.platform.idempotency.errors import KeyReusedError

MEDIA_TYPE = "application/problem+json"
REFERENCE = "/api/v1/docs"
RETRY_AFTER_SECONDS = 5
MOST_ERRORS = 20

log = structlog.get_logger()

# Every code there is, with its status and what it means: for the reference, and for whoever reads this.
CODES: Mapping[str, tuple[HTTPStatus, str]] = {
    "unreadable": (HTTPStatus.BAD_REQUEST, "The request could not be read: its body is not JSON, or was cut off."),
    "no-token": (
        HTTPStatus.UNAUTHORIZED,
        "No valid token came with the request. Send one as `Authorization: Bearer TOKEN`.",
    ),
    "missing-right": (
        HTTPStatus.FORBIDDEN,
        "The token does not have the right that `right` names. Make a token that has it.",
    ),
    "not-allowed": (HTTPStatus.FORBIDDEN, "The token's person may not do this, whatever the token's rights are."),
    "not-found": (HTTPStatus.NOT_FOUND, "It is not here, or not for the token's person to see."),
    "method-not-allowed": (
        HTTPStatus.METHOD_NOT_ALLOWED,
        "This address knows other methods; the header Allow names them.",
    ),
    "conflict": (HTTPStatus.CONFLICT, "Somebody was faster, or its state does not allow it (any more)."),
    "already-claimed": (HTTPStatus.CONFLICT, "A colleague has the conversation; `owner_id` and `owner_name` say who."),
    "held": (
        HTTPStatus.CONFLICT,
        "Nothing was sent: the thread has moved on (`new_messages` are what its author had not seen), or the text repeats what was"
        " written internally. Read, and send with the new `saw_message_id`, or with `send_anyway`.",
    ),
    "too-large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is larger than 2.5 MB."),
    "media-type": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not announced as `application/json`."),
    "invalid": (HTTPStatus.UNPROCESSABLE_ENTITY, "Something in the request cannot be used; `errors` names each place."),
    "key-reused": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The Idempotency-Key came with another request already. Make a new key for each new request.",
    ),
    "failed": (HTTPStatus.INTERNAL_SERVER_ERROR, "This is our fault. Nothing was changed."),
    "unavailable": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database cannot be reached just now; nothing was changed. Try again after the seconds in Retry-After.",
    ),
}


class Mistake(BaseModel):
    """One thing that is wrong with a request: where, and why."""

    where: str = Field(
        description="The input it is about, such as `body.text`, `query.limit` or `header.Idempotency-Key`."
    )
    reason: str


class Problem(BaseModel):
    """An error, as RFC 9457 tells it."""

    model_config = ConfigDict(json_schema_mode_override="validation")

    type: str = Field(description="Where the reference explains it.")
    title: str
    status: int
    detail: str = Field(description="What happened and what to do, for people.")
    code: str = Field(description="One word for machines; the reference lists them all.")
    errors: list[Mistake] = Field(default=[], description="What is wrong with the request, with `invalid`.")
    right: str = Field(default="", description="The right that the token lacks, with `missing-right`.")


class ProblemError(Exception):
    """A request that is refused."""

    def __init__(self, code: str, detail: str = "", **more: object) -> None:
        self.code = code
        self.detail = detail or CODES[code][1]
        self.more = more
        super().__init__(self.detail)


def respond(code: str, detail: str, **more: object) -> HttpResponse:
    """The answer to a request that is refused."""
    status = CODES[code][0]
    body = {
        "type": f"{REFERENCE}#{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        **more,
    }
    response = HttpResponse(pydantic_core.to_json(body), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if status is HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def of_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to whatever was raised."""
    for kind, answer in ANSWERS:
        if isinstance(error, kind):
            return answer(error)
    log.error("api.failed", path=request.path, method=request.method, exc_info=error)
    return respond(
        "failed", _("This is our fault. Nothing was changed. Try again, or tell your administrator when it was.")
    )


def _refused(error: Any) -> HttpResponse:
    return respond(error.code, error.detail, **error.more)


def _of_ninja(error: Any) -> HttpResponse:
    if isinstance(error.__cause__, ProblemError):
        return _refused(error.__cause__)
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        return respond("no-token", _("Send a token of this installation as `Authorization: Bearer TOKEN`."))
    return respond("unreadable", CODES["unreadable"][1])


def _invalid(error: Any) -> HttpResponse:
    mistakes = [
        {"where": ".".join(_place(each["loc"])), "reason": str(each["msg"])} for each in error.errors[:MOST_ERRORS]
    ]
    return respond("invalid", _("Something in the request cannot be used; `errors` names each place."), errors=mistakes)


def _place(location: tuple[str | int, ...]) -> list[str]:
    """Where it is in words: ninja puts the name of the argument behind "body"."""
    parts = [str(part) for part in location]
    return parts if parts[0] != "body" or len(parts) < 3 else [parts[0], *parts[2:]]


def _of_room(error: Any) -> HttpResponse:
    if isinstance(error, AlreadyClaimedError):
        return respond("already-claimed", error.reason, owner_id=str(error.owner_id), owner_name=error.owner_name)
    if isinstance(error, KeyReusedError):
        return respond("key-reused", error.reason)
    if isinstance(error, InvalidError):
        where = [{"where": error.field, "reason": error.reason}] if error.field else []
        return respond("invalid", error.reason, errors=where)
    codes = {NotFoundError: "not-found", NotAllowedError: "not-allowed", ConflictError: "conflict"}
    return respond(next((code for kind, code in codes.items() if isinstance(error, kind)), "conflict"), error.reason)


def _nothing_here(error: Any) -> HttpResponse:
    return respond(
        "not-found", _("There is nothing at this address. The reference is at %(place)s.") % {"place": REFERENCE}
    )


def _unavailable(error: Any) -> HttpResponse:
    log.warning("api.database_away", error=type(error).__name__, reason=str(error))
    return respond("unavailable", CODES["unavailable"][1])


Answer = Callable[[Any], HttpResponse]
ANSWERS: tuple[tuple[type[Exception], Answer], ...] = (
    (ProblemError, _refused),
    (MidchannelError, _of_room),
    (ValidationError, _invalid),
    (HttpError, _of_ninja),
    (Http404, _nothing_here),
    (RequestDataTooBig, lambda error: respond("too-large", CODES["too-large"][1])),
    (SuspiciousOperation, lambda error: respond("unreadable", CODES["unreadable"][1])),
    (UnreadablePostError, lambda error: respond("unreadable", CODES["unreadable"][1])),
    (OperationalError, _unavailable),
    (InterfaceError, _unavailable),
)


def handle(api: NinjaAPI) -> None:
    """Let this API answer every exception so."""
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, cast(Any, of_exception))
