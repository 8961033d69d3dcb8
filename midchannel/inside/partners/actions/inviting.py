"""Rooms, and who may come in: by a link that works once, for a while, until it is taken back or the case is over."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from midchannel.inside.partners.actions import telling
from midchannel.inside.partners.errors import InvitationGoneError, RoomNotFoundError
from midchannel.inside.partners.events import PartnerInvited, PartnerJoined, PartnerLeft, RoomClosed, RoomOpened
from midchannel.inside.partners.models import MAIL_KEY, Guest, Partner, PartnerRoom, RoomInvitation
from midchannel.middle.cases.models import Case
from midchannel.middle.cases.queries import reading
from midchannel.outside.channels import actions as channels
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.platform.events import actions as events
from midchannel.platform.secrets import token_hash

INVITATION_LASTS = timedelta(days=7)
MAX_NAME = 100
MAX_SUBJECT = 200
CASES = Actor("cases")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new invitation; `token` is for the link, and kept nowhere. `subject` is what stands above the room."""

    id: int
    room_id: int
    subject: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Joined:
    """A partner came in: what their session holds."""

    partner_id: int
    epoch: int
    room_id: int


@transaction.atomic
def invite(
    viewer: Viewer,
    case_id: int,
    *,
    email: str,
    name: str = "",
    organisation: str = "",
    subject: str = "",
    room_id: int | None = None,
    now: datetime,
) -> Invitation:
    """Invite somebody outside the company to one case: into a room that is there, or into a new one of its own.

    `subject` is what they read above a new room; the title of the case may hold what is not theirs. An older link for the same address and
    room ends; who is a guest already gets a new link by it. Raises CaseNotFoundError, RoomNotFoundError, RoomClosedError, InvalidError.
    """
    email, name, organisation = email.strip().lower(), _line(name), _line(organisation)
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidError(_("Give the address of the person you invite."), "email") from error
    if room_id is None:
        case = reading.find(viewer, case_id)
        room = _open_room(
            viewer, case, name=organisation or name or email, subject=_line(subject, MAX_SUBJECT), now=now
        )
    else:
        case, room = telling.hold(viewer, case_id, room_id)
    telling.check_open(case, room)
    _end_links(RoomInvitation.objects.filter(room=room, email=email), now=now)
    token = secrets.token_urlsafe(32)
    made = RoomInvitation.objects.create(
        room=room, email=email, name=name, organisation=organisation, token_hash=token_hash(token), invited_by_id=viewer.user_id,
        invited_by_name=viewer.name, created_at=now, expires_at=now + INVITATION_LASTS,
    )  # fmt: skip
    audit.record(viewer.actor, "partner.invite", object_type="case", object_id=case.pk, now=now, invitation=made.pk)
    events.emit(telling.told(PartnerInvited, case, room), now=now)
    return Invitation(made.pk, room.pk, room.subject, token, made.expires_at)


def _line(text: str, most: int = MAX_NAME) -> str:
    return " ".join(text.replace("\0", "").split())[:most]


def _open_room(viewer: Viewer, case: Case, *, name: str, subject: str, now: datetime) -> PartnerRoom:
    if not subject:
        raise InvalidError(_("Say in a few words what it is about: the partner reads them above the room."), "subject")
    room = PartnerRoom.objects.create(
        id=ids.take(1, now=now)[0], case_id=case.pk, name=name, subject=subject, opened_at=now, opened_by_id=viewer.user_id,
        opened_by_name=viewer.name,
    )  # fmt: skip
    audit.record(viewer.actor, "room.open", object_type="case", object_id=case.pk, now=now, room=room.pk)
    events.emit(telling.told(RoomOpened, case, room), now=now)
    return room


@transaction.atomic
def revoke(viewer: Viewer, case_id: int, invitation_id: int, *, now: datetime) -> None:
    """Take an invitation back; its link stops working. Raises CaseNotFoundError, NotFoundError when it was used already."""
    case = reading.find(viewer, case_id)
    if not _end_links(RoomInvitation.objects.filter(pk=invitation_id, room__case_id=case.pk), now=now):
        raise NotFoundError
    audit.record(
        viewer.actor, "partner.revoke", object_type="case", object_id=case.pk, now=now, invitation=invitation_id
    )


def _end_links(invitations: QuerySet[RoomInvitation], *, now: datetime) -> int:
    """Links that nobody followed work no longer, and a mail that would bring one does not go out any more. Returns how many."""
    unused = invitations.filter(used_at=None, revoked_at=None)
    ended = list(unused.values_list("pk", flat=True))
    channels.drop_queued(f"{MAIL_KEY}{each}" for each in ended)
    return unused.filter(pk__in=ended).update(revoked_at=now)


