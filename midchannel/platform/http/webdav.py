"""A WebDAV folder (RFC 4918): what is in it, one file of it, and putting a file there. Nothing outside of the folder can be named."""

import base64
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError

from midchannel.platform.http import ServerError
from midchannel.platform.http.streaming import exchange

MOST_LISTED = 1000
MAX_LISTING_BYTES = 4_000_000
MAX_FILE_BYTES = 2_000_000_000
DAV = "{DAV:}"
ASKED = b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getetag/></prop></propfind>'
TIMES = 50


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder on a server, and who may open it."""

    url: str
    user_name: str = ""
    password: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What goes along with every request."""
        if not self.user_name:
            return {}
        known = base64.b64encode(f"{self.user_name}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {known}"}

    def address(self, path: str, *, is_folder: bool = False) -> str:
        """The address of something in it. Raises ServerError for a path that leads out of it."""
        parts = [part for part in path.split("/") if part]
        if any(part in {".", ".."} or re.search(r"[\x00-\x1f\\]", part) for part in parts):
            raise ServerError("This path leads out of the folder.")
        found = self.url.rstrip("/") + "".join(f"/{quote(part, safe='')}" for part in parts)
        return f"{found}/" if is_folder or not parts else found


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a folder. `path` is within the folder that was opened, without a slash before it."""

    name: str
    path: str
    is_folder: bool
    size_bytes: int | None


def list_entries(folder: Folder, path: str = "") -> list[Entry]:
    """What is in a folder of the store, folders first, by name; at most 1,000. Raises ServerError."""
    headers = {**folder.headers, "Depth": "1", "Content-Type": "application/xml; charset=utf-8"}
    with exchange("PROPFIND", folder.address(path, is_folder=True), headers=headers, body=ASKED) as answer:
        if answer.status != 207:
            raise ServerError(_refused(answer.status, answer.reason), status=answer.status)
        body = answer.whole(most_bytes=MAX_LISTING_BYTES)
    tree = _tree(body)
    base = unquote(urlsplit(folder.address("", is_folder=True)).path)
    here = "/".join(part for part in path.split("/") if part)
    found = [each for node in tree.iter(f"{DAV}response") if (each := _entry(node, base, here)) is not None]
    return sorted(found, key=lambda each: (not each.is_folder, each.name.lower()))[:MOST_LISTED]


def _tree(body: bytes) -> Element:
    """What a server says, read without document types and entities: nothing in it can grow or point elsewhere."""
    try:
        text = body.decode("utf-8-sig")
        if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
            raise ValueError(text[:20])
        return ElementTree.fromstring(text)  # noqa: S314 - document types and entities are refused above
    except (ParseError, ValueError) as error:
        raise ServerError("The server did not answer as a WebDAV server does.", status=207) from error


def _entry(node: Element, base: str, here: str) -> Entry | None:
    """An entry right in this folder; None for the folder itself, and for whatever a server says of other places."""
    place = unquote(urlsplit(node.findtext(f"{DAV}href") or "").path)
    if not place.startswith(base):
        return None
    path = place[len(base) :].strip("/")
    if posixpath.dirname(path) != here or path == here or posixpath.normpath(path or ".") != path:
        return None
    size = node.findtext(f".//{DAV}getcontentlength") or ""
    is_folder = node.find(f".//{DAV}resourcetype/{DAV}collection") is not None
    return Entry(posixpath.basename(path), path, is_folder, int(size) if size.isdecimal() and not is_folder else None)


def read(folder: Folder, path: str) -> Iterator[bytes]:
    """A file, piece by piece. It is asked for at once, so that a refusal is known before anything is sent on. Raises ServerError."""
    pieces = _read(folder, path)
    next(pieces)
    return pieces


def _read(folder: Folder, path: str) -> Iterator[bytes]:
    with exchange("GET", folder.address(path), headers=folder.headers) as answer:
        if answer.status != 200:
            raise ServerError(_refused(answer.status, answer.reason), status=answer.status)
        yield b""
        yield from answer.pieces(most_bytes=MAX_FILE_BYTES)


def put(folder: Folder, path: str, chunks: Iterable[bytes], *, size_bytes: int) -> str:
    """Put a file into the store, its folders made where they are missing; nothing there is written over. Returns its path.

    Raises ServerError.
    """
    parent, name = posixpath.split(path)
    _make_folders(folder, parent)
    stem, dot, ending = name.rpartition(".")
    for time in range(1, TIMES):
        tried = name if time == 1 else f"{stem} ({time}).{ending}" if dot else f"{name} ({time})"
        place = posixpath.join(parent, tried)
        with exchange("HEAD", folder.address(place), headers=folder.headers) as answer:
            if answer.status == 200:
                continue
        headers = {**folder.headers, "Content-Length": str(size_bytes), "If-None-Match": "*"}
        with exchange("PUT", folder.address(place), headers=headers, body=chunks) as answer:
            if answer.status not in {200, 201, 204}:
                raise ServerError(_refused(answer.status, answer.reason), status=answer.status)
        return place
    raise ServerError("There are too many files of this name.")


def _make_folders(folder: Folder, path: str) -> None:
    made = ""
    for part in filter(None, path.split("/")):
        made = f"{made}/{part}".lstrip("/")
        with exchange("MKCOL", folder.address(made, is_folder=True), headers=folder.headers) as answer:
            if answer.status not in {201, 405}:  # 405: it is there
                raise ServerError(_refused(answer.status, answer.reason), status=answer.status)


def _refused(status: int, reason: str) -> str:
    words = {
        401: "The store does not accept the name and password.",
        403: "The store does not allow this.",
        404: "This is not there.",
    }
    return words.get(status, f"The store answered {status} {reason}.")
