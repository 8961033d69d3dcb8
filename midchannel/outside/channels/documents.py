"""From a raw document to an envelope: pure, fast, and strict about what it cannot understand."""

import re
import struct
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, NoReturn

import msgspec

from midchannel.outside.channels import profiles
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.outside.channels.vocabulary import (
    MAX_ID,
    MAX_TEXT,
    Actor,
    Attachment,
    Document,
    Identifier,
    Object,
    Provenance,
    Tie,
)
from midchannel.platform.richtext.plain import to_plain

DELETED = 0
STORED = 1
NUL = rb"\u0000"
NUL_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
MAX_DOCUMENT_BYTES = 1_000_000
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK_TOLERANCE = timedelta(days=1)

TALK_OBJECTS = frozenset({"Note", "Article", "Question", "Page", "Document", "Image", "Video", "Audio", "Event"})
OBJECT_KINDS = {
    "mc:Mail": int(Kind.MAIL),
    "mc:Call": int(Kind.CALL),
    "Call": int(Kind.CALL),
    "call": int(Kind.CALL),
    "mc:Order": int(Kind.ORDER),
}
ACTIVITY_KINDS = {
    "Like": int(Kind.LIKE),
    "Follow": int(Kind.FOLLOW),
    "Announce": int(Kind.SHARE),
    "View": int(Kind.VISIT),
    "Arrive": int(Kind.VISIT),
    "mc:Event": int(Kind.EVENT),
    "call": int(Kind.CALL),
    "mc:Call": int(Kind.CALL),
}
SAYS = frozenset({"Create", "Update", "call", "mc:Call"})

# Plain numbers on the hot path: an enumeration's attributes cost ten times as much.
ADDRESSED, PRIVATE, OUTGOING, AUTOMATIC = map(int, (Flag.ADDRESSED, Flag.PRIVATE, Flag.OUTGOING, Flag.AUTOMATIC))
ATTACHMENTS, HTML = int(Flag.ATTACHMENTS), int(Flag.HTML)
POST, REPLY, MESSAGE, PROFILE = int(Kind.POST), int(Kind.REPLY), int(Kind.MESSAGE), int(Kind.PROFILE)

_first_64_bits = struct.Struct("<q").unpack_from
_decode_document = msgspec.json.Decoder(Document).decode


