"""Reading a mailbox by IMAP.

The place in a folder is (UIDVALIDITY, last UID); it is kept in the transaction that stores the mails, so a crash between fetch and commit
fetches again. When the server numbers its mails anew (another UIDVALIDITY), everything is read again, and known Message-IDs are duplicates.
The folder is opened read-only: nothing in it is marked, moved or deleted.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog
from django.utils.translation import gettext as _
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from midchannel.outside.channels.port import Batch, NetworkError
from midchannel.outside.channels.vocabulary import Attachment, Document, encode
from midchannel.outside.networks.email import connections, oversize, parser
from midchannel.outside.networks.email.documents import document_of
from midchannel.outside.networks.email.mailbox import Mailbox
from midchannel.outside.networks.email.parser import LeftOut, Part
from midchannel.outside.networks.email.threads import Marks

MAX_MAILS = 50
MAX_BATCH_BYTES = 8_000_000
LOOK_AHEAD = 200
SEARCH_WINDOW = 50_000
IDLE_STEP_SECONDS = 2.0
IDLE_RENEWED_SECONDS = 540.0

# What the client library raises for one mail's broken structure; the others are read on.
NOT_GIVEN = (IMAPClientError, ValueError, TypeError, LookupError, RecursionError, AttributeError)

Store = Callable[[Batch], None]
Keep = Callable[[bytes, str], str]

log = structlog.get_logger("email")


@dataclass(slots=True)
class Place:
    """Where the reader stands in its folder. `read` counts mails taken under this UIDVALIDITY, `at_provider` those the folder holds."""

    folder: str
    uidvalidity: int = 0
    uid: int = 0
    read: int = 0
    at_provider: int = 0

    @classmethod
    def of(cls, cursor: dict[str, Any], folder: str) -> "Place":
        """The place kept in a cursor; the beginning when it is of another folder."""
        if cursor.get("folder") != folder:
            return cls(folder)
        numbers = [int(cursor.get(name) or 0) for name in ("uidvalidity", "uid", "read", "at_provider")]
        return cls(folder, *numbers)

    def as_cursor(self) -> dict[str, object]:
        """As it is kept with the channel."""
        return {
            "folder": self.folder,
            "uidvalidity": self.uidvalidity,
            "uid": self.uid,
            "read": self.read,
            "at_provider": self.at_provider,
        }


@dataclass(slots=True)
class Reader:
    """Reads one mailbox. `keep` stores a file's content and returns its hash; it is called before the mail is handed over."""

    mailbox: Mailbox
    marks: Marks
    keep: Keep
    store: Store
    should_stop: Callable[[], bool]
    documents: list[bytes] = field(default_factory=list)

    def read(self, cursor: dict[str, Any]) -> None:
        """Fetch what is new; where the server has IDLE, stay and wait for more until told to stop."""
        place = Place.of(cursor, self.mailbox.folder)
        with connections.imap(self.mailbox) as client:
            while True:
                self._open_folder(client, place)
                self._take_new(client, place)
                self.store(Batch([], place.as_cursor()))
                if not (self.mailbox.may_idle and client.has_capability("IDLE")):
                    return
                renewed_at = time.monotonic() + IDLE_RENEWED_SECONDS
                while time.monotonic() < renewed_at:
                    if self.should_stop():
                        return
                    if self._wait_for_news(client, place, until=renewed_at):
                        self._take_new(client, place)

    def _open_folder(self, client: IMAPClient, place: Place) -> None:
        try:
            status = client.select_folder(self.mailbox.folder, readonly=True)
        except connections.DISCONNECTED:
            raise
        except IMAPClientError as error:
            raise NetworkError(
                folder_is_missing(client, self.mailbox.folder), permanent=True, is_channel_wide=True
            ) from error
        uidvalidity = int(status.get(b"UIDVALIDITY", 0))
        if uidvalidity != place.uidvalidity:
            if place.uidvalidity:
                log.info(
                    "mailbox numbered anew, reading all of it again", address=self.mailbox.address, folder=place.folder
                )
            place.uidvalidity, place.uid, place.read = uidvalidity, 0, 0
        place.at_provider = int(status.get(b"EXISTS", 0))

    def _wait_for_news(self, client: IMAPClient, place: Place, *, until: float) -> bool:
        """IDLE until the server tells of a new mail (True), or it is time to renew, or to stop."""
        client.idle()
        try:
            while time.monotonic() < until and not self.should_stop():
                said = client.idle_check(timeout=IDLE_STEP_SECONDS)
                held = [line[0] for line in said if len(line) > 1 and line[1] == b"EXISTS"]
                if held:
                    place.at_provider = int(held[-1])
                    return True
            return False
        finally:
            client.idle_done()

    def _take_new(self, client: IMAPClient, place: Place) -> None:
        waiting_bytes = 0
        for uid, size_bytes, arrived_at in self._list_new(client, place):
            if self.documents and (len(self.documents) >= MAX_MAILS or waiting_bytes + size_bytes > MAX_BATCH_BYTES):
                self._hand_over(place)
                waiting_bytes = 0
            document = self._fetch(client, uid, size_bytes, arrived_at)
            place.uid = uid
            if document is not None:
                self.documents.append(document)
                place.read += 1
                waiting_bytes += size_bytes
            if self.should_stop():
                break
        if self.documents:
            self._hand_over(place)

    def _hand_over(self, place: Place) -> None:
        documents, self.documents = self.documents, []
        self.store(Batch(documents, place.as_cursor()))

    def _list_new(self, client: IMAPClient, place: Place) -> Iterator[tuple[int, int, datetime | None]]:
        """(UID, size, when it came in) of every mail after the place, in order."""
        for uids in self._new_uids(client, place):
            for start in range(0, len(uids), LOOK_AHEAD):
                portion = uids[start : start + LOOK_AHEAD]
                rows = client.fetch(portion, ["RFC822.SIZE", "INTERNALDATE"])
                for uid in portion:
                    if uid in rows:
                        moment = rows[uid].get(b"INTERNALDATE")
                        yield uid, int(rows[uid].get(b"RFC822.SIZE", 0)), _in_utc(moment)

    def _new_uids(self, client: IMAPClient, place: Place) -> Iterator[list[int]]:
        since = ["SINCE", self.mailbox.since] if self.mailbox.since else []
        if place.at_provider <= SEARCH_WINDOW:
            windows = [f"{place.uid + 1}:*"]
        else:
            # A line of IMAP has a limit, so a very full folder is asked for in parts.
            end = int(client.folder_status(self.mailbox.folder, ["UIDNEXT"])[b"UIDNEXT"])
            windows = [f"{first}:{first + SEARCH_WINDOW - 1}" for first in range(place.uid + 1, end + 1, SEARCH_WINDOW)]
        for window in windows:
            # "n:*" always names the last mail, also when n lies beyond it.
            yield sorted(uid for uid in client.search(["UID", window, *since]) if uid > place.uid)

    def _fetch(self, client: IMAPClient, uid: int, size_bytes: int, arrived_at: datetime | None) -> bytes | None:
        """One mail as a document. None when it was deleted meanwhile; one that the server cannot give is named, and parked."""
        left_out: list[LeftOut] = []
        try:
            if size_bytes > self.mailbox.max_mail_bytes:
                raw, left_out = oversize.fetch(client, uid, limit_bytes=self.mailbox.max_mail_bytes)
            else:
                raw = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
        except connections.DISCONNECTED:
            raise
        except NOT_GIVEN as error:
            return self._not_given(uid, str(error))
        if raw is None:
            return None
        return self.document_of(raw, size_bytes=size_bytes, left_out=left_out, arrived_at=arrived_at)

    def document_of(
        self, raw: bytes, *, size_bytes: int, left_out: Sequence[LeftOut] = (), arrived_at: datetime | None = None
    ) -> bytes:
        """A mail as a document, its attachments and its original kept. `left_out` are the parts that `raw` lacks."""
        mail = parser.parse(raw, size_bytes=size_bytes)
        source: dict[str, Any] = {"mediaType": "message/rfc822", "size": size_bytes}
        if not left_out:
            source["mc:sha256"] = self._keep(raw, "message/rfc822")
        files = [self._kept(part) for part in mail.parts]
        return document_of(
            mail, self.mailbox, self.marks, files=files, left_out=left_out, source=source, arrived_at=arrived_at
        )

    def _kept(self, part: Part) -> Attachment:
        return Attachment(
            name=part.name,
            media_type=part.media_type,
            sha256=self._keep(part.content, part.media_type),
            size_bytes=len(part.content),
            inline_id=part.inline_id or None,
        )

    def _keep(self, content: bytes, media_type: str) -> str:
        try:
            return self.keep(content, media_type)
        except OSError as error:
            said = error.strerror or type(error).__name__
            reason = _("Mail is waiting and cannot be stored here: %(said)s. Make room in the data folder.") % {
                "said": said
            }
            raise NetworkError(reason, is_channel_wide=True) from error

    def _not_given(self, uid: int, said: str) -> bytes:
        log.warning(
            "the server does not give a mail",
            address=self.mailbox.address,
            folder=self.mailbox.folder,
            uid=uid,
            said=said,
        )
        return encode(
            Document(
                type=_("mail %(uid)d, which the mail server does not give") % {"uid": uid}, data={"said": said[:500]}
            )
        )


def folder_is_missing(client: IMAPClient, folder: str) -> str:
    """Words for a folder that cannot be opened, with those that can."""
    try:
        names = sorted(str(name) for _flags, _delimiter, name in client.list_folders())
    except (IMAPClientError, OSError):
        names = []
    return _("The mailbox has no folder %(folder)s. It has: %(names)s.") % {
        "folder": folder,
        "names": ", ".join(names[:15]) or "?",
    }


def _in_utc(moment: object) -> datetime | None:
    if not isinstance(moment, datetime):
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
