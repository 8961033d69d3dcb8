"""Our web process as it runs in earnest, on the test's database; and a bad line to it."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from django.conf import settings
from django.db import connection

from midchannel.cli.tests.running import free_port

PATIENCE_SECONDS = 60


@contextmanager
def serving(log: Path) -> Iterator[int]:
    """The web process on a free port; gives the port."""
    port = free_port()
    parts = {key.lower(): connection.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    parts["dbname"] = connection.settings_dict["NAME"]
    address = " ".join(f"{key}='{value}'" for key, value in parts.items() if value)
    environment = os.environ | {"DATABASE_URL": address, "MIDCHANNEL_SECRET": str(settings.SECRET_KEY)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "midchannel.cli.web", "--port", str(port)], env=environment, stdout=out, stderr=out
        )
    try:
        _wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, f"the web process ended at once:\n{log.read_text()}"
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2):
            return
        time.sleep(0.1)
    raise AssertionError(f"the web process did not answer:\n{log.read_text()}")


class BadLine:
    """Between a client and the server: answers the first requests by itself, or loses the server's answers to them."""

    def __init__(self, port: int, troubles: list[str]) -> None:
        self.port, self.troubles, self.requests = port, troubles, 0
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                line.requests += 1
                body = self.rfile.read(int(self.headers["Content-Length"]))
                trouble = line.troubles.pop(0) if line.troubles else ""
                if trouble.isdecimal():
                    self.send_response(int(trouble))
                    if trouble == "429":
                        self.send_header("Retry-After", "1")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                status, answer = line.forward(self.path, body, dict(self.headers))
                if trouble == "lost":  # it was stored, and the client never hears of it
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def forward(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Ask the server."""
        asking = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            asking.request("POST", path, body, headers)
            answer = asking.getresponse()
            return answer.status, answer.read()
        finally:
            asking.close()

    @contextmanager
    def open(self) -> Iterator[str]:
        """The address to send to."""
        thread = Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{self.server.server_port}"
        finally:
            self.server.shutdown()
            self.server.server_close()


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.05)
