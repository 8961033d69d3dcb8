"""Segment's tracking API for the clients that speak it: `POST /v1/identify` (track, page, screen, group, alias, batch).

Bare ASGI, as the collector is, and like it answered after the commit. A write key opens one channel: as the user of HTTP Basic, or as
`writeKey` in the body. Pages may send from the origins that their channel names; a channel that only servers use takes nothing from a
page. Errors are `{"success": false, "code", "message"}`, which Segment's clients understand: they try again after 429 and 5xx, and not
after other 4xx.
"""

import asyncio
import base64
import binascii
import time
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import structlog
from django.db import Error, InterfaceError, OperationalError, connection

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries, registry
from midchannel.outside.channels.actions import Door
from midchannel.outside.channels.errors import TokenError, UnknownTokenError
from midchannel.platform import clock
from midchannel.usecases import track
from midchannel.usecases.track import Sent, Tracked

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = tuple[tuple[bytes, bytes], ...]

MAX_BATCH_BYTES = 500 * 1024
MAX_MESSAGE_BYTES = 32 * 1024
MAX_BATCH = 2500
MAX_PENDING = 64
RETRY_AFTER_SECONDS = 5
# Whoever has read a page's key may send; this many messages a minute are taken from the pages of one channel.
MESSAGES_A_MINUTE = 30_000
TYPES = {name: name for name in ("identify", "track", "page", "screen", "group", "alias")}
# The browser's client has short names for the same.
SHORT = {"i": "identify", "t": "track", "p": "page", "s": "screen", "g": "group", "a": "alias"}
ADDRESSES = {f"/v1/{name}": type_ for name, type_ in (TYPES | SHORT).items()} | dict.fromkeys(
    ("/v1/batch", "/v1/import", "/v1/b"), ""
)
METRICS = "/v1/m"
CORS: Headers = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding, x-retry-count"),
    (b"access-control-max-age", b"7200"),
)

log = structlog.get_logger()
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="segment")
_pending = 0


class Body(msgspec.Struct):
    """What a request says beside its messages."""

    write_key: Any = msgspec.field(name="writeKey", default=None)
    sent_at: Any = msgspec.field(name="sentAt", default=None)
    context: Any = None
    batch: list[msgspec.Raw] | None = None


class Item(msgspec.Struct, omit_defaults=True):
    """A message that was not kept, with the reason."""

    index: int
    outcome: str
    code: str = ""
    reason: str = ""


class Answer(msgspec.Struct, rename="camel"):
    """What became of a request: counts that add up to `received`; in `items` what was parked or dropped."""

    success: bool
    received: int
    accepted: int
    duplicate: int
    edit: int
    parked: int
    dropped: int
    places_dropped: int
    items: list[Item]


