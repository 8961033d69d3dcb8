"""The collector: `POST /collect/v1/activities` takes up to 1,000 activities with a channel's token, and answers after the commit.

Bare ASGI, without Django's request stack. The body is a JSON array, one JSON object, or JSON Lines, in the vocabulary of
`outside.channels.vocabulary`. Every error is problem+json and says what to do; nothing of a refused request is stored.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import structlog
from django.db import Error, InterfaceError, OperationalError, connection

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.errors import TokenError
from midchannel.outside.channels.kinds import Outcome
from midchannel.platform import clock

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PATHS = frozenset({"/collect/v1/activities", "/collect/v1/activities/"})
MAX_BODY_BYTES = 16 * 1024 * 1024
MAX_BATCH = 1000
MAX_PENDING = 64
RETRY_AFTER_SECONDS = 5
LINES = ("application/x-ndjson", "application/jsonl", "application/x-jsonlines")

log = structlog.get_logger()
# A few threads, each with a connection of its own: the database is the work, and more would only queue there.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="collect")
_pending = 0
_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode


class ItemAnswer(msgspec.Struct, omit_defaults=True):
    """What became of one activity."""

    outcome: str
    id: str = ""
    code: str = ""
    reason: str = ""


class Answer(msgspec.Struct):
    """What became of a batch: counts that add up to `received`, and one outcome an item, in the order sent."""

    received: int
    accepted: int
    duplicate: int
    edit: int
    parked: int
    items: list[ItemAnswer]


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A request that cannot be taken, as RFC 9457 tells it."""

    def __init__(self, status: int, title: str, detail: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = headers


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application under /collect."""
    try:
        headers = dict(scope["headers"])
        _check_request(scope, headers)
        body = await _read_body(receive, headers)
        answer = await _store(_token(headers), body, headers.get(b"content-type", b"").decode("latin-1"))
    except Problem as problem:
        await _refuse(send, problem)
    else:
        await _respond(send, 200, b"application/json", msgspec.json.encode(answer))


def _check_request(scope: Scope, headers: dict[bytes, bytes]) -> None:
    if scope["path"] not in PATHS:
        raise Problem(404, "No such address", "Activities are sent to /collect/v1/activities.")
    if scope["method"] != "POST":
        raise Problem(405, "Method not allowed", "Send activities with POST.", ((b"allow", b"POST"),))
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        raise _too_large()
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Problem(415, "Encoding not supported", "Send the body uncompressed.")


def _too_large() -> Problem:
    return Problem(413, "Batch too large", f"A request has at most {MAX_BODY_BYTES // 2**20} MB. Send smaller batches.")


def _token(headers: dict[bytes, bytes]) -> str:
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _read_body(receive: Receive, headers: dict[bytes, bytes]) -> bytes:
    chunks = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(
                400, "Connection closed", "The connection closed before the whole batch was read. Send it again."
            )
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise _too_large()
        chunks.append(chunk)
        if not message.get("more_body"):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def split(body: bytes, content_type: str) -> list[bytes]:
    """The documents of a body, undecoded. Raises Problem when it is no batch."""
    if content_type.partition(";")[0].strip().lower() in LINES:
        raws = [line for line in body.splitlines() if line.strip()]
    else:
        raws = _split_json(body)
    if not raws:
        raise Problem(422, "Empty batch", "The batch holds no activity. Send between 1 and 1,000.")
    if len(raws) > MAX_BATCH:
        raise Problem(
            413, "Batch too large", f"The batch holds {len(raws):,} activities. Send at most 1,000 at a time."
        )
    return raws


def _split_json(body: bytes) -> list[bytes]:
    start = body.lstrip()[:1]
    if not start:
        return []
    if start == b"{":
        # One activity, or JSON Lines that were not announced as such.
        return [line for line in body.splitlines() if line.strip()] if b"\n{" in body.strip() else [body]
    try:
        return [bytes(raw) for raw in _decode_array(body)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(
            400, "Not readable as JSON", f"The body is not a JSON array of activities: {error}. Nothing was stored."
        ) from error


async def _store(token: str, body: bytes, content_type: str) -> Answer:
    global _pending  # noqa: PLW0603 - one counter for the process
    raws = split(body, content_type)
    if _pending >= MAX_PENDING:
        raise _unavailable("More batches are waiting than can be stored soon.")
    _pending += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, _store_now, token, raws)
    finally:
        _pending -= 1


def _store_now(token: str, raws: list[bytes]) -> Answer:
    """In a thread: whose token it is, then receive. A lost connection is closed, so that the next batch gets a fresh one."""
    try:
        channel_id = channels.authenticate(token)
        received = channels.receive(channel_id, raws, now=clock.now())
    except TokenError as error:
        raise Problem(401, "Not authorised", str(error), ((b"www-authenticate", b"Bearer"),)) from error
    except (OperationalError, InterfaceError) as error:
        connection.close()
        log.warning("collector.database_away", error=type(error).__name__)
        raise _unavailable("The database cannot be reached just now.") from error
    except Error as error:
        connection.close()
        log.exception("collector.failed")
        raise Problem(
            500, "Not stored", "The batch could not be stored, and nothing of it was. Send it again."
        ) from error
    return _answer(received)


def _answer(received: channels.Received) -> Answer:
    count = received.count
    return Answer(
        received=len(received.items),
        accepted=count(Outcome.ACCEPTED),
        duplicate=count(Outcome.DUPLICATE),
        edit=count(Outcome.EDIT),
        parked=count(Outcome.PARKED),
        items=[
            ItemAnswer(item.outcome.name.lower(), item.external_id, item.code, item.reason) for item in received.items
        ],
    )


def _unavailable(why: str) -> Problem:
    return Problem(
        503,
        "Try again soon",
        f"{why} Nothing of this batch was stored. Send it again after {RETRY_AFTER_SECONDS} seconds.",
        ((b"retry-after", b"%d" % RETRY_AFTER_SECONDS),),
    )


async def _refuse(send: Send, problem: Problem) -> None:
    body = {"type": "about:blank", "status": problem.status, "title": problem.title, "detail": problem.detail}
    await _respond(send, problem.status, b"application/problem+json", msgspec.json.encode(body), problem.headers)


async def _respond(
    send: Send, status: int, content_type: bytes, body: bytes, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    every = [
        (b"content-type", content_type),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": body})
