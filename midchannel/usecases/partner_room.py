"""Partner room: what a colleague and a partner say to each other about one case. A partner's answer is told to those who do the case, and
moves it; what is internal stays where it is (`partners.actions` refuses its words, and a partner's queries know no other table).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.inside.partners import actions as partners
from midchannel.inside.partners.models import RoomMessage
from midchannel.inside.partners.queries import Guest
from midchannel.inside.teamwork import actions as teamwork
from midchannel.inside.teamwork import rules
from midchannel.inside.teamwork.models import NoticeKind
from midchannel.middle.cases.models import Case
from midchannel.middle.documents import actions as documents
from midchannel.middle.documents.actions import Upload
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError
from midchannel.usecases import move_cases

MOST_FILES = 10


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
