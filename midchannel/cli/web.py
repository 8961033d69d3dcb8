"""The web process: granian with the ASGI application, in one process; the supervisor starts it."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from midchannel.cli import parent, place


async def serve(host: str, port: int) -> None:
    """Serve until SIGTERM, then finish the requests at hand."""
    from midchannel.config.asgi import application

    server = Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        runtime_threads=1,
        backlog=512,
        log_level=LogLevels.error,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the address and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    parent.end_with_parent()
    place.use()
    asyncio.run(serve(options.host, options.port))
    sys.stdout.flush()
    os._exit(0)  # threads that still hold a slow client must not hold the process


if __name__ == "__main__":
    main()
