"""The seam that every network implements, and the only thing the rest of the house knows of one.

An adapter turns what a network has into documents (`vocabulary.Document`) and brings an `Outgoing` to it. It never touches the
database: `channels.actions` gives it the channel's settings and keeps what it returns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import msgspec


class File(msgspec.Struct, frozen=True, kw_only=True):
    """An attachment, kept in platform.files under its hash."""

    name: str
    media_type: str
    sha256: str
    size_bytes: int


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be said, as an adapter gets it.

    `key` was fixed before the first attempt and is the same on each (the Message-ID of a mail, the record key of a post).
    `in_reply_to` is the external id answered, `references` those before it, oldest first. `to` and `cc` are handles' addresses.
    `unsubscribe` is an address by which whoever gets it says with one click that they want no more of this. The words of what `is_secret`
    (a link that lets somebody in) are not kept once the network has them, or never will.
    """

    key: str
    text: str
    to: list[str]
    cc: list[str] = msgspec.field(default_factory=list)
    subject: str = ""
    in_reply_to: str = ""
    references: list[str] = msgspec.field(default_factory=list)
    is_public: bool = True
    files: list[File] = msgspec.field(default_factory=list)
    conversation_id: str = ""
    automatic: bool = False
    unsubscribe: str = ""
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """A channel as its adapter sees it: secrets opened, nothing of ours to write to."""

    channel_id: int
    name: str
    address: str
    config: dict[str, object]
    secrets: dict[str, str]
    cursor: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The network took it. `external_id` is its name there; `confirmed` when the network says the person got it."""

    external_id: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What a reader fetched: documents to receive, and the cursor to keep with them, in one transaction."""

    documents: list[bytes]
    cursor: dict[str, object]


class NetworkError(Exception):
    """The network refused or could not be reached. `permanent` means that trying again cannot help.

    `reason` is shown to people: what happened and what to do. `health` when the whole channel is affected (a wrong password).
    """

    def __init__(self, reason: str, *, permanent: bool = False, is_channel_wide: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.is_channel_wide = is_channel_wide


class OutcomeUnknownError(Exception):
    """The connection broke after the content was handed over and before the receipt: it may or may not have gone out."""


class Adapter(Protocol):
    """One network. Raise NetworkError for what a person should know, OutcomeUnknownError where the send may have happened."""

    network: str
    can_send: bool
    is_public: bool

    def read(self, settings: Settings, store: Callable[[Batch], None], *, should_stop: Callable[[], bool]) -> None:
        """Fetch what is new and hand it over in batches; `store` returns when it is durable. May wait for news (IDLE).

        Returns when there is nothing more to do for now. Networks that are pushed to (the collector) return at once.
        """

    def send(self, settings: Settings, outgoing: Outgoing) -> Receipt:
        """Bring one message to the network."""

    def lookup(self, settings: Settings, outgoing: Outgoing) -> Receipt | None:
        """Ask the network whether it has the message with this key; None when it has not. Raise OutcomeUnknownError when it cannot say."""

    def check(self, settings: Settings) -> list[str]:
        """Try the settings. Returns what is wrong, in words with the remedy; empty when all is well."""

    def new_key(self, settings: Settings, *, message_id: int) -> str:
        """The key for a new outgoing message, unique for ever, for example a Message-ID."""


@runtime_checkable
class FileReader(Protocol):
    """An adapter that can also read what its network has left in files: an mbox's mails."""

    def read_file(self, settings: Settings, raw: bytes) -> bytes:
        """One item from a file as the document it would have become, had it come by the network. Raises NetworkError."""


class CannotTranslateError(Exception):
    """A message in a network's own language that makes no document. `code` is one word, `reason` names what is wrong and the remedy."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """What is known of an order that a message speaks of: whose it is (the handle's address), and its data as last said."""

    address: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Understood:
    """One message, understood. `address` is the handle it belongs to, `purposes` what the person allowed or not, by its own word.

    `is_behaviour`: only what somebody looked at or did, which is not kept of those who did not want it. `order_id` is the external id of an
    order whose former state it needs. `speaker` is the translator's own.
    """

    speaker: object
    address: str
    has_place: bool = False
    is_behaviour: bool = False
    purposes: Mapping[str, bool] = field(default_factory=dict)
    order_id: str = ""


class Translator(Protocol):
    """A network that is pushed to us in a language of its own."""

    network: str
    is_public: bool

    def understand(
        self,
        raw: bytes,
        *,
        channel_id: int,
        config: Mapping[str, Any],
        type_: str = "",
        context: dict[str, Any] | None = None,
        sent_at: object = None,
        now: datetime,
    ) -> Understood:
        """Read one message; `type_`, `context` and `sent_at` are what its request said for all. Raises CannotTranslateError."""

    def translate(
        self, understood: Understood, *, may_locate: bool, known: Mapping[str, KnownOrder]
    ) -> tuple[list[bytes], int]:
        """Its documents, and how many fields about places were taken out. Raises CannotTranslateError."""

    def bare(self, raw: bytes) -> bytes:
        """A message that cannot be used, without what says where somebody is: so it may be parked."""
