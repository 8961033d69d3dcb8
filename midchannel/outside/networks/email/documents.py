"""A `Mail` to a document in the house's vocabulary: who, to whom, what was said, behind what, written by whom or what."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from midchannel.outside.channels.vocabulary import MAX_TEXT, Actor, Attachment, Document, Identifier, Object, encode
from midchannel.outside.networks.email import automatic, charsets, quoting
from midchannel.outside.networks.email.mailbox import Mailbox
from midchannel.outside.networks.email.parser import LeftOut, Mail, Person
from midchannel.outside.networks.email.threads import Marks, Threading, is_new_subject, thread_of
from midchannel.platform.richtext.plain import to_plain

MAX_HTML = 300_000
MAX_QUOTED = 20_000
MAX_PARTICIPANTS = 50
MAX_DOCUMENT_BYTES = 1_000_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")

NOBODY = re.compile(r"^(?:no|do-?not|dont)[-_.]?reply\b")
MEGABYTE = 1_000_000


def document_of(
    mail: Mail,
    mailbox: Mailbox,
    marks: Marks,
    *,
    files: Sequence[Attachment] = (),
    left_out: Sequence[LeftOut] = (),
    source: dict[str, Any] | None = None,
    arrived_at: datetime | None = None,
) -> bytes:
    """The document, encoded. `files` are the attachments as kept, `arrived_at` when the mail server took the mail in.

    A mail that names nobody as its sender gives a document without an actor; `receive` parks it with that reason.
    """
    recipients = [person.address for person in [*mail.to, *mail.cc]] + _delivered_to(mail)
    thread = thread_of(marks, in_reply_to=mail.in_reply_to, references=mail.references, recipients=recipients)
    author, is_own, is_form = _author_of(mail, mailbox, marks)
    machine = None if is_form else automatic.kind_of(mail)
    bounce = automatic.bounce_of(mail, marks) if machine == automatic.BOUNCE else None
    # A bounce stands behind the mail of ours that came back, also where its headers do not say so.
    parents = list(dict.fromkeys([bounce.message_id, *thread.parents])) if bounce else thread.parents
    text, quoted, html = _words_of(mail, left_out)
    document = Document(
        type="Create",
        id=mail.message_id,
        actor=_actor(author, is_verified=_is_verified(mail, mailbox)) if author else None,
        object=Object(
            id=mail.message_id,
            type="mc:Mail",
            content=text,
            media_type="text/plain",
            name=mail.subject or None,
            in_reply_to=parents[0] if parents else None,
            attachment=_attachments(files, left_out, html) or None,
            html=html or None,
            published=_published(mail, arrived_at),
        ),
        # Who forges our address gets no customer and no conversation; what we wrote elsewhere joins the thread it answers.
        addressed=not is_own or bool(parents),
        audience="private",
        thread=parents,
        direction="out" if is_own else "in",
        automatic=machine,
        participants=_participants(mail, mailbox, author),
        data=_data(mail, thread, quoted, machine, bounce),
        source=source,
    )
    return _within_limits(document)


def _author_of(mail: Mail, mailbox: Mailbox, marks: Marks) -> tuple[Person | None, bool, bool]:
    """Who wrote it; whether that is ourselves; whether a form sent it for somebody (From ours or nobody's, Reply-To theirs)."""
    sender = mail.sender
    if marks.is_own_id(mail.message_id):
        return sender or Person(mailbox.address), True, False
    is_own = sender is not None and _is_ours(sender.address, mailbox)
    if sender and (is_own or NOBODY.match(sender.address)):
        others = [person for person in mail.reply_to if not _is_ours(person.address, mailbox)]
        if others:
            return others[0], False, True
    return sender, is_own, False


def _is_ours(address: str, mailbox: Mailbox) -> bool:
    local, _at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}" in mailbox.own_addresses or address in mailbox.own_addresses


def _actor(person: Person, *, is_verified: bool) -> Actor:
    identifiers = [Identifier("email", person.address, verified=is_verified)]
    return Actor(id=person.address, name=person.name or None, identifiers=identifiers)


def _is_verified(mail: Mail, mailbox: Mailbox) -> bool:
    """Whether our own mail server has checked that the sender is who it says (DMARC). Only its topmost word counts."""
    if not mailbox.authserv_id:
        return False
    said = charsets.unfold((mail.headers.get("authentication-results") or [""])[0]).lower()
    return said.partition(";")[0].strip().partition(" ")[0] == mailbox.authserv_id and "dmarc=pass" in said


