"""What is said in a room, by colleagues and by partners."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from midchannel.inside.partners.actions import sharing, telling
from midchannel.inside.partners.errors import InternalTextError, RoomClosedError
from midchannel.inside.partners.events import RoomWritten
from midchannel.inside.partners.models import PartnerRoom, RoomMessage
from midchannel.inside.partners.queries.guests import Guest
from midchannel.inside.teamwork import queries as teamwork
from midchannel.middle.cases.models import Case, CaseConversation
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

MAX_TEXT = 20_000
MAX_KEY = 100


@transaction.atomic
def say(
    viewer: Viewer,
    case_id: int,
    room_id: int,
    *,
    text: str,
    client_key: str,
    document_ids: tuple[int, ...] = (),
    now: datetime,
) -> int:
    """A colleague writes to the partners of a room. The same `client_key` again is the same message. Returns its id.

    Raises CaseNotFoundError, RoomNotFoundError, RoomClosedError, InvalidError, InternalTextError for words that were written internally.
    """
    case, room = telling.hold(viewer, case_id, room_id)
    telling.check_open(case, room)
    text = _checked(text, has_documents=bool(document_ids))
    _check_not_internal(viewer, case, text)
    key = f"u{viewer.user_id}:{client_key.strip()[:MAX_KEY]}"
    by = viewer.actor
    message, is_new = _write(room, key, text, now=now, author_id=viewer.user_id, author_name=viewer.name)
    if is_new:
        sharing.share_all(case, room, document_ids, message=message, by=by, now=now)
        _tell(case, room, message, by=by, side="colleague", now=now)
    return message.pk


@transaction.atomic
def answer(guest: Guest, *, text: str, client_key: str, document_ids: tuple[int, ...] = (), now: datetime) -> int:
    """A partner writes in their room. The same `client_key` again is the same message. Returns its id.

    `document_ids` were kept from them just now. Raises RoomClosedError, InvalidError.
    """
    room = PartnerRoom.objects.filter(pk=guest.room_id, closed_at=None).select_for_update().first()
    case = Case.objects.filter(pk=guest.case_id, ended_at=None).first()
    if room is None or case is None:
        raise RoomClosedError
    text = _checked(text, has_documents=bool(document_ids))
    key = f"p{guest.partner_id}:{client_key.strip()[:MAX_KEY]}"
    by = Actor(guest.name)
    message, is_new = _write(room, key, text, now=now, partner_id=guest.partner_id, author_name=guest.name)
    if is_new:
        sharing.share_all(case, room, document_ids, message=message, by=by, now=now)
        _tell(case, room, message, by=by, side="partner", now=now)
    return message.pk


def _checked(text: str, *, has_documents: bool) -> str:
    text = text.replace("\0", "").strip()
    if not text and not has_documents:
        raise InvalidError(_("Write something first."), "text")
    if len(text) > MAX_TEXT:
        raise InvalidError(_("The text is too long; add it as a document."), "text")
    return text


def _check_not_internal(viewer: Viewer, case: Case, text: str) -> None:
    conversations = CaseConversation.objects.filter(case_id=case.pk).values_list("conversation_id", flat=True)
    places = [("case", case.pk), *(("conversation", each) for each in conversations)]
    if any(teamwork.is_internal_text(viewer, text, object_type=kind, object_id=each) for kind, each in places):
        raise InternalTextError(field="text")


def _write(room: PartnerRoom, key: str, text: str, *, now: datetime, **author: object) -> tuple[RoomMessage, bool]:
    known = RoomMessage.objects.filter(room=room, client_key=key).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            made = RoomMessage.objects.create(
                id=ids.take(1, now=now)[0], room=room, text=text, at=now, client_key=key, **author
            )
    except IntegrityError:
        return RoomMessage.objects.get(room=room, client_key=key), False
    return made, True


def _tell(case: Case, room: PartnerRoom, message: RoomMessage, *, by: Actor, side: str, now: datetime) -> None:
    before = RoomMessage.objects.filter(room=room, author_id__isnull=side == "colleague", pk__lt=message.pk)
    last = before.order_by("-pk").values_list("at", flat=True).first()
    seconds = int((now - last).total_seconds()) if last else 0
    audit.record(by, "room.write", object_type="case", object_id=case.pk, now=now, room=room.pk, message=message.pk)
    told = telling.told(RoomWritten, case, room, message_id=str(message.pk), by=side, seconds=max(0, seconds))
    events.emit(told, now=now)
