"""The REST API under /api/v1: its parts put together."""

from typing import Any

import msgspec
import pydantic_core
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from midchannel import __version__
from midchannel.api import (
    arrivals,
    cases,
    channels,
    consents,
    conversations,
    customers,
    differences,
    identity,
    improvements,
    inside,
    listening,
    messages,
    plans,
    problems,
    review,
    signals,
    silos,
    worth,
)
from midchannel.api.problems import ProblemError

DESCRIPTION = """What machines may do in Midchannel, with the eyes of one person and the rights of one token.

Make a token in Settings, You, and send it as `Authorization: Bearer TOKEN`. It sees what its person sees: another team's conversation is
not there, in lists, search and by its id alike. Ids are strings. Lists give `items` and `next_cursor`; send it as `cursor` to go on.
POST requests that create or send take an `Idempotency-Key`. Every error is `application/problem+json`."""


class StrictParser(Parser):
    """Reads JSON as RFC 8259 has it, announced as such: no NaN, no lone surrogates, nothing behind it, no endless depth."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as objects. Raises ProblemError."""
        if request.content_type != "application/json":
            raise ProblemError("media-type", "Send the body as application/json.")
        try:
            return msgspec.json.decode(request.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ProblemError("unreadable", f"The body is not JSON: {error}. Nothing was done.") from error


class StrictRenderer(BaseRenderer):
    """Writes JSON: times with their zone, text as UTF-8."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The bytes of an answer."""
        return pydantic_core.to_json(data)


api = NinjaAPI(
    title="Midchannel",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
    renderer=StrictRenderer(),
)
problems.handle(api)
for each in (
    customers, identity, worth, review, differences, consents, conversations, messages, cases, plans, inside, channels, silos,
    arrivals, improvements, signals, listening,
):  # fmt: skip
    api.add_router("", each.router)
