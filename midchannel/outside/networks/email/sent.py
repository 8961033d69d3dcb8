"""The copies of what was sent: kept in the mailbox's sent folder, and looked up there when nobody knows whether a mail went out."""

import structlog
from django.utils.translation import gettext as _
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError
from imapclient.imapclient import SENT

from midchannel.outside.channels.port import NetworkError, OutcomeUnknownError, Receipt
from midchannel.outside.networks.email import connections
from midchannel.outside.networks.email.mailbox import Mailbox

TIMEOUT_SECONDS = 15
USUAL_NAMES = ("Sent", "Sent Items", "Sent Messages", "INBOX.Sent")

log = structlog.get_logger("email")


def keep_copy(mailbox: Mailbox, content: bytes) -> None:
    """Put a copy into the sent folder. The mail is out already, so what goes wrong here is only noted."""
    if mailbox.imap is None or mailbox.server_keeps_sent:
        return
    try:
        with connections.imap(mailbox, timeout_seconds=TIMEOUT_SECONDS) as client:
            folder = folder_of(client, mailbox)
            if folder is None:
                folder = USUAL_NAMES[0]
                client.create_folder(folder)
            client.append(folder, content, flags=[rb"\Seen"])
    except NetworkError as error:
        log.warning("sent mail, but kept no copy", address=mailbox.address, said=error.reason)


def folder_of(client: IMAPClient, mailbox: Mailbox) -> str | None:
    """The sent folder: the one that is set, the one the server marks as such, or one with a usual name."""
    if mailbox.sent_folder:
        return mailbox.sent_folder
    rows = client.list_folders()
    for flags, _delimiter, name in rows:
        if SENT in flags:
            return str(name)
    names = {str(name) for _flags, _delimiter, name in rows}
    return next((name for name in USUAL_NAMES if name in names), None)


def lookup(mailbox: Mailbox, key: str) -> Receipt | None:
    """Whether the mail with this Message-ID went out.

    Proof is a copy in the sent folder, or a mail in the inbox that answers it. Without proof it is None (it did not go out) only where
    the provider itself keeps what is sent; else nobody can say, and OutcomeUnknownError is raised.
    """
    with connections.imap(mailbox) as client:
        folder = folder_of(client, mailbox)
        if folder and _holds(client, folder, ["HEADER", "Message-ID", key]):
            return Receipt(key)
        if _holds(client, mailbox.folder, ["OR", "HEADER", "In-Reply-To", key, "HEADER", "References", key]):
            return Receipt(key, confirmed=True)
    if mailbox.server_keeps_sent and folder:
        return None
    raise OutcomeUnknownError(
        _(
            "There is no copy in the sent folder and no answer to it yet, so the mail may or may not have gone out. "
            "Ask before sending it again."
        )
    )


def _holds(client: IMAPClient, folder: str, criteria: list[str]) -> bool:
    try:
        client.select_folder(folder, readonly=True)
        return bool(client.search(criteria))
    except connections.DISCONNECTED:
        raise
    except IMAPClientError:
        return False
