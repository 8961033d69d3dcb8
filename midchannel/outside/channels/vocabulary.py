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


class Provenance(msgspec.Struct, omit_defaults=True):
    """Where attributes come from. `kind` is "social", "business" (a system of the company), "tracked" (seen on a page) or "third-party".

    `trust` is 0 to 100 (by kind when not given), `lawful_basis` a word of the company's own, `expires_at` when the attributes may no
    longer be used. `is_partial`: only what is named is said; what was said of other fields before still holds.
    """

    kind: str = "social"
    trust: int | None = None
    lawful_basis: str = ""
    expires_at: datetime | None = None
    is_partial: bool = False


class Tie(msgspec.Struct, omit_defaults=True):
    """A person belongs to an organisation. `id` is the organisation's handle on the same network; dates are ISO days."""

    id: str
    name: str = ""
    role: str = ""
    since: str = ""
    until: str = ""


class Actor(msgspec.Struct, omit_defaults=True):
    """Who did it. `id` is their handle on the network: an address, an IRI, a phone number.

    `mc:attributes` is what this network or system knows about them: a flat object of standard fields (docs/customers.md) to a text, a
    number or a list of texts; a field that is no standard one begins with `x_`. With an `Update` of a `Person` or an `Organization` it
    is a profile: nothing that was said, but what is known.
    """

    id: str = ""
    type: str = "Person"
    name: str | None = None
    preferred_username: str | None = msgspec.field(name="preferredUsername", default=None)
    url: Any = None
    identifiers: list[Identifier] = msgspec.field(name="mc:identifiers", default_factory=list)
    attributes: dict[str, Any] | None = msgspec.field(name="mc:attributes", default=None)
    provenance: Provenance | None = msgspec.field(name="mc:provenance", default=None)
    ties: list[Tie] | None = msgspec.field(name="mc:organisations", default=None)


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
