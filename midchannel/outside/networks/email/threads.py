"""What a mail belongs behind: our own Message-IDs, what it refers to, and the plus-address it was sent to.

Both our Message-IDs and the plus-addresses carry a mark made with the installation's secret. So a stranger can make neither: nobody
gets into a conversation by guessing its number, and no forged bounce makes a delivery fail.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

OWN_ID = re.compile(r"<mc\.([1-9]\d{0,18})\.([a-z2-7]{16})@[^<>\s@]{1,250}>")
PLUS = re.compile(r"^c([1-9]\d{0,18})-([a-z2-7]{12})$")

CONVERSATION = "mc:conversation:"
REPLY_MARK = re.compile(
    r"^\s*(?:(?:re|aw|antw|sv|vs|odp|ref|rif|res|tr|wg|fw|fwd|vl|doorst|enc|rv)\s*(?:\[\d+\])?\s*:|\[[^\]]{1,40}\])\s*",
    re.I,
)


class ThreadedBy(StrEnum):
    """Which of the marks led a mail to its thread; counted, because so many mail programs leave them out."""

    OWN = "own"
    REFERENCE = "reference"
    PLUS = "plus"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Threading:
    """`parents` are external ids, best first; a conversation named by its plus-address stands last as `mc:conversation:<id>`."""

    parents: list[str]
    threaded_by: ThreadedBy
    own_ids: list[str]


class Marks:
    """Makes and knows the marks of one installation."""

    def __init__(self, secret: str) -> None:
        self._key = hashlib.sha256(b"midchannel mail marks v1:" + secret.encode()).digest()

    def _mark(self, duty: str, number: str, length: int) -> str:
        digest = hmac.new(self._key, f"{duty}:{number}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:length]

    def own_id(self, message_id: int, domain: str) -> str:
        """The Message-ID for a message of ours."""
        return f"<mc.{message_id}.{self._mark('message', str(message_id), 16)}@{domain}>"

    def is_own_id(self, external_id: str) -> bool:
        """Whether this installation made that Message-ID."""
        match = OWN_ID.fullmatch(external_id)
        return match is not None and hmac.compare_digest(match[2], self._mark("message", match[1], 16))

    def own_ids_in(self, text: str) -> list[str]:
        """Every Message-ID of ours in a text, once each."""
        return list(dict.fromkeys(match[0] for match in OWN_ID.finditer(text) if self.is_own_id(match[0])))

    def plus_address(self, address: str, conversation_id: str) -> str:
        """The address whose mail comes back into a conversation, whatever headers the answering program leaves out."""
        local, _, domain = address.rpartition("@")
        return f"{local}+c{conversation_id}-{self._mark('conversation', conversation_id, 12)}@{domain}"

    def conversation_of(self, address: str) -> str | None:
        """The conversation that a plus-address of ours names; None when it is none, or not ours."""
        _, plus, tag = address.lower().rpartition("@")[0].rpartition("+")
        match = PLUS.match(tag) if plus else None
        if match and hmac.compare_digest(match[2], self._mark("conversation", match[1], 12)):
            return match[1]
        return None


def thread_of(marks: Marks, *, in_reply_to: list[str], references: list[str], recipients: Iterable[str]) -> Threading:
    """What a mail may be joined to: our own Message-IDs, newest first; then every other reference; then the plus-address."""
    named = list(dict.fromkeys([*in_reply_to, *reversed(references)]))
    own = [external_id for external_id in named if marks.is_own_id(external_id)]
    parents = own + [external_id for external_id in named if external_id not in own]
    conversations = [found for address in recipients if (found := marks.conversation_of(address))]
    threaded_by = (
        ThreadedBy.OWN
        if own
        else ThreadedBy.REFERENCE
        if parents
        else ThreadedBy.PLUS
        if conversations
        else ThreadedBy.NONE
    )
    parents += [CONVERSATION + conversation_id for conversation_id in dict.fromkeys(conversations)]
    return Threading(parents, threaded_by, own)


def subject_base(subject: str) -> str:
    """A subject without its "Re:", "Fwd:", "[list]" and the like, in lower case: equal bases, one topic."""
    base = " ".join(subject[:500].split())
    while (match := REPLY_MARK.match(base)) and match.end():
        base = base[match.end() :]
    return base.strip().lower()


def is_new_subject(subject: str, topic: str, *, has_parents: bool) -> bool:
    """Whether an answer seems to be about something else: it refers to older mails, and its subject is not marked as an answer.

    `topic` is the Thread-Topic header, where there is one: the subject the thread began with.
    """
    base = subject_base(subject)
    if not has_parents or not base:
        return False
    if topic:
        return base != subject_base(topic)
    return base == " ".join(subject.split()).lower()
