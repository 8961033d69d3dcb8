"""An OpenAI-compatible endpoint on loopback, whose every answer a test decides; it keeps what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


def completion(
    text: object = "They wait for a card.", sources: object = ("m1",), *, abstains: object = False, tokens: int = 50
) -> Reply:
    """An answer of the asked shape."""
    return content(json.dumps({"text": text, "sources": sources, "abstains": abstains}), tokens=tokens)


def content(said: object, *, tokens: int = 50) -> Reply:
    """A chat completion that says this."""
    answer = {"choices": [{"message": {"role": "assistant", "content": said}}], "usage": {"total_tokens": tokens}}
    return raw(json.dumps(answer).encode())


def raw(body: bytes, *, status: int = 200, **headers: str) -> Reply:
    """Any answer."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A space now and then, until the other side has had enough: never silent for long, never done."""
    handler.send_response(200)
    handler.end_headers()
    for _each in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


@dataclass
class Fake:
    """A running endpoint. `asked` is what came: path, headers by lower-case name, body."""

    url: str
    reply: Reply = field(default_factory=completion)
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    @property
    def said(self) -> dict[str, Any]:
        """The data in the newest request's user message."""
        data: dict[str, Any] = json.loads(self.asked[-1][2]["messages"][1]["content"])
        return data


@contextmanager
def serving() -> Iterator[Fake]:
    """An endpoint for as long as this lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            fake.asked.append((self.path, headers, json.loads(self.rfile.read(length))))
            try:
                fake.reply(self)
            except OSError:
                self.close_connection = True

        def do_GET(self) -> None:
            fake.asked.append((self.path, {}, None))

        def log_message(self, *args: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake = Fake(f"http://127.0.0.1:{server.server_address[1]}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
