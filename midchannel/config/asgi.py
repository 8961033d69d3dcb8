"""One address, two weights: what machines send goes to bare ASGI, the rest to Django under WSGI."""

from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from midchannel.config.wsgi import application as django

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

THREADS = 6
BARE = {"/collect": "midchannel.api.collector", "/events": "midchannel.api.stream", "/v1": "midchannel.api.segment"}


async def health(scope: Scope, receive: Receive, send: Send) -> None:
    """Whether this process answers; for a proxy. Asks nobody else."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"ok"})


wsgi = cast(App, WSGIMiddleware(cast(Any, django), workers=THREADS))


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Django. The server's `receive` gives a future, and a2wsgi asks for a coroutine from another thread."""

    async def received() -> MutableMapping[str, Any]:
        return await receive()

    await wsgi(scope, received, send)


bare: dict[str, App] = {path: import_module(name).app for path, name in BARE.items() if find_spec(name)}
bare["/health"] = health


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Choose by the first part of the path."""
    if scope["type"] == "http":
        path: str = scope["path"]
        second = path.find("/", 1)
        app = bare.get(path if second < 0 else path[:second], pages)
        await app(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
