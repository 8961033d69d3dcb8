"""E-mail behind the seam of `channels.port`. What is set in a channel's config and secrets is listed in `mailbox`."""

import smtplib
from collections.abc import Callable

from django.conf import settings as django_settings
from django.utils.translation import gettext as _
from imapclient.exceptions import IMAPClientError

from midchannel.outside.channels.port import Batch, NetworkError, Outgoing, Receipt, Settings
from midchannel.outside.networks.email import connections, mailbox, sender, sent
from midchannel.outside.networks.email.connections import answer
from midchannel.outside.networks.email.mailbox import Mailbox
from midchannel.outside.networks.email.reader import Reader, folder_is_missing
from midchannel.outside.networks.email.threads import Marks
from midchannel.platform import clock
from midchannel.platform.files import actions as files
from midchannel.platform.files import queries as kept_files


class EmailAdapter:
    """A mailbox as a channel: read by IMAP, answered by SMTP."""

    network = "email"
    can_send = True
    is_public = False

    def read(self, settings: Settings, store: Callable[[Batch], None], *, should_stop: Callable[[], bool]) -> None:
        """Fetch new mail. With IDLE it stays and waits; without, it returns and may be called again after `poll_seconds`.

        A batch without documents says: connected, and nothing is waiting.
        """
        Reader(mailbox.of(settings), _marks(), _keep, store, should_stop).read(settings.cursor)

    def read_file(self, settings: Settings, raw: bytes) -> bytes:
        """One mail from a file (an mbox's, an .eml) as the document it would have become, had it come by IMAP."""
        reader = Reader(mailbox.of(settings), _marks(), _keep, _store_nothing, lambda: True)
        return reader.document_of(raw, size_bytes=len(raw))

    def send(self, settings: Settings, outgoing: Outgoing) -> Receipt:
        """Send a mail and keep a copy in the sent folder."""
        box = mailbox.of(settings)
        message = sender.build(box, _marks(), outgoing, read=kept_files.read, now=clock.now())
        content = sender.as_bytes(message)
        sender.bring_out(box, outgoing, content)
        sent.keep_copy(box, content)
        return Receipt(outgoing.key)

    def lookup(self, settings: Settings, outgoing: Outgoing) -> Receipt | None:
        """Look for the copy in the sent folder, or for an answer in the inbox."""
        return sent.lookup(mailbox.of(settings), outgoing.key)

    def check(self, settings: Settings) -> list[str]:
        """Sign in to both servers and open the folder. Nothing is sent."""
        try:
            box = mailbox.of(settings)
        except NetworkError as error:
            return [error.reason]
        problems = []
        if box.imap is None and box.smtp is None:
            problems.append(_("Give an IMAP server to read from, and an SMTP server to answer through."))
        for server, try_it in ((box.imap, _check_imap), (box.smtp, _check_smtp)):
            if server is not None:
                try:
                    problems += try_it(box)
                except NetworkError as error:
                    problems.append(error.reason)
        return problems

    def new_key(self, settings: Settings, *, message_id: int) -> str:
        """A Message-ID of ours."""
        return _marks().own_id(message_id, mailbox.of(settings).domain)


def _marks() -> Marks:
    return Marks(django_settings.SECRET_KEY)


def _keep(content: bytes, media_type: str) -> str:
    return files.keep(content, media_type=media_type, now=clock.now()).sha256


def _store_nothing(_batch: Batch) -> None:
    """For a reader of files: its caller stores."""


def _check_imap(box: Mailbox) -> list[str]:
    with connections.imap(box) as client:
        try:
            client.select_folder(box.folder, readonly=True)
        except connections.DISCONNECTED:
            raise
        except IMAPClientError:
            return [folder_is_missing(client, box.folder)]
    return []


def _check_smtp(box: Mailbox) -> list[str]:
    with connections.smtp(box) as client:
        try:
            code, said = client.mail(box.address)
            if code != 250:
                return [
                    _("The SMTP server does not let %(user)s send as %(address)s: %(said)s.")
                    % {"user": box.smtp.user if box.smtp else "", "address": box.address, "said": answer(code, said)}
                ]
            if box.plus_address:
                code, said = client.rcpt(_marks().plus_address(box.address, "1"))
                if code >= 500:
                    return [
                        _(
                            "The mail server takes no plus-addresses (name+anything@): %(said)s. Switch them off for this channel."
                        )
                        % {"said": answer(code, said)}
                    ]
            client.rset()
        except (OSError, smtplib.SMTPException) as error:
            if box.smtp is not None:
                connections.explain(box.smtp, error)
    return []