class CannotApplyError(Exception):
    """A document that cannot be applied. `code` is one word, `reason` names the item and the remedy."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Envelope(msgspec.Struct):
    """One activity, understood: what `receive` needs to tell new from seen, and `apply` to file it.

    `content` is a signed 64-bit hash of what was said (DELETED for a deletion); `parents` are external ids it stands under, best first.
    """

    external_id: str
    content: int
    kind: int
    flags: int
    address: str
    name: str
    url: str
    at: datetime
    text: str
    subject: str
    parents: list[str]
    identifiers: list[Identifier]
    participants: list[Actor]
    data: dict[str, Any] | None
    attributes: dict[str, Any] | None = None
    provenance: Provenance | None = None
    ties: list[Tie] | None = None
    is_organisation: bool = False

    @property
    def is_deletion(self) -> bool:
        """Whether it only takes something back."""
        return self.content == DELETED


def key_of(channel_id: int, external_id: str) -> str:
    """The key of (channel, external id) in `Seen`, 32 hexadecimal digits."""
    return blake2b(f"{channel_id}\0{external_id}".encode()).hexdigest()[:32]


def raw_hash(raw: bytes) -> str:
    """The hash under which a parked document is known, 32 hexadecimal digits."""
    return blake2b(raw).hexdigest()[:32]


def read(raw: bytes, *, now: datetime, is_stored: bool = False) -> Envelope:
    """Understand one document. Raises CannotApplyError with the reason when it cannot be applied.

    `is_stored`: it was told new from seen before, so the hash of its content is not computed again (any but DELETED stands for it).
    """
    if len(raw) > MAX_DOCUMENT_BYTES:
        _refuse(
            "too-large",
            f"the document has {len(raw):,} bytes; send at most {MAX_DOCUMENT_BYTES:,}, with large files as links",
        )
    try:
        document = _decode_document(raw)
    except msgspec.ValidationError as error:
        _refuse("shape", f"{error}; see the vocabulary in docs/collector.md")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _refuse("not-json", f"not readable as JSON: {error}; send UTF-8 JSON without lone surrogates")
    except RecursionError:
        _refuse("shape", "nested too deeply; send the activity itself and link to what it contains")
    said = document.object
    if isinstance(said, str):
        said = Object(id=said, type="")
    elif said is None:
        said = Object(type="")
    if document.type == "Delete":
        return _deletion(document, said, now)
    return _statement(document, said, now, is_stored=is_stored)


def _refuse(code: str, reason: str) -> NoReturn:
    raise CannotApplyError(code, reason)


def _deletion(document: Document, said: Object, now: datetime) -> Envelope:
    external_id = said.id
    if not external_id:
        _refuse("no-id", "a Delete needs the id of the object it takes back")
    actor = document.actor
    address = actor if isinstance(actor, str) else actor.id if actor else ""
    at = document.published or now
    if at.tzinfo is None or at > now or at < EARLIEST:
        _check_time(at, now)
    return Envelope(external_id, DELETED, 0, 0, address, "", "", at, "", "", [], [], [], None)


def _statement(document: Document, said: Object, now: datetime, *, is_stored: bool) -> Envelope:
    kind = _kind_of(document, said)
    actor = document.actor if document.actor is not None else said.attributed_to
    if actor.__class__ is not Actor:
        actor = (
            Actor(id=actor) if isinstance(actor, str) else _refuse("no-actor", "no actor: say who did it in `actor`")
        )
    address = actor.id.strip()
    if not address:
        _refuse("no-actor", "the actor has no id: give the handle's address in `actor.id`")
    external_id = (said.id or document.id) if document.type in SAYS else document.id
    if not external_id:
        _refuse("no-id", "no id: give `object.id` (or `id`), so that the same activity is known again")
    if len(external_id) > MAX_ID or len(address) > MAX_ID:
        _refuse("too-long", f"an id has more than {MAX_ID:,} characters")
    text, subject, data = _content_of(document, said, kind)
    parents = _parents_of(document, said) if said.in_reply_to or document.thread else []
    updated = document.updated or said.updated
    at = (kind == PROFILE and updated) or said.published or document.published or now
    if at.tzinfo is None or at > now or at < EARLIEST:
        _check_time(at, now)
    envelope = Envelope(
        external_id,
        STORED if is_stored else _hash_of(kind, address, text, subject, parents, data, updated),
        kind,
        _flags_of(document, data),
        address,
        (actor.name or actor.preferred_username or "")[:200],
        actor.url[:MAX_ID] if isinstance(actor.url, str) else "",
        at,
        text,
        subject,
        parents,
        actor.identifiers,
        document.participants,
        data,
    )
    if kind == PROFILE or actor.attributes is not None:
        return _with_profile(envelope, actor, said, updated, is_stored=is_stored)
    # Looking through the short texts is cheaper than through the raw document; what is rare is looked at by the slow way.
    has_nul = (
        "\0" in text
        or "\0" in external_id
        or "\0" in address
        or "\0" in envelope.name
        or (parents and "\0" in "".join(parents))
    )
    if has_nul or data or actor.identifiers or document.participants:
        return _without_nul(envelope)
    return envelope


def _with_profile(
    envelope: Envelope, actor: Actor, said: Object, updated: datetime | None, *, is_stored: bool
) -> Envelope:
    """What is known about the actor comes along. A profile's content is all of it: when it changes, it is an edit."""
    told = actor.attributes
    if told is None:
        told = profiles.of_server(said)
    try:
        envelope.attributes = profiles.clean(told)
    except ValueError as error:
        _refuse("attributes", str(error))
    envelope.provenance, envelope.ties = actor.provenance, actor.ties
    envelope.is_organisation = profiles.is_organisation(actor, said)
    if envelope.kind == PROFILE:
        envelope.name = envelope.name or (said.name or "")[:200]
        if not is_stored:
            about = [envelope.name, envelope.attributes, actor.provenance, actor.ties, actor.identifiers, updated]
            content = f"{PROFILE}\0{envelope.address}\0".encode() + msgspec.json.encode(about, order="deterministic")
            envelope.content = _first_64_bits(blake2b(content).digest())[0] or STORED
    return _without_nul(envelope)


