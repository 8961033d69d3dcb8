"""One message of Segment's tracking API, understood: pure, and strict about what it cannot use.

The words are those of Segment's specification: identify, track, page, screen, group, alias; userId, anonymousId, traits, properties.
"""

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import msgspec

from midchannel.outside.channels.port import CannotTranslateError

TYPES = frozenset({"identify", "track", "page", "screen", "group", "alias"})
MAX_MESSAGE_BYTES = 32 * 1024
MAX_ID = 256
MAX_NAME = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Clocks that differ by less are not set right.
SKEW_TOLERANCE = timedelta(seconds=10)
MILLISECONDS_FROM = 100_000_000_000

# What programs send where an id was meant: it would make one person of all who have none.
NOBODY = frozenset(
    {"", "null", "nil", "none", "undefined", "nan", "0", "-1", "true", "false", "anonymous", "guest", "unknown", "test", "[object object]",
     "00000000-0000-0000-0000-000000000000"}
)  # fmt: skip
FRACTION = re.compile(r"(\.\d{6})\d+")


class Message(msgspec.Struct):
    """A message as its sender meant it. `raw` is the whole, as objects; ids are "" where nobody was named."""

    type: str
    message_id: str
    user_id: str
    anonymous_id: str
    previous_id: str
    group_id: str
    name: str
    at: datetime
    original_at: datetime | None
    traits: dict[str, Any]
    properties: dict[str, Any]
    context: dict[str, Any]
    raw: dict[str, Any]


def read(
    raw: bytes, *, type_: str = "", context: dict[str, Any] | None = None, sent_at: object = None, now: datetime
) -> Message:
    """Understand one message. `type_`, `context` and `sent_at` are what the request said for all. Raises CannotTranslateError."""
    if len(raw) > MAX_MESSAGE_BYTES:
        raise CannotTranslateError(
            "too-large",
            f"the message has {len(raw):,} bytes; send at most {MAX_MESSAGE_BYTES:,}, and link to what is large",
        )
    try:
        told = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotTranslateError("not-json", f"not readable as JSON: {error}") from error
    except RecursionError as error:
        raise CannotTranslateError("shape", "nested too deeply: send properties as a flat object") from error
    if not isinstance(told, dict):
        raise CannotTranslateError("shape", f"a message is a JSON object, not {type(told).__name__}")
    if context:
        told["context"] = {**context, **_object(told, "context")}
    kind = type_ or str(told.get("type", "")).strip().casefold()
    if kind not in TYPES:
        raise CannotTranslateError(
            "unknown-type", f"the type {kind[:40]!r} is not known: send identify, track, page, screen, group or alias"
        )
    original = moment_of(told.get("originalTimestamp") or told.get("timestamp"), "timestamp")
    return Message(
        type=kind,
        message_id=_message_id(told, raw),
        user_id=identifier(told, "userId"),
        anonymous_id=identifier(told, "anonymousId"),
        previous_id=identifier(told, "previousId"),
        group_id=identifier(told, "groupId"),
        name=_text(told.get("event") if kind == "track" else told.get("name"))[:MAX_NAME],
        at=_set_right(original, moment_of(told.get("sentAt") or sent_at, "sentAt"), now=now),
        original_at=original,
        traits=_object(told, "traits"),
        properties=_object(told, "properties"),
        context=_object(told, "context"),
        raw=told,
    )


def identifier(told: dict[str, Any], key: str) -> str:
    """An id of a message as text; "" when it is missing or one of those that mean nobody."""
    value = told.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    text = text.replace("\0", "\ufffd")
    if len(text) > MAX_ID:
        raise CannotTranslateError("too-long", f"{key} has {len(text):,} characters; send at most {MAX_ID}")
    return "" if text.casefold() in NOBODY else text


def moment_of(value: object, name: str) -> datetime | None:
    """A time as senders write it: ISO 8601 (without a zone it is UTC) or seconds or milliseconds since 1970. None where there is none."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool):
            raise ValueError
        if isinstance(value, int | float):
            return EPOCH + timedelta(seconds=value / 1000 if abs(value) > MILLISECONDS_FROM else value)
        found = datetime.fromisoformat(FRACTION.sub(r"\1", str(value)[:60]))
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise CannotTranslateError(
            "time", f"the {name} {str(value)[:40]!r} cannot be read: send ISO 8601, such as 2026-11-21T12:00:00Z"
        ) from error


def _set_right(original: datetime | None, sent_at: datetime | None, *, now: datetime) -> datetime:
    """When it happened by our clock: a device whose clock is wrong was as wrong when it sent."""
    if original is None:
        return now
    if sent_at is None or abs(now - sent_at) < SKEW_TOLERANCE:
        return original
    try:
        return min(now - (sent_at - original), now) if sent_at >= original else original
    except OverflowError:
        return original


def _message_id(told: dict[str, Any], raw: bytes) -> str:
    """Its own id; else one made of its content, where a time tells it from the next alike; else one that comes once."""
    given = told.get("messageId")
    if isinstance(given, str | int) and not isinstance(given, bool) and str(given).strip():
        return f"m:{str(given).strip()}"
    if told.get("timestamp") or told.get("originalTimestamp"):
        return f"h:{blake2b(raw, digest_size=16).hexdigest()}"
    return f"u:{uuid4().hex}"


def _object(told: dict[str, Any], key: str) -> dict[str, Any]:
    value = told.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CannotTranslateError("shape", f"{key} is {type(value).__name__}: send an object")
    return value


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
