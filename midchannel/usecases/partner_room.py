"""Partner room: a partner is invited, by mail or by a link that is passed on; a colleague and a partner talk about one case.

A partner's answer is told to those who do the case, and moves it; what is internal stays where it is (`partners.actions` refuses its
words, and a partner's queries know no other table).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from midchannel.inside.partners import actions as partners
from midchannel.inside.partners.actions.inviting import Invitation
from midchannel.inside.partners.models import MAIL_KEY, RoomMessage
from midchannel.inside.partners.queries import Guest
from midchannel.inside.teamwork import actions as teamwork
from midchannel.inside.teamwork import rules
from midchannel.inside.teamwork.models import NoticeKind
from midchannel.middle.cases.models import Case
from midchannel.middle.cases.queries import reading
from midchannel.middle.documents import actions as documents
from midchannel.middle.documents.actions import Upload
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.errors import CannotSendError
from midchannel.outside.channels.queries import ChannelDetail
from midchannel.platform import ids
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError
from midchannel.usecases import move_cases

MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class Invited:
    """The link that was made, and the mailbox by which it goes to the partner; empty where it does not."""

    link: str
    mailed_from: str


@transaction.atomic
def invite(
    viewer: Viewer, case_id: int, *, email: str, name: str = "", organisation: str = "", subject: str = "", room_id: int | None = None,
    by_mail: bool, link_of: Callable[[str], str], now: datetime,
) -> Invited:  # fmt: skip
    """Invite a partner, as `partners.actions.invite` does; `by_mail` sends them the link too, in the ordinary way.

    `link_of` makes the link of a token. Raises as that does, and CannotSendError.
    """
    made = partners.invite(
        viewer, case_id, email=email, name=name, organisation=organisation, subject=subject, room_id=room_id, now=now
    )
    link = link_of(made.token)
    if not by_mail:
        return Invited(link, "")
    mailbox = mailbox_of(viewer, reading.find(viewer, case_id).scope_id)
    if mailbox is None:
        raise CannotSendError(_("No mailbox that you see can send now. Give them the link yourself."))
    title = _("%(who)s asks you in: %(subject)s") % {
        "who": accounts.company_name() or viewer.name,
        "subject": made.subject,
    }
    letter = channels.Letter(
        text=_letter(viewer, made, name.strip(), link), to=[email.strip().lower()], subject=title, is_public=False, is_secret=True
    )  # fmt: skip
    channels.queue_delivery(
        mailbox.id, letter, message_id=ids.take_one(now=now), client_key=f"{MAIL_KEY}{made.id}", due_at=now, now=now
    )
    return Invited(link, mailbox.address or mailbox.name)


def mailbox_of(viewer: Viewer, scope_id: int | None) -> ChannelDetail | None:
    """The mailbox from which partners of a team's case are written to: its own, else another that the viewer sees; or None."""
    boxes = [
        each
        for each in channel_queries.list_channels(viewer)
        if each.network == "email" and not channel_queries.why_not_send(each.id, is_public=False)
    ]
    return min(boxes, key=lambda each: each.scope_id != scope_id, default=None)


def _letter(viewer: Viewer, made: Invitation, name: str, link: str) -> str:
    words = _(
        "%(hello)s,\n\n%(who)s asks for your help: %(subject)s\n\nThis link leads you into a room of your own, where you read and write"
        " to us:\n\n%(link)s\n\nIt works once, until %(until)s. You need no account.\n\n%(who)s"
    )
    company = accounts.company_name()
    return words % {
        "hello": _("Hello %(name)s") % {"name": name} if name else _("Hello"),
        "who": f"{viewer.name}, {company}" if company else viewer.name,
        "subject": made.subject,
        "link": link,
        "until": formats.date_format(made.expires_at, "DATE_FORMAT"),
    }


def say(
    viewer: Viewer,
    case_id: int,
    room_id: int,
    *,
    text: str,
    client_key: str,
    uploads: Sequence[Upload] = (),
    document_ids: Sequence[int] = (),
    now: datetime,
) -> int:
    """A colleague writes to the partners of a room, with documents of the case or new ones. Returns the message.

    Raises CaseNotFoundError, RoomNotFoundError, RoomClosedError, InternalTextError, InvalidError.
    """
    _check_count(uploads)
    kept = tuple(documents.keep(viewer, case_id, upload, now=now) for upload in uploads)
    return partners.say(
        viewer, case_id, room_id, text=text, client_key=client_key, document_ids=(*document_ids, *kept), now=now
    )


def answer(guest: Guest, *, text: str, client_key: str, uploads: Sequence[Upload] = (), now: datetime) -> int:
    """A partner writes in their room. Those who asked there and the case's owner get a notice; the case hears that it was answered.

    Returns the message. Raises RoomClosedError, InvalidError, DocumentRefusedError.
    """
    _check_count(uploads)
    kept = tuple(
        documents.keep_from_partner(guest.case_id, upload, partner_id=guest.partner_id, name=guest.name, now=now)
        for upload in uploads
    )
    with transaction.atomic():
        message_id = partners.answer(guest, text=text, client_key=client_key, document_ids=kept, now=now)
        move_cases.hear_answer(guest.case_id, key=f"room:{message_id}", is_partner=True, now=now)
        _notify(guest, text, now=now)
    return message_id


def _check_count(uploads: Sequence[Upload]) -> None:
    if len(uploads) > MOST_FILES:
        raise InvalidError(_("At most %(count)d files go with one message.") % {"count": MOST_FILES}, "files")


def _notify(guest: Guest, text: str, *, now: datetime) -> None:
    owner = Case.objects.filter(pk=guest.case_id).values_list("owner_id", flat=True).first()
    asked = RoomMessage.objects.filter(room_id=guest.room_id, author_id__isnull=False).values_list(
        "author_id", flat=True
    )
    people = {owner, *asked.order_by("-pk")[:50]} - {None}
    teamwork.notify_from_outside(
        [each for each in people if each is not None],
        kind=NoticeKind.PARTNER,
        object_type="case",
        object_id=guest.case_id,
        text=rules.excerpt(f"{guest.name}: {text}" if text else guest.name),
        now=now,
    )