def _kind_of(document: Document, said: Object) -> int:
    kind = OBJECT_KINDS.get(said.type) or ACTIVITY_KINDS.get(document.type)
    if kind is not None:
        return kind
    if document.type not in SAYS:
        _refuse(
            "unknown-kind",
            f"activities of type {document.type[:80]!r} are not known; see docs/collector.md for those that are",
        )
    if said.type in profiles.WHO and document.type == "Update":
        return PROFILE
    if not said.type and document.type in SAYS:
        _refuse("unknown-kind", "there is no `object`: give one with its `type`, `id` and `content`, such as a Note")
    if said.type not in TALK_OBJECTS:
        _refuse(
            "unknown-kind",
            f"objects of type {said.type[:80]!r} are not known; send a Note, Article, mc:Mail, mc:Call or mc:Order,"
            " or an Update of a Person",
        )
    if document.audience == "private":
        return MESSAGE
    return REPLY if said.in_reply_to else POST


def _content_of(document: Document, said: Object, kind: int) -> tuple[str, str, dict[str, Any] | None]:
    text = said.content or ""
    data: dict[str, Any] | None = dict(document.data) if document.data else None
    if len(text) > MAX_TEXT:
        _refuse(
            "too-long",
            f"the text has {len(text):,} characters; at most {MAX_TEXT:,} are kept. Split it, or attach it as a file",
        )
    markup = said.html
    if ("<" in text or "&" in text) and said.media_type != "text/plain":
        markup, text = text, to_plain(text)
    if markup:
        data = {**(data or {}), "html": markup}
    if said.attachment:
        files = [said.attachment] if isinstance(said.attachment, Attachment) else said.attachment
        data = {**(data or {}), "files": msgspec.to_builtins(files)}
    if said.duration:
        data = {**(data or {}), "duration": said.duration}
    if document.automatic:
        data = {**(data or {}), "automatic": document.automatic}
    subject = said.name[:500] if said.name and kind != PROFILE else ""
    if subject:
        data = {**(data or {}), "subject": subject}
    if kind <= MESSAGE and not text and not data:
        _refuse("empty", "nothing was said: give `object.content`, or an attachment")
    return text, subject, data


def _without_nul(envelope: Envelope) -> Envelope:
    """What PostgreSQL cannot hold becomes the replacement character; the raw document keeps the original."""
    packed = msgspec.json.encode(envelope)
    if NUL not in packed:
        return envelope
    # An even number of backslashes before it is a backslash that somebody wrote, followed by the letters u0000.
    return msgspec.json.decode(NUL_ESCAPE.sub(rb"\g<1>\\ufffd", packed), type=Envelope)


def _parents_of(document: Document, said: Object) -> list[str]:
    parent = said.in_reply_to
    if isinstance(parent, dict):
        parent = str(parent.get("id") or "")
    if not document.thread:
        return [parent[:MAX_ID]] if parent else []
    parents = [parent] if parent else []
    parents += [external_id for external_id in document.thread if external_id and external_id != parent]
    return [external_id[:MAX_ID] for external_id in parents]


def _flags_of(document: Document, data: dict[str, Any] | None) -> int:
    flags = ADDRESSED if document.addressed else 0
    if document.audience == "private":
        flags |= PRIVATE
    if document.direction == "out":
        flags |= OUTGOING
    if document.automatic:
        flags |= AUTOMATIC
    if data:
        flags |= (HTML if "html" in data else 0) | (ATTACHMENTS if "files" in data else 0)
    return flags


def _check_time(published: datetime, now: datetime) -> None:
    if published.tzinfo is None:
        _refuse("time", f"the time {published.isoformat()} has no zone: add Z or an offset")
    if not EARLIEST <= published <= now + CLOCK_TOLERANCE:
        _refuse("time", f"the time {published.isoformat()} cannot be right: check the sender's clock")


def _hash_of(  # noqa: PLR0917 - on the hot path, where names cost
    kind: int,
    address: str,
    text: str,
    subject: str,
    parents: list[str],
    data: dict[str, Any] | None,
    updated: datetime | None,
) -> int:
    """A signed 64-bit hash of what was said; never DELETED. Times of posting do not count, an explicit `updated` does."""
    content = f"{kind}\0{address}\0{text}\0{subject}\0{updated or ''}\0{parents or ''}".encode("utf-8", "surrogatepass")
    if data:
        content += msgspec.json.encode(data, order="deterministic")
    return _first_64_bits(blake2b(content).digest())[0] or STORED
