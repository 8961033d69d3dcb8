"""The OpenAPI 3.1 document: what ninja knows of the operations, with rights, problems, headers, and the collector beside them."""

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from midchannel.api import collector, tracking
from midchannel.api.access import Right
from midchannel.api.app import api
from midchannel.api.operations import KEY
from midchannel.api.problems import CODES, MEDIA_TYPE

Json = dict[str, Any]
PREFIX = "/api/v1"
TOKEN = "token"  # noqa: S105 - the name of a scheme
CHANNEL_TOKEN = "channelToken"  # noqa: S105
METHODS = ("get", "post", "put", "patch", "delete")
SCHEMES: Json = {
    TOKEN: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the REST API, made in Settings, You. It acts with its person's eyes, within its rights.",
    },
    CHANNEL_TOKEN: {
        "type": "http",
        "scheme": "bearer",
        "description": "A channel's token, made where the channel was opened.",
    },
}


@cache
def document() -> Json:
    """The whole document. Made once a process."""
    made = copy.deepcopy(dict(api.get_openapi_schema(path_prefix=f"{PREFIX}/")))
    rights = _rights()
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _finish(operation, rights[path, method])
    made["paths"].update(_collector())
    made["paths"].update(tracking.paths())
    made["components"]["schemas"].update(_collector_shapes())
    made["components"]["schemas"].update(tracking.shapes())
    made["components"]["securitySchemes"] = SCHEMES | tracking.SCHEMES
    made["components"]["schemas"] = _used(made)
    made["servers"] = [{"url": "/"}]
    made["jsonSchemaDialect"] = "https://json-schema.org/draft/2020-12/schema"
    return made


@cache
def encoded() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(document())


def _rights() -> dict[tuple[str, str], str]:
    """The right that each operation asks for."""
    found = {}
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                right = next((each.name for each in operation.auth_callbacks if isinstance(each, Right)), "")
                for method in operation.methods:
                    found[f"{PREFIX}{path}", method.lower()] = right
    return found


def _finish(operation: Json, right: str) -> None:
    operation["security"] = [{TOKEN: [right] if right else []}]
    operation["operationId"] = operation["operationId"].removeprefix("midchannel_api_")
    if right:
        operation["description"] = f"{operation.get('description', '')}\n\nNeeds the right `{right}`.".strip()
    for parameter in operation["parameters"]:
        parameter["schema"] = _without_null(parameter["schema"])
    for code, response in operation["responses"].items():
        _finish_response(int(code), response)
    if any(parameter["name"] == KEY for parameter in operation["parameters"]):
        done = next(answer for code, answer in operation["responses"].items() if int(code) < 300)
        done.setdefault("headers", {})["Idempotency-Replayed"] = {
            "description": "true when this is the answer that the same key got before.",
            "schema": {"type": "string"},
        }


def _without_null(schema: Json) -> Json:
    """A parameter is left out, never null."""
    kinds = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    if len(kinds) == 1:
        rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
        return {**kinds[0], **rest}
    return schema


def _finish_response(code: int, response: Json) -> None:
    if code >= 400:
        response["content"] = {MEDIA_TYPE: next(iter(response["content"].values()))}
        meant = [name for name, (status, _words) in CODES.items() if status == code]
        response["description"] = f"{response['description']}: {', '.join(meant)}."
    headers = {
        201: {"Location": {"description": "Where it is.", "schema": {"type": "string"}}},
        401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
        503: {"Retry-After": {"description": "Seconds.", "schema": {"type": "string", "pattern": "^[0-9]+$"}}},
    }
    if code in headers:
        response["headers"] = headers[code]


def _used(made: Json) -> Json:
    """The shapes that something refers to; not those that only carried parameters."""
    shapes: Json = made["components"]["schemas"]
    waiting, used = list(_references(made["paths"])), set()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += _references(shapes[name])
    return {name: shapes[name] for name in sorted(used)}


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _collector() -> Json:
    """The collector is bare ASGI and describes itself by its own structs."""
    problem = {"$ref": "#/components/schemas/CollectorProblem"}
    refusals = {
        400: "The body is not JSON, or was cut off. Nothing was stored.",
        401: "No valid token of an open channel came with the batch.",
        413: "More than 1,000 activities, or more than 16 MB.",
        415: "The body is compressed.",
        422: "The batch holds no activity.",
        500: "Nothing of the batch was stored; send it again.",
        503: "The database is away or too much is waiting; nothing was stored. Send it again after Retry-After.",
    }
    many = {"type": "array", "minItems": 1, "maxItems": collector.MAX_BATCH, "items": {"type": "object"}}
    operation: Json = {
        "operationId": "collect_activities",
        "summary": "Collect activities",
        "description": "Up to 1,000 activities in the vocabulary of ActivityStreams 2.0. Answers after the commit, with one outcome an"
        " item; what cannot be applied is parked with its reason, and never makes the request fail.",
        "tags": ["Collector"],
        "security": [{CHANNEL_TOKEN: []}],
        "parameters": [],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": many},
                **{kind: {"schema": {"type": "string"}} for kind in collector.LINES},
            },
        },
        "responses": {
            200: {
                "description": "What became of each.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Collected"}}},
            },
            **{
                code: {"description": words, "content": {MEDIA_TYPE: {"schema": problem}}}
                for code, words in refusals.items()
            },
        },
    }
    return {"/collect/v1/activities": {"post": operation}}


def _collector_shapes() -> Json:
    words = {"type": "string"}
    count = {"type": "integer", "minimum": 0}
    return {
        "CollectorProblem": {
            "type": "object",
            "properties": {"type": words, "title": words, "status": {"type": "integer"}, "detail": words},
            "required": ["type", "title", "status", "detail"],
        },
        "CollectedItem": {
            "type": "object",
            "description": "What became of one activity: accepted, duplicate, edit, or parked with the reason.",
            "properties": {"outcome": words, "id": words, "code": words, "reason": words},
            "required": ["outcome"],
        },
        "Collected": {
            "type": "object",
            "description": "What became of a batch: counts that add up to `received`, and one outcome an item, in the order sent.",
            "properties": {
                **dict.fromkeys(("received", "accepted", "duplicate", "edit", "parked"), count),
                "items": {"type": "array", "items": {"$ref": "#/components/schemas/CollectedItem"}},
            },
            "required": ["received", "accepted", "duplicate", "edit", "parked", "items"],
        },
    }
