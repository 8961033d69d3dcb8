"""A mail's bytes to a `Mail`: pure, and tolerant of anything. Whatever the bytes are, something comes back and nothing is raised."""

import hashlib
import mimetypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from midchannel.outside.networks.email import charsets

MAX_PARTS = 100
MAX_NESTED = 200
MAX_IDS = 50
MAX_ID_LENGTH = 998
MAX_PEOPLE = 100

# What the standard library's parser raises on hostile input, beside what it means to.
UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    AssertionError,
    NotImplementedError,
    UnicodeError,
)

CONTAINER = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
HEADER_END = re.compile(rb"\r?\n\r?\n")
MESSAGE_ID = re.compile(rf"<([^<>\s]{{1,{MAX_ID_LENGTH}}})>")
NO_ID = frozenset({"null", "nil", "none", "undefined", "@", "0", "-"})
ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>\"',;:()\[\]\\@]+@[^\s\x00-\x20\x7f<>\"',;:()\[\]\\@]+")
UNSAFE_IN_NAME = re.compile(r"[\x00-\x1f\x7f/\\:\u202a-\u202e\u2066-\u2069]+")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in an address header: the address in lower case, the name as written."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment. `inline_id` is its Content-ID when the HTML shows it."""

    name: str
    media_type: str
    content: bytes
    inline_id: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part that was not fetched, because it is too large."""

    name: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says, and to whom. `ids` of what it answers are in the order written; `notes` tell people what could not be read."""

    message_id: str
    sender: Person | None
    reply_to: list[Person]
    to: list[Person]
    cc: list[Person]
    subject: str
    sent_at: datetime | None
    in_reply_to: list[str]
    references: list[str]
    text: str
    html: str
    parts: list[Part]
    headers: dict[str, list[str]]
    content_type: str
    report: list[dict[str, str]] = field(default_factory=list)
    original_headers: str = ""
    notes: list[str] = field(default_factory=list)

    def header(self, name: str) -> str:
        """The first header of that name, decoded; empty when there is none."""
        values = self.headers.get(name.lower())
        return charsets.decode_header(values[0]) if values else ""


@dataclass(slots=True)
class _Body:
    """What the walk through the parts gathers."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    report: list[dict[str, str]] = field(default_factory=list)
    original_headers: str = ""
    left_over: int = 0
    unreadable: int = 0


def parse(raw: bytes, *, size_bytes: int | None = None) -> Mail:
    """Understand a mail. `size_bytes` is that of the whole mail when `raw` is only part of it (it names a mail without Message-ID)."""
    notes: list[str] = []
    message = _message_of(raw, notes)
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), []).append(str(value))
    body = _Body()
    if not notes:
        for leaf in _leaves(message):
            _take(leaf, body)
    if body.left_over:
        notes.append(_("%(count)d further attachments are only in the original mail.") % {"count": body.left_over})
    if body.unreadable:
        notes.append(
            _("%(count)d parts of this mail could not be read; they are in the original mail.")
            % {"count": body.unreadable}
        )
    return Mail(
        message_id=_message_id(headers, raw, size_bytes),
        sender=next(
            iter(_people(headers, "from") or _people(headers, "sender") or _people(headers, "return-path")), None
        ),
        reply_to=_people(headers, "reply-to"),
        to=_people(headers, "to"),
        cc=_people(headers, "cc"),
        subject=charsets.decode_header((headers.get("subject") or [""])[0])[:500],
        sent_at=_sent_at((headers.get("date") or [""])[0]),
        in_reply_to=message_ids(headers.get("in-reply-to", []))[-MAX_IDS:],
        references=message_ids(headers.get("references", []))[-MAX_IDS:],
        text="\n\n".join(body.texts),
        html="\n<hr>\n".join(body.htmls),
        parts=body.parts,
        headers=headers,
        content_type=_attempt(message.get_content_type, "text/plain"),
        report=body.report,
        original_headers=body.original_headers,
        notes=notes,
    )


def _message_of(raw: bytes, notes: list[str]) -> "Message[str, str]":
    if sum(1 for _match in CONTAINER.finditer(raw)) <= MAX_NESTED:
        try:
            return BytesParser(policy=policy.compat32).parsebytes(raw)
        except UNREADABLE:
            pass
    notes.append(_("This mail's parts are nested too deeply to be read; the original is kept."))
    try:
        return BytesHeaderParser(policy=policy.compat32).parsebytes(HEADER_END.split(raw, maxsplit=1)[0] + b"\r\n\r\n")
    except UNREADABLE:
        return Message()


def _leaves(message: "Message[str, str]") -> "Iterator[Message[str, str]]":
    """Every part that holds something, in the order written. A mail inside a mail is one leaf: an attachment."""
    stack = [message]
    while stack:
        part = stack.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            stack.extend(reversed([child for child in payload if isinstance(child, Message)]))
        else:
            yield part


def _take(leaf: "Message[str, str]", body: _Body) -> None:
    media_type = _attempt(leaf.get_content_type, "application/octet-stream")
    if media_type == "message/delivery-status":
        body.report += _report_fields(leaf)
        return
    content = _attempt(lambda: _content_of(leaf), None)
    if content is None:
        body.unreadable += 1
        return
    name = file_name(_attempt(leaf.get_filename, None) or "")
    disposition = _attempt(leaf.get_content_disposition, None) or ""
    is_text = media_type in ("text/plain", "text/html") or leaf.get_content_maintype() == "multipart"
    if is_text and disposition != "attachment" and not name:
        text = charsets.decode(content, _attempt(lambda: str(leaf.get_param("charset") or ""), ""))
        if text.strip():
            (body.htmls if media_type == "text/html" else body.texts).append(text)
        return
    if media_type in ("message/rfc822", "text/rfc822-headers"):
        body.original_headers += charsets.decode(HEADER_END.split(content, maxsplit=1)[0][:100_000]) + "\n"
    if len(body.parts) >= MAX_PARTS:
        body.left_over += 1
        return
    inline_id = charsets.unfold(str(leaf.get("content-id") or "")).strip("<> ")[:200]
    body.parts.append(Part(name or _made_up_name(media_type), media_type[:200], content, inline_id))


def _content_of(leaf: "Message[str, str]") -> bytes:
    if leaf.is_multipart():
        inner = leaf.get_payload(0)
        return inner.as_bytes() if isinstance(inner, Message) else b""
    content = leaf.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _report_fields(leaf: "Message[str, str]") -> list[dict[str, str]]:
    """The blocks of a delivery report (RFC 3464): the first is about the mail, each further one about a recipient."""
    blocks = leaf.get_payload()
    if not isinstance(blocks, list):
        return []
    return [
        {name.lower(): charsets.decode_header(str(value)) for name, value in block.raw_items()}
        for block in blocks[:MAX_PEOPLE]
        if isinstance(block, Message)
    ]


def _message_id(headers: dict[str, list[str]], raw: bytes, size_bytes: int | None) -> str:
    """The mail's own id; one made from its headers and size, and so stable, when it has none."""
    own = message_ids(headers.get("message-id", []))
    if own:
        return own[0]
    seed = HEADER_END.split(raw, maxsplit=1)[0] + b"\0%d" % (size_bytes if size_bytes is not None else len(raw))
    return f"<{hashlib.sha256(seed).hexdigest()[:40]}@no-message-id.invalid>"


