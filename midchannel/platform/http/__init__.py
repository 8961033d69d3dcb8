"""Asking a server on the company's behalf: one request, JSON both ways, with limits. No redirects are followed.

Knows nothing of what is asked. Door: `ask_json`; `streaming` and `webdav` for what is larger. A person with the right to name the server
has named it, so private addresses are allowed; those of a cloud's metadata service are not.
"""

import contextlib
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

MAX_BYTES = 64_000_000
TIMEOUT_SECONDS = 60.0
DEFAULT_PORTS = {"http": 80, "https": 443}


class ServerError(Exception):
    """The server could not be asked, or answered with something else than JSON. `status` is its HTTP status, 0 without an answer."""

    def __init__(self, reason: str, *, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def ask_json(
    url: str,
    body: Any = None,
    *,
    headers: Mapping[str, str] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_BYTES,
    within_seconds: float | None = None,
) -> Any:
    """POST `body` as JSON (GET when it is None) and return the JSON answered with status 200. Raises ServerError.

    `timeout_seconds` is for each step of the exchange, `within_seconds` for all of it: a server that drips is cut off.
    """
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.username or parts.password:
        raise ServerError("Give an address that begins with https:// or http:// and holds no password.")
    try:
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except ValueError as error:
        raise ServerError("The address has a port that is no number.") from error
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        address = allowed(parts.hostname, port)
        return _exchange(
            parts.scheme, parts.hostname, address, port, path, body, headers or {}, timeout_seconds, max_bytes,
            within_seconds,
        )  # fmt: skip
    except (OSError, http.client.HTTPException, UnicodeError) as error:  # the last: a name that cannot be one
        said = str(error) or type(error).__name__
        raise ServerError(f"{parts.hostname}:{port} cannot be reached: {said}.") from error


def allowed(host: str, port: int) -> str:
    """The address a name stands for, resolved once, so that what was allowed is what is connected to. Raises ServerError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_kind, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None) or address
        if mapped.is_link_local or mapped.is_multicast or mapped.is_unspecified:
            raise ServerError(f"{host} stands for {address}, which is no address of a server of yours.")
    return str(found[0][4][0])


def _exchange(  # noqa: PLR0917 - one call site
    scheme: str,
    host: str,
    address: str,
    port: int,
    path: str,
    body: Any,
    headers: Mapping[str, str],
    seconds: float,
    max_bytes: int,
    within_seconds: float | None,
) -> Any:
    raw = None if body is None else json.dumps(body).encode()
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    plain = socket.create_connection((address, port), timeout=seconds)
    end = _End(within_seconds)
    end.watch(plain)
    try:
        if scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        else:
            connection.sock = plain
        end.watch(connection.sock)
        sent = {"Accept": "application/json", "User-Agent": "Midchannel", **headers}
        if raw is not None:
            sent["Content-Type"] = "application/json"
        connection.request("GET" if raw is None else "POST", path, body=raw, headers=sent)
        answer = connection.getresponse()
        content = answer.read(max_bytes + 1)
    except (OSError, http.client.HTTPException):
        end.check(host)
        raise
    finally:
        end.cancel()
        connection.close()
        plain.close()
    end.check(host)
    if answer.status != 200:
        raise ServerError(f"{host} answered {answer.status} {answer.reason}.", status=answer.status)
    if len(content) > max_bytes:
        raise ServerError(f"{host} answered with more than {max_bytes:,} bytes.", status=200)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ServerError(f"{host} did not answer with JSON.", status=200) from error


class _End:
    """Cuts an exchange off when all of it took too long. Without a time it never does."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds, self.is_over = seconds, False
        self.timer: threading.Timer | None = None
        self.sock: socket.socket | None = None

    def watch(self, sock: socket.socket) -> None:
        """This socket; the time runs from the first."""
        self.sock = sock
        if self.seconds is not None and self.timer is None:
            self.timer = threading.Timer(self.seconds, self._cut)
            self.timer.daemon = True
            self.timer.start()

    def _cut(self) -> None:
        self.is_over = True
        with contextlib.suppress(OSError):
            if self.sock is not None:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # the plain one: TLS would wait for the other side

    def check(self, host: str) -> None:
        """Raise ServerError when it was cut off."""
        if self.is_over:
            raise ServerError(f"{host} did not answer within {self.seconds:g} seconds.")

    def cancel(self) -> None:
        """It ended in time, or otherwise."""
        if self.timer is not None:
            self.timer.cancel()
