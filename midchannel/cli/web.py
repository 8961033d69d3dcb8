"""The web process: granian with the ASGI application, in one process; the supervisor starts it."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from django.urls import get_resolver
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from midchannel.cli import parent, place, settled
from midchannel.config import asgi

STREAMS = "/events"
FINISH_SECONDS = 8.0


class Counted:
    """The application, with the number of requests at hand; a stream never ends by itself and is not waited for."""

    def __init__(self, app: asgi.App) -> None:
        self._app = app
        self.at_hand = 0

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """Pass the request on, counted."""
        if scope["type"] != "http" or scope["path"].startswith(STREAMS):
            await self._app(scope, receive, send)
            return
        self.at_hand += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self.at_hand -= 1


async def serve(host: str, port: int) -> None:
    """Serve until SIGTERM, then finish the requests at hand."""
    get_resolver().url_patterns  # noqa: B018 - every page's code is read now, not by the first visitor
    settled.settle()
    app = Counted(asgi.application)
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        runtime_threads=1,
        backlog=512,
        log_level=LogLevels.error,
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve())
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
        return
    server.stop()  # type: ignore[no-untyped-call]
    give_up_at = loop.time() + FINISH_SECONDS
    while app.at_hand and loop.time() < give_up_at:
        await asyncio.sleep(0.02)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the address and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    parent.end_with_parent()
    place.use()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(serve(options.host, options.port))
    sys.stdout.flush()
    os._exit(0)  # open streams and slow clients must not hold the process


if __name__ == "__main__":
    main()