@transaction.atomic
def accept(token: str, *, name: str, organisation: str, now: datetime) -> Joined:
    """Come in by a link: works once, however many tabs try. Raises InvitationGoneError, InvalidError without a name."""
    found = (
        RoomInvitation.objects.select_for_update()
        .filter(token_hash=token_hash(token), used_at=None, revoked_at=None, expires_at__gt=now, room__closed_at=None)
        .first()
    )
    case = Case.objects.filter(pk=found.room.case_id, ended_at=None).first() if found else None
    if found is None or case is None:
        raise InvitationGoneError
    name = _line(name)
    if not name:
        raise InvalidError(_("A name is needed."), "name")
    partner, is_new = Partner.objects.get_or_create(
        email=found.email,
        defaults={"id": ids.take(1, now=now)[0], "name": name, "organisation": _line(organisation), "created_at": now},
    )
    if not is_new:
        partner.name, partner.organisation = name, _line(organisation) or partner.organisation
        partner.save(update_fields=["name", "organisation"])
    Guest.objects.get_or_create(room=found.room, partner=partner, until=None, defaults={"since": now})
    found.used_at, found.partner = now, partner
    found.save(update_fields=["used_at", "partner"])
    by = Actor(name)
    audit.record(by, "partner.accept", object_type="case", object_id=case.pk, now=now, partner=partner.pk)
    events.emit(telling.told(PartnerJoined, case, found.room), now=now)
    return Joined(partner.pk, partner.session_epoch, found.room_id)


@transaction.atomic
def send_away(viewer: Viewer, case_id: int, guest_id: int, *, now: datetime) -> None:
    """A partner may not come in any more, from their next click on; what they said stays. Raises CaseNotFoundError, RoomNotFoundError."""
    case = reading.find(viewer, case_id)
    guest = (
        Guest.objects.filter(pk=guest_id, room__case_id=case.pk, until=None).select_related("room", "partner").first()
    )
    if guest is None:
        raise RoomNotFoundError
    guest.until = now
    guest.save(update_fields=["until"])
    _end_links(RoomInvitation.objects.filter(room=guest.room, email=guest.partner.email), now=now)
    audit.record(
        viewer.actor, "partner.send_away", object_type="case", object_id=case.pk, now=now, partner=guest.partner_id
    )
    events.emit(telling.told(PartnerLeft, case, guest.room), now=now)


@transaction.atomic
def close(viewer: Viewer, case_id: int, room_id: int, *, now: datetime) -> None:
    """Close a room: its partners see it no longer. What was said stays. Raises CaseNotFoundError, RoomNotFoundError, RoomClosedError."""
    case, room = telling.hold(viewer, case_id, room_id)
    telling.check_open(case, room)
    _close(case, room, by=viewer.actor, why="person", now=now)


def close_with_cases(*, now: datetime, most: int = 100) -> int:
    """Write down that rooms are closed whose case is over; nobody comes in since it ended. For the clock; returns how many."""
    over = Case.objects.filter(ended_at__isnull=False)
    rooms = PartnerRoom.objects.filter(closed_at=None, case_id__in=over.values("pk")).values_list("pk", flat=True)
    return sum(_close_with_case(each) for each in list(rooms[:most]))


@transaction.atomic
def _close_with_case(room_id: int) -> bool:
    room = PartnerRoom.objects.filter(pk=room_id, closed_at=None).select_for_update(skip_locked=True).first()
    case = Case.objects.filter(pk=room.case_id).first() if room else None
    if room is None or case is None or case.ended_at is None:
        return False
    _close(case, room, by=CASES, why="case", now=case.ended_at)
    return True


def _close(case: Case, room: PartnerRoom, *, by: Actor, why: str, now: datetime) -> None:
    room.closed_at = now
    room.save(update_fields=["closed_at"])
    Guest.objects.filter(room=room, until=None).update(until=now)
    _end_links(RoomInvitation.objects.filter(room=room), now=now)
    audit.record(by, "room.close", object_type="case", object_id=case.pk, now=now, room=room.pk, why=why)
    events.emit(telling.told(RoomClosed, case, room, why=why), now=now)


def note_seen(guest_id: int, *, now: datetime) -> None:
    """A partner looked at their room; noted at most once a minute."""
    Guest.objects.filter(pk=guest_id).exclude(seen_at__gt=now - timedelta(minutes=1)).update(seen_at=now)
