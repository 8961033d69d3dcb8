"""Asking a server for, or giving it, something larger than an answer in JSON: piece by piece, with the same rules about where it may be."""

import http.client
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from midchannel.platform.http import DEFAULT_PORTS, TIMEOUT_SECONDS, ServerError, allowed

PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. `headers` by lower-case name; the body is read by `pieces` or `whole`, while the exchange is open."""

    status: int
    reason: str
    headers: Mapping[str, str]
    _body: http.client.HTTPResponse

    def pieces(self, *, most_bytes: int) -> Iterator[bytes]:
        """The body piece by piece. Raises ServerError when it is larger than allowed, or breaks off."""
        read = 0
        try:
            while piece := self._body.read(PIECE):
                read += len(piece)
                if read > most_bytes:
                    raise ServerError(f"The server answered with more than {most_bytes:,} bytes.", status=self.status)
                yield piece
        except (OSError, http.client.HTTPException) as error:
            raise ServerError(f"The connection broke: {error or type(error).__name__}.", status=self.status) from error

    def whole(self, *, most_bytes: int) -> bytes:
        """The whole body. Raises ServerError when it is larger than allowed."""
        return b"".join(self.pieces(most_bytes=most_bytes))


@contextmanager
def exchange(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | Iterable[bytes] | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Iterator[Answer]:
    """One request. No redirects are followed, and only http(s) addresses that a company may have are asked. Raises ServerError."""
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.username or parts.password:
        raise ServerError("Give an address that begins with https:// or http:// and holds no password.")
    try:
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except ValueError as error:
        raise ServerError("The address has a port that is no number.") from error
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname, port, timeout=timeout_seconds)
    try:
        plain = socket.create_connection((allowed(parts.hostname, port), port), timeout=timeout_seconds)
        is_tls = parts.scheme == "https"
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) if is_tls else plain
        )
        connection.request(method, target, body=body, headers={"User-Agent": "Midchannel", **headers})
        got = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        said = str(error) or type(error).__name__
        raise ServerError(f"{parts.hostname}:{port} cannot be reached: {said}.") from error
    try:
        yield Answer(got.status, got.reason, {name.lower(): value for name, value in got.getheaders()}, got)
    finally:
        connection.close()