def _words_of(mail: Mail, left_out: Sequence[LeftOut]) -> tuple[str, str, str]:
    html = mail.html if len(mail.html) <= MAX_HTML else ""
    text = mail.text or to_plain(mail.html[:MAX_HTML])
    new, quoted = quoting.split(text[: 3 * MAX_TEXT])
    notes = [*mail.notes, *map(_note_on, left_out)]
    if len(mail.html) > MAX_HTML:
        notes.append(_("This mail's formatted text is too long to be shown; it is in the original mail."))
    room = MAX_TEXT - 10_000
    if len(new) > room or len(text) > 3 * MAX_TEXT:
        new = new[:room]
        notes.append(_("This mail's text is too long to be shown whole; the rest is in the original mail."))
    if notes:
        new = "\n\n".join([*([new] if new else []), *(f"[{note}]" for note in notes[:20])])
        html += "".join(f"<p>[{escape(note)}]</p>" for note in notes[:20]) if html else ""
    return new, quoted[:MAX_QUOTED], html


def _note_on(part: LeftOut) -> str:
    return _(
        "The attachment %(name)s (%(size)d MB) is too large and was not taken over. It is still in the mailbox; "
        "ask for a link to it, or allow larger mails in the channel's settings."
    ) % {"name": part.name, "size": round(part.size_bytes / MEGABYTE)}


def _attachments(files: Sequence[Attachment], left_out: Sequence[LeftOut], html: str) -> list[Attachment]:
    shown = [file if not file.inline_id or f"cid:{file.inline_id}" in html else _not_inline(file) for file in files]
    return shown + [
        Attachment(name=part.name, media_type=part.media_type, size_bytes=part.size_bytes) for part in left_out
    ]


def _not_inline(file: Attachment) -> Attachment:
    return Attachment(name=file.name, media_type=file.media_type, sha256=file.sha256, size_bytes=file.size_bytes)


def _participants(mail: Mail, mailbox: Mailbox, author: Person | None) -> list[Actor]:
    """Everybody in To, Cc and Reply-To who is neither the author nor ourselves: whom an answer goes to as well."""
    others: dict[str, Person] = {}
    for person in [*mail.to, *mail.cc, *mail.reply_to[:5]]:
        if not _is_ours(person.address, mailbox) and not (author and person.address == author.address):
            others.setdefault(person.address, person)
    return [Actor(id=person.address, name=person.name or None) for person in list(others.values())[:MAX_PARTICIPANTS]]


def _data(
    mail: Mail, thread: Threading, quoted: str, machine: str | None, bounce: automatic.Bounce | None
) -> dict[str, Any]:
    data: dict[str, Any] = {"threaded_by": str(thread.threaded_by)}
    if quoted:
        data["quoted"] = quoted
    if mail.cc:
        data["cc"] = [person.address for person in mail.cc[:MAX_PARTICIPANTS]]
    if mail.reply_to and mail.sender and mail.reply_to[0].address != mail.sender.address:
        data["reply_to"] = [person.address for person in mail.reply_to[:5]]
    if is_new_subject(mail.subject, mail.header("thread-topic"), has_parents=bool(thread.parents) and machine is None):
        data["subject_changed"] = True
    if bounce:
        data["bounced"] = {
            "id": bounce.message_id,
            "permanent": bounce.permanent,
            "reason": bounce.reason,
            "recipient": bounce.recipient,
        }
    return data


def _delivered_to(mail: Mail) -> list[str]:
    return [
        charsets.unfold(value).strip("<> ").lower() for name in DELIVERED for value in mail.headers.get(name, [])[:10]
    ]


def _published(mail: Mail, arrived_at: datetime | None) -> datetime | None:
    """When it was written, where that can be; else when it came in."""
    sent_at = mail.sent_at
    if sent_at is None or sent_at < EARLIEST:
        return arrived_at
    if arrived_at is not None and sent_at > arrived_at + timedelta(hours=1):
        return arrived_at
    return sent_at


def _within_limits(document: Document) -> bytes:
    """What makes a document too large goes, least needed first; the original mail has it all."""
    encoded = encode(document)
    said = document.object
    if len(encoded) > MAX_DOCUMENT_BYTES and isinstance(said, Object) and document.data is not None:
        said.html = None
        document.data.pop("quoted", None)
        encoded = encode(document)
    return encoded
