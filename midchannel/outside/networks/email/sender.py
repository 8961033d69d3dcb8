"""Building a mail and bringing it out by SMTP, so that what went wrong is known as exactly as SMTP allows.

Nothing counts as sent before the server has taken the whole mail (its answer to the end of DATA). If the connection breaks before the
end of DATA was handed over, the mail did not go out and may be tried again; if it breaks after that, nobody knows, and it is said so.
"""

import re
import smtplib
from collections.abc import Callable, Sequence
from datetime import datetime
from email import policy
from email.generator import BytesGenerator
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from io import BytesIO
from typing import NoReturn

from django.utils.translation import gettext as _

from midchannel.outside.channels.port import File, NetworkError, OutcomeUnknownError, Outgoing
from midchannel.outside.networks.email import charsets, connections, parser
from midchannel.outside.networks.email.connections import Smtp, answer
from midchannel.outside.networks.email.mailbox import Mailbox, Server
from midchannel.outside.networks.email.threads import Marks

# Folding would break a long Message-ID into encoded words, which no mail program finds again.
FLAT = policy.SMTP.clone(max_line_length=998)
MAX_REFERENCES = 900
REAL_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
LINE_END = re.compile(rb"\r\n|\r|\n")
MEDIA_TYPE = re.compile(r"([a-z0-9][a-z0-9!#$&^_.+-]*)/([a-z0-9][a-z0-9!#$&^_.+-]*)", re.I)
TOO_LARGE = 552

Read = Callable[[str], bytes]


def build(mailbox: Mailbox, marks: Marks, outgoing: Outgoing, *, read: Read, now: datetime) -> EmailMessage:
    """The mail. `read` gives the content of a kept file. Raises NetworkError (permanent) for what can never be sent."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = formataddr((_line(mailbox.name), mailbox.address))
    message["To"] = ", ".join(_addresses(outgoing.to))
    if outgoing.cc:
        message["Cc"] = ", ".join(_addresses(outgoing.cc))
    if mailbox.plus_address and outgoing.conversation_id:
        message["Reply-To"] = formataddr(
            (_line(mailbox.name), marks.plus_address(mailbox.address, outgoing.conversation_id))
        )
    message["Subject"] = _line(outgoing.subject) or _("Your message")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = outgoing.key
    if REAL_ID.fullmatch(outgoing.in_reply_to) and not outgoing.in_reply_to.endswith(".invalid>"):
        message["In-Reply-To"] = outgoing.in_reply_to
    references = _references(outgoing)
    if references:
        message["References"] = references
    if outgoing.automatic:
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
    if outgoing.unsubscribe:
        message["List-Unsubscribe"] = f"<{outgoing.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(charsets.clean(outgoing.text), cte="quoted-printable")
    for file in outgoing.files:
        _attach(message, file, read)
    return message


def _line(text: str) -> str:
    return " ".join(charsets.clean(text).split())[:500]


def _addresses(addresses: Sequence[str]) -> list[str]:
    if not addresses:
        raise NetworkError(_("This message has no recipient. Add an address."), permanent=True)
    return [_address(address) for address in addresses]


def _address(address: str) -> str:
    """As SMTP takes it: the domain in ASCII."""
    if not parser.is_address(address):
        raise NetworkError(
            _("%(address)s is no mail address. Correct it and send again.") % {"address": address[:100]}, permanent=True
        )
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError as error:
        raise NetworkError(
            _("%(address)s is no mail address. Correct it and send again.") % {"address": address[:100]}, permanent=True
        ) from error


def _references(outgoing: Outgoing) -> str:
    """The thread's ids, oldest first: the first one and as many of the last as fit on a line."""
    ids = [
        i
        for i in dict.fromkeys([*outgoing.references, outgoing.in_reply_to])
        if REAL_ID.fullmatch(i) and not i.endswith(".invalid>")
    ]
    ids = [i for i in ids if len(i) < MAX_REFERENCES // 3]
    while len(" ".join(ids)) > MAX_REFERENCES:
        del ids[1]
    return " ".join(ids)


def _attach(message: EmailMessage, file: File, read: Read) -> None:
    try:
        content = read(file.sha256)
    except OSError as error:
        reason = _("The attachment %(name)s is no longer kept here. Attach it again.") % {"name": file.name}
        raise NetworkError(reason, permanent=True) from error
    match = MEDIA_TYPE.fullmatch(file.media_type)
    maintype, subtype = (match[1].lower(), match[2].lower()) if match else ("application", "octet-stream")
    if maintype in ("message", "multipart"):
        maintype, subtype = "application", "octet-stream"
    message.add_attachment(
        content, maintype=maintype, subtype=subtype, filename=parser.file_name(file.name) or "attachment"
    )


def as_bytes(message: EmailMessage) -> bytes:
    """As it goes over the wire: every line ends in CRLF."""
    out = BytesIO()
    BytesGenerator(out, policy=FLAT).flatten(message)
    return LINE_END.sub(b"\r\n", out.getvalue())


def bring_out(mailbox: Mailbox, outgoing: Outgoing, content: bytes) -> None:
    """Hand a mail to the SMTP server. Returns when the server has taken it."""
    recipients = _addresses([*outgoing.to, *outgoing.cc])
    with connections.smtp(mailbox) as client:
        try:
            _name_people(client, mailbox, recipients, len(content))
            _begin_data(client, content)
        except (OSError, smtplib.SMTPException) as error:
            connections.explain(_server_of(mailbox), error)
        try:
            client.send(b".\r\n")
            code, said = client.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise OutcomeUnknownError(
                _("The connection broke after the mail was handed over and before the server said that it has it.")
            ) from error
        if code != 250:
            _refused(code, said)


def _server_of(mailbox: Mailbox) -> Server:
    if mailbox.smtp is None:
        raise AssertionError("an open connection has a server")
    return mailbox.smtp


def _name_people(client: Smtp, mailbox: Mailbox, recipients: list[str], size_bytes: int) -> None:
    """Sender and recipients. One that is refused stops the whole mail, so that nobody believes it reached all."""
    options = [f"size={size_bytes}"] if client.has_extn("size") else []
    if not all(address.isascii() for address in [mailbox.address, *recipients]):
        if not client.has_extn("smtputf8"):
            raise NetworkError(
                _("The SMTP server takes only addresses in plain letters (no SMTPUTF8)."), permanent=True
            )
        options.append("SMTPUTF8")
        client.command_encoding = "utf-8"
    code, said = client.mail(mailbox.address, options)
    if code != 250:
        _refused(code, said)
    for address in recipients:
        code, said = client.rcpt(address)
        if code not in (250, 251):
            raise NetworkError(
                _(
                    "The mail server refused the recipient %(address)s: %(said)s. Nothing was sent; correct the address or leave it out."
                )
                % {"address": address, "said": answer(code, said)},
                permanent=code >= 500,
            )


def _begin_data(client: Smtp, content: bytes) -> None:
    code, said = client.docmd("DATA")
    if code != 354:
        _refused(code, said)
    escaped = re.sub(rb"(?m)^\.", b"..", content)
    client.send(escaped if escaped.endswith(b"\r\n") else escaped + b"\r\n")


def _refused(code: int, said: bytes) -> NoReturn:
    if code == TOO_LARGE:
        reason = _("The mail server finds the mail too large: %(said)s. Send a link instead of the attachment.")
    else:
        reason = _("The mail server refused the mail: %(said)s.")
    raise NetworkError(reason % {"said": answer(code, said)}, permanent=code >= 500)
