"""`GET /events`: what happens, told to the signed-in reader as server-sent events; ids and kinds only, never what anybody said.

Bare ASGI. One listener a process waits for PostgreSQL's NOTIFY and reads the new events once; each reader gets those of their scopes and
those meant for them. The session is read once; membership is checked again every minute and when rights change.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

import msgspec
import psycopg
import structlog
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import Error, connection

from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.events import queries as events
from midchannel.platform.events.actions import CHANNEL

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HEARTBEAT_SECONDS = 15.0
RECHECK = timedelta(minutes=1).total_seconds()
AGAIN_SECONDS = 0.25
LONGEST_BACKLOG = 500
PRESENCE = "presence"
RIGHTS = frozenset({"account", "team"})
PAUSE_SECONDS = 2.0

log = structlog.get_logger()
_threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="events")


class Told(msgspec.Struct, frozen=True):
    """One event as readers get it."""

    id: int
    kind: str
    object_type: str
    object_id: int
    scope_ids: frozenset[int]
    user_ids: frozenset[int]
    touched: tuple[str, ...] = ()
    about: str = ""

    def is_for(self, viewer: Viewer) -> bool:
        """Whether this reader may know of it: a member of a scope it happened in, or somebody it is meant for."""
        return viewer.user_id in self.user_ids or not self.scope_ids.isdisjoint(viewer.scope_ids)

    def as_lines(self) -> bytes:
        """In the form of server-sent events."""
        body = {
            "kind": self.kind,
            "object_type": self.object_type,
            "object_id": str(self.object_id),
            "touched": self.touched,
            "about": self.about,
        }
        return b"id: %d\ndata: %b\n\n" % (self.id, msgspec.json.encode(body))


class Listener:
    """Waits for news on one connection and hands each event to every reader's queue."""

    def __init__(self) -> None:
        self.readers: set[asyncio.Queue[Told | None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._cursor = 0

    async def join(self) -> "asyncio.Queue[Told | None]":
        """A new reader. The first one starts the listening."""
        queue: asyncio.Queue[Told | None] = asyncio.Queue(maxsize=LONGEST_BACKLOG)
        if self._task is None or self._task.done():
            self._cursor = await in_thread(events.latest_id)
            self._task = asyncio.create_task(self._listen_for_ever())
        self.readers.add(queue)
        return queue

    def leave(self, queue: "asyncio.Queue[Told | None]") -> None:
        """A reader goes; after the last one nobody listens."""
        self.readers.discard(queue)
        if not self.readers and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, Error, OSError) as error:
                log.warning("events.database_away", error=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _listen(self) -> None:
        parameters = {k: v for k, v in connection.get_connection_params().items() if k not in NOT_FOR_LIBPQ}
        async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as waiting:
            await waiting.execute(f"LISTEN {CHANNEL}")
            await waiting.execute(f"LISTEN {PRESENCE}")
            await self._read_on()
            while True:
                async for note in waiting.notifies(timeout=HEARTBEAT_SECONDS, stop_after=1):
                    if note.channel == PRESENCE:
                        self._hand_out(presence_of(note.payload, cursor=self._cursor))
                await self._read_on()

    async def _read_on(self) -> None:
        """Hand out what is new. An event of a transaction that is not the oldest one running becomes readable a moment later."""
        while True:
            told, newest = await in_thread(read_after, self._cursor)
            for each in told:
                self._cursor = each.id
                self._hand_out(each)
            if self._cursor >= newest:
                return
            await asyncio.sleep(AGAIN_SECONDS)

    def _hand_out(self, told: Told) -> None:
        for queue in list(self.readers):
            if queue.full():  # a reader that does not keep up starts again, and reads its pages anew
                self.readers.discard(queue)
                with contextlib.suppress(asyncio.QueueEmpty):
                    queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(told)


NOT_FOR_LIBPQ = frozenset(
    {"cursor_factory", "context", "prepare_threshold", "server_side_binding", "isolation_level", "assume_role"}
)
listener = Listener()


async def in_thread(work: Callable[..., Any], *arguments: object) -> Any:
    """Ask the database in the stream's thread; a lost connection is closed, so that the next question gets a fresh one."""

    def ask() -> Any:
        try:
            return work(*arguments)
        except Error:
            connection.close()
            raise

    return await asyncio.get_running_loop().run_in_executor(_threads, ask)


def read_after(cursor: int) -> tuple[list[Told], int]:
    """The next events behind a cursor, and the newest id there is."""
    told = [
        Told(
            id=row.pk,
            kind=row.kind,
            object_type=row.object_type,
            object_id=row.object_id,
            scope_ids=frozenset(row.scope_ids),
            user_ids=frozenset(row.user_ids),
            touched=tuple(row.body.get("touched", ())),
            about=about_of(row.body),
        )
        for row in events.list_after(cursor)
    ]
    return told, events.latest_id()


def about_of(body: dict[str, Any]) -> str:
    """What an internal post, a question or a notice is about: `conversation:4711`; empty for other events."""
    return f"{body['about_type']}:{body['about_id']}" if "about_id" in body else ""


def presence_of(payload: str, *, cursor: int) -> Told:
    """That somebody came to a conversation, or writes there: told as it happens, and never kept."""
    conversation_id, _colon, scope_id = payload.partition(":")
    scopes = frozenset({int(scope_id)} if scope_id.isdecimal() else ())
    return Told(cursor, "presence.changed", "conversation", int(conversation_id), scopes, frozenset())


def viewer_of(cookies: str) -> Viewer | None:
    """Whoever is signed in by these cookies, or None; the same proof as Django's own middleware asks for."""
    try:
        morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if morsel is None:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    return accounts.get_viewer_of_session(int(session.get(SESSION_KEY, 0)), session.get(HASH_SESSION_KEY, ""))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application under /events."""
    cookies = dict(scope["headers"]).get(b"cookie", b"").decode("latin-1")
    try:
        viewer = await in_thread(viewer_of, cookies)
        queue = await listener.join() if viewer else None
    except Error:
        await _answer(send, 503, b"The database cannot be reached just now.")
        return
    if viewer is None or queue is None:
        await _answer(send, 401, b"Sign in to be told what happens.")
        return
    try:
        await _stream(scope, receive, send, queue, cookies, viewer)
    finally:
        listener.leave(queue)


async def _answer(send: Send, status: int, text: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": text})


async def _stream(  # noqa: PLR0917
    scope: Scope, receive: Receive, send: Send, queue: "asyncio.Queue[Told | None]", cookies: str, viewer: Viewer
) -> None:
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
    gone = asyncio.create_task(_until_gone(receive))
    loop = asyncio.get_running_loop()
    checked_at = loop.time()
    try:
        while not gone.done():
            told = await _next(queue, gone)
            is_about_rights = told is not None and told is not SILENCE and told.object_type in RIGHTS
            if is_about_rights or loop.time() - checked_at > RECHECK:
                found = await in_thread(viewer_of, cookies)
                if found is None:
                    break
                viewer, checked_at = found, loop.time()
            if told is None:
                break
            lines = b": still here\n\n" if told is SILENCE else told.as_lines() if told.is_for(viewer) else b""
            if lines:
                await send({"type": "http.response.body", "body": lines, "more_body": True})
    except (Error, OSError):
        log.info("events.stream_ended")
    finally:
        gone.cancel()
    with contextlib.suppress(OSError):
        await send({"type": "http.response.body", "body": b""})


SILENCE = Told(0, "", "", 0, frozenset(), frozenset(), ())


async def _next(queue: "asyncio.Queue[Told | None]", gone: "asyncio.Task[None]") -> Told | None:
    """The next event; SILENCE after a while without one; None when the stream is to end."""
    getting = asyncio.create_task(queue.get())
    await asyncio.wait({getting, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if getting.done():
        return getting.result()
    getting.cancel()
    return None if gone.done() else SILENCE


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
