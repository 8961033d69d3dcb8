"""The words in which everything arrives: ActivityStreams 2.0, as far as a Social CRM needs it.

One document is one activity. Every network's adapter makes such documents (see `Document`), and the collector takes them from outside;
so there is one path behind every way in. Sources: W3C ActivityStreams 2.0 Core and Vocabulary; terms of ours are prefixed `mc:`.
"""

from datetime import datetime
from typing import Any

import msgspec

MAX_TEXT = 100_000
MAX_ID = 2_000


class Identifier(msgspec.Struct, omit_defaults=True):
    """Something that names a person beyond one network: type "email", "phone" or "customer_number".

    `verified` means the sender of the document has proof, such as a sign-in; only then does it link.
    """

    type: str
    value: str
    verified: bool = False


class Actor(msgspec.Struct, omit_defaults=True):
    """Who did it. `id` is their handle on the network: an address, an IRI, a phone number."""

    id: str = ""
    type: str = "Person"
    name: str | None = None
    preferred_username: str | None = msgspec.field(name="preferredUsername", default=None)
    url: Any = None
    identifiers: list[Identifier] = msgspec.field(name="mc:identifiers", default_factory=list)


class Attachment(msgspec.Struct, omit_defaults=True):
    """A file: kept here (`mc:sha256`) or linked (`url`)."""

    type: str = "Document"
    name: str | None = None
    media_type: str | None = msgspec.field(name="mediaType", default=None)
    url: Any = None
    sha256: str | None = msgspec.field(name="mc:sha256", default=None)
    size_bytes: int | None = msgspec.field(name="mc:size", default=None)
    inline_id: str | None = msgspec.field(name="mc:contentId", default=None)


class Object(msgspec.Struct, omit_defaults=True):
    """What was said or touched."""

    id: str = ""
    type: str = "Note"
    content: str | None = None
    media_type: str | None = msgspec.field(name="mediaType", default=None)
    name: str | None = None
    summary: str | None = None
    url: Any = None
    in_reply_to: str | dict[str, Any] | None = msgspec.field(name="inReplyTo", default=None)
    attributed_to: str | Actor | None = msgspec.field(name="attributedTo", default=None)
    published: datetime | None = None
    updated: datetime | None = None
    attachment: list[Attachment] | Attachment | None = None
    duration: str | None = None
    html: str | None = msgspec.field(name="mc:html", default=None)


class Document(msgspec.Struct, omit_defaults=True):
    """One activity as it arrives.

    `mc:addressed` false marks what was only overheard. `mc:audience` is "public" (default) or "private". `mc:thread` lists further
    external ids this belongs behind, best first, for networks that name several (a mail's References). `mc:direction` "out" marks
    what the company itself said elsewhere (sent mail, an outgoing call). `mc:automatic` marks a machine's answer (out of office,
    bounce). `mc:source` is the network's own form where the adapter got another one, or a reference to the file it is kept in.
    """

    type: str = "Create"
    id: str = ""
    actor: str | Actor | None = None
    object: str | Object | None = None
    published: datetime | None = None
    updated: datetime | None = None
    addressed: bool = msgspec.field(name="mc:addressed", default=True)
    audience: str = msgspec.field(name="mc:audience", default="public")
    thread: list[str] = msgspec.field(name="mc:thread", default_factory=list)
    direction: str = msgspec.field(name="mc:direction", default="in")
    automatic: str | None = msgspec.field(name="mc:automatic", default=None)
    participants: list[Actor] = msgspec.field(name="mc:participants", default_factory=list)
    data: dict[str, Any] | None = msgspec.field(name="mc:data", default=None)
    source: Any = msgspec.field(name="mc:source", default=None)


def encode(document: Document) -> bytes:
    """A document as the JSON that `receive` takes."""
    return msgspec.json.encode(document)
