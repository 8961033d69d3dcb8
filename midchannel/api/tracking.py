"""How Segment's tracking API describes itself in the OpenAPI document: it is bare ASGI, so nobody else knows of it."""

from typing import Any

from midchannel.api import segment

Json = dict[str, Any]
WRITE_KEY = "writeKey"
SCHEMES: Json = {
    WRITE_KEY: {
        "type": "http",
        "scheme": "basic",
        "description": "A channel's write key as the user, with an empty password; or as `writeKey` in the body.",
    }
}
WORDS: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
MESSAGES = {
    "identify": ("Say who somebody is", "Traits become what is known of them.", ()),
    "track": ("Say what somebody did", "An event; by the names of the e-commerce specification an order.", ("event",)),
    "page": ("Say what page somebody looked at", "A visit.", ()),
    "screen": ("Say what screen somebody looked at", "A visit.", ()),
    "group": (
        "Say where somebody belongs",
        "What is known of an organisation, and that they belong to it.",
        ("groupId",),
    ),
    "alias": ("Say that two ids are one person's", "Evidence, never a merge.", ("userId", "previousId")),
}
REFUSALS = {
    400: "Not JSON, an empty batch, or a broken compressed body.",
    401: "No write key, an unknown or revoked one, or its channel is closed.",
    403: "A page whose origin the channel does not name, or one with a key for servers.",
    413: "A message over 32 KB, or a batch over 500 KB or 2,500 messages.",
    415: "Compressed otherwise than by gzip.",
    429: "Too much at once: send it again after Retry-After.",
    500: "Nothing of it was stored; send it again.",
    503: "The database is away; send it again after Retry-After.",
}
NAMED = ("type", "userId", "anonymousId", "previousId", "groupId", "messageId", "event", "name", "timestamp", "sentAt")
COUNTS = ("received", "accepted", "duplicate", "edit", "parked", "dropped", "placesDropped")


def paths() -> Json:
    """The six calls and the batch."""
    made = {f"/v1/{name}": {"post": _operation(name, *told)} for name, told in MESSAGES.items()}
    message = {"$ref": "#/components/schemas/TrackedMessage"}
    many = {"type": "array", "minItems": 1, "maxItems": segment.MAX_BATCH, "items": message}
    batch = {
        "type": "object",
        "properties": {"batch": many, "writeKey": WORDS, "sentAt": WORDS, "context": {"type": "object"}},
        "required": ["batch"],
    }
    words = "Answers after the commit; what cannot be used is parked with its reason."
    told = _operation("batch", "Send many messages", words, ())
    told["requestBody"]["content"]["application/json"]["schema"] = batch
    return {**made, "/v1/batch": {"post": told}}


def _operation(name: str, summary: str, description: str, required: tuple[str, ...]) -> Json:
    message: Json = {"$ref": "#/components/schemas/TrackedMessage"}
    if required:
        message = {"allOf": [message, {"type": "object", "required": list(required)}]}
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/TrackingRefusal"}}}
    responses: dict[int, Json] = {code: {"description": words, "content": refused} for code, words in REFUSALS.items()}
    for code in (429, 503):
        responses[code]["headers"] = {"Retry-After": {"description": "Seconds.", "schema": WORDS}}
    kept = {"application/json": {"schema": {"$ref": "#/components/schemas/Tracked"}}}
    return {
        "operationId": f"tracking_{name}",
        "summary": summary,
        "description": f"Segment's tracking API. {description}",
        "tags": ["Tracking"],
        "security": [{WRITE_KEY: []}],
        "parameters": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": message}}},
        "responses": {200: {"description": "What became of each.", "content": kept}, **responses},
    }


def shapes() -> Json:
    """The shapes of messages and answers."""
    return {
        "TrackedMessage": {
            "type": "object",
            "description": "A message with a userId or an anonymousId. The same messageId again is a duplicate.",
            "properties": {
                **dict.fromkeys(NAMED, WORDS),
                **{key: {"type": "object"} for key in ("traits", "properties", "context")},
            },
        },
        "TrackedItem": {
            "type": "object",
            "description": "A message that was parked or dropped, with the reason.",
            "properties": {"index": COUNT, "outcome": WORDS, "code": WORDS, "reason": WORDS},
            "required": ["index", "outcome"],
        },
        "Tracked": {
            "type": "object",
            "description": "What became of a request: counts that add up to `received`, and what was not kept.",
            "properties": {
                "success": {"type": "boolean"},
                **dict.fromkeys(COUNTS, COUNT),
                "items": {"type": "array", "items": {"$ref": "#/components/schemas/TrackedItem"}},
            },
            "required": ["success", *COUNTS, "items"],
        },
        "TrackingRefusal": {
            "type": "object",
            "properties": {"success": {"type": "boolean"}, "code": WORDS, "message": WORDS},
            "required": ["success", "code", "message"],
        },
    }