class Refusal(Exception):  # noqa: N818 - it is an answer
    """A request that is not taken; nothing of it is kept."""

    def __init__(self, status: int, code: str, message: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


class Gate:
    """How many messages a channel's pages have sent: a bucket that fills by the minute. One web process has all of them."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._left: dict[int, tuple[float, float]] = {}

    def let_in(self, channel_id: int, count: int, *, at: float) -> float:
        """0 when they may come in, else how many seconds to wait. `at` is in seconds of any clock that only goes on."""
        left, then = self._left.get(channel_id, (float(self.per_minute), at))
        left = min(float(self.per_minute), left + (at - then) * self.per_minute / 60)
        if left < min(count, self.per_minute):
            self._left[channel_id] = (left, at)
            return (count - left) * 60 / self.per_minute
        self._left[channel_id] = (left - count, at)
        return 0.0


gate = Gate(MESSAGES_A_MINUTE)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application under /v1."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    try:
        status, body, more = await _answer(scope, receive, headers, origin)
    except Refusal as refusal:
        told = {"success": False, "code": refusal.code, "message": refusal.message}
        status, body, more = refusal.status, msgspec.json.encode(told), refusal.headers
    every = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": body})


async def _answer(
    scope: Scope, receive: Receive, headers: dict[bytes, bytes], origin: str
) -> tuple[int, bytes, Headers]:
    path, method = scope["path"].removesuffix("/"), scope["method"]
    if method == "GET" and path.startswith("/v1/projects/") and path.endswith("/settings"):
        return 200, _client_settings(path.split("/")[3], scope, headers), allow(origin or "*")
    if path not in ADDRESSES and path != METRICS:
        raise Refusal(
            404, "not_found", "Messages are sent to /v1/identify, track, page, screen, group, alias or batch."
        )
    if method == "OPTIONS":
        return await _preflight(origin)
    if method != "POST":
        raise Refusal(405, "method_not_allowed", "Send messages with POST.", ((b"allow", b"POST"),))
    raw = await _read_body(receive, headers)
    if path == METRICS:  # the browser's client counts its own work; nobody here asked for that
        return 200, b'{"success":true}', allow(origin or "*")
    type_ = ADDRESSES[path]
    body, messages = split(raw, type_)
    sent = Sent(messages, type_, body.context if isinstance(body.context, dict) and not type_ else None, body.sent_at)
    tracked = await _store(_key_of(headers, body), sent, origin)
    return 200, msgspec.json.encode(_told(tracked)), allow(origin)


def allow(origin: str) -> Headers:
    """The headers by which a browser lets a page of this origin read the answer."""
    return ((b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")) if origin else ()


async def _preflight(origin: str) -> tuple[int, bytes, Headers]:
    """A browser asks whether a page may send at all. It has no key yet: any open channel that names its origin is enough."""
    if not origin or not await _in_thread(_is_allowed_somewhere, origin):
        raise Refusal(
            403, "origin", "No open channel takes messages from this origin. Name it in the channel's settings."
        )
    return 204, b"", (*allow(origin), *CORS)


def _is_allowed_somewhere(origin: str) -> bool:
    return queries.is_origin_allowed(registry.list_translated(), origin.replace("\0", ""))


async def _read_body(receive: Receive, headers: dict[bytes, bytes]) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "closed", "The connection closed before everything was read. Send it again.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BATCH_BYTES:
            raise _too_large(MAX_BATCH_BYTES)
        chunks.append(chunk)
        if not message.get("more_body"):
            break
    encoding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
    body = b"".join(chunks)
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise Refusal(415, "encoding", "Send the body plain or compressed by gzip.")
    return _unpack(body)


def _unpack(body: bytes) -> bytes:
    """A gzip body, never more of it than a batch may have."""
    opened = zlib.decompressobj(wbits=31)
    try:
        plain = opened.decompress(body, MAX_BATCH_BYTES + 1)
    except zlib.error as error:
        raise Refusal(400, "gzip", "The body is announced as gzip and is not.") from error
    if len(plain) > MAX_BATCH_BYTES:
        raise _too_large(MAX_BATCH_BYTES)
    if not opened.eof:
        raise Refusal(400, "gzip", "The compressed body is cut off.")
    return plain


def _too_large(most: int) -> Refusal:
    return Refusal(413, "too_large", f"Send at most {most // 1024} KB: 32 KB a message, 500 KB a batch.")


def split(raw: bytes, type_: str) -> tuple[Body, list[bytes]]:
    """What a request says for all, and its messages, undecoded. Raises Refusal."""
    if type_ and len(raw) > MAX_MESSAGE_BYTES:
        raise _too_large(MAX_MESSAGE_BYTES)
    try:
        body = msgspec.json.decode(raw, type=Body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(400, "invalid_json", f"Not readable: {error}. Nothing was kept.") from error
    if type_:
        return body, [raw]
    if not body.batch:
        raise Refusal(400, "empty", "The batch holds no message: send them in `batch`.")
    if len(body.batch) > MAX_BATCH:
        raise Refusal(413, "too_many", f"The batch holds {len(body.batch):,} messages; send at most {MAX_BATCH:,}.")
    return body, [bytes(message) for message in body.batch]


def _key_of(headers: dict[bytes, bytes], body: Body) -> str:
    scheme, _, given = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(given.strip(), validate=True).decode().partition(":")[0].strip()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refusal(
                401, "invalid_key", "The Authorization header is not HTTP Basic with the write key."
            ) from error
    if scheme.lower() == "bearer":
        return given.strip()
    return body.write_key.strip() if isinstance(body.write_key, str) else ""


async def _store(key: str, sent: Sent, origin: str) -> Tracked:
    global _pending  # noqa: PLW0603 - one counter for the process
    if _pending >= MAX_PENDING:
        raise _wait("More is waiting than can be stored soon.", RETRY_AFTER_SECONDS)
    _pending += 1
    try:
        tracked: Tracked = await _in_thread(_store_now, key, sent, origin)
        return tracked
    finally:
        _pending -= 1


async def _in_thread(work: Callable[..., Any], *arguments: object) -> Any:
    """Ask the database in a thread. A lost connection is closed, so that the next question gets a fresh one."""

    def ask() -> Any:
        try:
            return work(*arguments)
        except (OperationalError, InterfaceError) as error:
            connection.close()
            log.warning("segment.database_away", error=type(error).__name__)
            raise Refusal(
                503,
                "unavailable",
                "The database cannot be reached just now. Send it again.",
                _after(RETRY_AFTER_SECONDS),
            ) from error
        except Error as error:
            connection.close()
            log.exception("segment.failed")
            raise Refusal(500, "not_stored", "Nothing of it could be stored. Send it again.") from error

    return await asyncio.get_running_loop().run_in_executor(_threads, ask)


def _store_now(key: str, sent: Sent, origin: str) -> Tracked:
    door = _enter(key)
    is_trusted = door.config.get("is_trusted") is True
    if origin:
        _check_origin(door, origin, is_trusted=is_trusted)
    if not is_trusted:
        seconds = gate.let_in(door.channel_id, len(sent.messages), at=time.monotonic())
        if seconds:
            raise _wait("This channel sends more than it may.", max(1, round(seconds)))
    return track.receive(door, sent, now=clock.now())


def _enter(key: str) -> Door:
    try:
        door = channels.enter(key.replace("\0", ""))
    except TokenError as error:
        words = (
            str(error).replace("token", "write key").replace("`Authorization: Bearer TOKEN`", "the user of HTTP Basic")
        )
        raise Refusal(
            401, error.code.replace("token", "key"), words, ((b"www-authenticate", b'Basic realm="write key"'),)
        ) from error
    if registry.get_translator(door.network) is None:
        raise Refusal(
            401,
            "unknown-key",
            f"{UnknownTokenError.__doc__} This one belongs to the collector at /collect/v1/activities.",
        )
    return door


def _check_origin(door: Door, origin: str, *, is_trusted: bool) -> None:
    if is_trusted:
        raise Refusal(403, "origin", "This channel is for servers, and its key is secret. Revoke it: a page has it.")
    origins = door.config.get("origins")
    if not isinstance(origins, list) or not ({"*", origin} & set(map(str, origins))):
        raise Refusal(
            403,
            "origin",
            "This channel takes nothing from this origin. Name it in the channel's settings.",
            allow(origin),
        )


def _after(seconds: int) -> Headers:
    return ((b"retry-after", b"%d" % seconds),)


def _wait(why: str, seconds: int) -> Refusal:
    return Refusal(429, "slow_down", f"{why} Send it again after {seconds} seconds.", _after(seconds))


def _told(tracked: Tracked) -> Answer:
    return Answer(
        success=True,
        received=len(tracked.items),
        accepted=tracked.count("accepted"),
        duplicate=tracked.count("duplicate"),
        edit=tracked.count("edit"),
        parked=tracked.count("parked"),
        dropped=tracked.count("dropped"),
        places_dropped=tracked.places_dropped,
        items=[
            Item(index, item.outcome, item.code, item.reason)
            for index, item in enumerate(tracked.items)
            if item.outcome in {"parked", "dropped"}
        ],
    )


def _client_settings(key: str, scope: Scope, headers: dict[bytes, bytes]) -> bytes:
    """What the browser's client asks before its first message: that its messages are for here. Says nothing about the key."""
    host = headers.get(b"host", b"localhost").decode("latin-1")
    told = {
        "integrations": {
            "Segment.io": {"apiKey": key[:200], "apiHost": f"{host}/v1", "protocol": scope.get("scheme", "https")}
        },
        "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
    }
    return msgspec.json.encode(told)
