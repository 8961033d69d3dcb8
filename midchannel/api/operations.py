"""How operations are written: what each may answer, and how one that creates or sends is done once."""

import hashlib
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar, cast

import pydantic_core
from django.http import HttpRequest, HttpResponse
from ninja import Header
from ninja.utils import contribute_operation_args
from pydantic import BaseModel, Field

from midchannel.api.access import viewer_of
from midchannel.api.problems import Problem
from midchannel.platform import clock
from midchannel.platform.idempotency import actions as idempotency

JSON = "application/json; charset=utf-8"
ALWAYS = (401, 403, 422, 500, 503)
WITH_BODY = (400, 413, 415)
Key = Annotated[str, Field(pattern=r"^[!-~]+$", max_length=150)]
KEY = "Idempotency-Key"

View = TypeVar("View", bound=Callable[..., Any])


def answers(
    shape: Any, *more: int, status: int = 200, body: bool = False, held: type[BaseModel] | None = None
) -> dict[int, Any]:
    """What an operation may answer: its shape, and every problem that can happen, beside those that can always happen."""
    problems = {*ALWAYS, *more, *(WITH_BODY if body else ())}
    return {status: shape, **dict.fromkeys(sorted(problems), Problem), **({409: held} if held else {})}


def created(shape: BaseModel, location: str) -> HttpResponse:
    """201, and where it is."""
    response = HttpResponse(shape.model_dump_json(), status=201, content_type=JSON)
    response["Location"] = location
    return response


def once(*, is_required: bool = False) -> Callable[[View], View]:
    """Do it once for an Idempotency-Key, in one transaction with the answer that a repeat gets. The view gets `client_key`.

    Refusals are not kept: the same key may be used again once what was wrong is mended.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, **values: Any) -> HttpResponse:
            key = values.pop("idempotency_key")
            if key is None:
                request.client_key = f"api:{uuid.uuid4().hex}"  # type: ignore[attr-defined]
                return _answered(view(request, **values))
            request_hash = _hash_of(request)
            request.client_key = f"api:{key}:{request_hash.hex()[:16]}"  # type: ignore[attr-defined]
            with idempotency.once(viewer_of(request).user_id, key, request_hash=request_hash, now=clock.now()) as turn:
                if turn.given is not None:
                    return _again(turn.given)
                response = _answered(view(request, **values))
                if response.status_code < 300:
                    turn.answer = idempotency.Answer(
                        response.status_code, response.headers.get("Location", ""), response.content.decode()
                    )
                return response

        contribute_operation_args(
            wrapped,
            "idempotency_key",
            cast(Any, Key if is_required else Key | None),
            Header(  # type: ignore[type-arg]
                ... if is_required else None,
                alias=KEY,
                description="Made by you, one for each thing to be done. The same key with the same body gives the first answer again and"
                " does nothing more, for 24 hours.",
            ),
        )
        return wrapped  # type: ignore[return-value]

    return decorate


def client_key(request: HttpRequest) -> str:
    """The key under which the use case knows a repeat, longer than a day."""
    return str(request.client_key)  # type: ignore[attr-defined]


def _hash_of(request: HttpRequest) -> bytes:
    said = b"\n".join((str(request.method).encode(), request.get_full_path().encode(), request.body))
    return hashlib.sha256(said).digest()


def _answered(answer: Any) -> HttpResponse:
    if isinstance(answer, HttpResponse):
        return answer
    return HttpResponse(pydantic_core.to_json(answer), status=200, content_type=JSON)


def _again(given: idempotency.Answer) -> HttpResponse:
    response = HttpResponse(given.body, status=given.status, content_type=JSON)
    if given.location:
        response["Location"] = given.location
    response["Idempotency-Replayed"] = "true"
    return response