def message_ids(values: list[str]) -> list[str]:
    """Every Message-ID in some headers, as `<id>`, once each, in order. Nothing comes of an empty or made-empty one."""
    found: dict[str, None] = {}
    for value in values:
        for inner in MESSAGE_ID.findall(charsets.unfold(value[-32_000:])):
            if len(inner) >= 3 and inner.strip("@").lower() not in NO_ID and inner.strip("@"):
                found[f"<{inner}>"] = None
    return list(found)


def _people(headers: dict[str, list[str]], name: str) -> list[Person]:
    found: dict[str, Person] = {}
    for value in headers.get(name, []):
        for person in addresses(value):
            found.setdefault(person.address, person)
    return list(found.values())[:MAX_PEOPLE]


def addresses(raw: str) -> list[Person]:
    """The people in an address header. Where its grammar is broken, the addresses that can still be seen."""
    value = charsets.unfold(raw)
    try:
        pairs = getaddresses([value])
    except UNREADABLE:
        pairs = []
    people = [Person(address.strip().lower(), charsets.decode_header(name)[:200]) for name, address in pairs]
    people = [person for person in people if is_address(person.address)]
    return people or [Person(found.lower()) for found in ADDRESS.findall(value) if is_address(found)]


def is_address(address: str) -> bool:
    """Whether mail could be sent there, as far as its form tells."""
    local, at, domain = address.rpartition("@")
    return bool(at and local and domain) and len(address) <= 254 and ADDRESS.fullmatch(address) is not None


def _sent_at(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(charsets.unfold(value))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (*UNREADABLE, OverflowError):
        return None


def file_name(raw: str) -> str:
    """An attachment's name, fit to be a file's: no folders, no control or direction marks, at most 150 characters."""
    name = UNSAFE_IN_NAME.sub("_", charsets.decode_header(raw)).strip(" ._")
    if len(name) <= 150:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:140]}.{ending}" if dot and len(ending) <= 9 else name[:150]


def _made_up_name(media_type: str) -> str:
    ending = (
        {"message/rfc822": ".eml", "text/calendar": ".ics"}.get(media_type)
        or mimetypes.guess_extension(media_type)
        or ".bin"
    )
    return f"{media_type.partition('/')[0]}{ending}"


def _attempt(read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except UNREADABLE:
        return otherwise
