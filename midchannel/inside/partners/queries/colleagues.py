"""The rooms of a case, for colleagues who see the case."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.inside.partners.errors import RoomNotFoundError
from midchannel.inside.partners.models import MAIL_KEY
from midchannel.inside.partners.queries import saying
from midchannel.inside.partners.queries.saying import MessageItem
from midchannel.middle.cases.queries import reading
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A partner in a room, from when to when, and when they last looked."""

    id: int
    name: str
    organisation: str
    email: str
    since: datetime
    until: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that was not used yet. `mail` is the state of the delivery by which its link went out, `trouble` why it did not."""

    id: int
    name: str
    organisation: str
    email: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    mail: str
    trouble: str


@dataclass(frozen=True, slots=True)
class RoomDetail:
    """A room of a case: who is and was in it, who is invited, which documents were shared into it."""

    id: int
    case_id: int
    name: str
    subject: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    guests: tuple[GuestRow, ...]
    invitations: tuple[InvitationRow, ...]
    document_ids: tuple[int, ...]

    @property
    def present(self) -> tuple[GuestRow, ...]:
        """The partners who may come in now."""
        return tuple(guest for guest in self.guests if guest.until is None)


def list_rooms(viewer: Viewer, case_id: int) -> list[RoomDetail]:
    """The partner rooms of a case, the oldest first. Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    rooms = fetch(
        "SELECT r.id, r.case_id, r.name, r.subject, r.opened_at, r.opened_by_name,"
        " CASE WHEN r.closed_at IS NULL THEN c.ended_at ELSE r.closed_at END"
        " FROM partner_room r JOIN casework_case c ON c.id = r.case_id WHERE r.case_id = %s ORDER BY r.id",
        [case.pk],
    )
    room_ids = [row[0] for row in rooms]
    guests = _by_room(
        "SELECT g.room_id, g.id, p.name, p.organisation, p.email, g.since, g.until, g.seen_at FROM partner_guest g"
        " JOIN partner p ON p.id = g.partner_id WHERE g.room_id = ANY(%s::bigint[]) ORDER BY g.id",
        room_ids,
    )
    invited = _by_room(
        "SELECT i.room_id, i.id, i.name, i.organisation, i.email, i.invited_by_name, i.created_at, i.expires_at,"
        " coalesce(d.state, ''), coalesce(d.reason, '') FROM partner_invitation i"
        f" LEFT JOIN delivery d ON d.client_key = '{MAIL_KEY}' || i.id"
        " WHERE i.room_id = ANY(%s::bigint[]) AND i.used_at IS NULL AND i.revoked_at IS NULL ORDER BY i.id",
        room_ids,
    )
    shared = _by_room(
        "SELECT room_id, document_id FROM partner_share WHERE room_id = ANY(%s::bigint[]) AND ended_at IS NULL ORDER BY id",
        room_ids,
    )
    return [
        RoomDetail(
            *(
                *row,
                tuple(GuestRow(*each) for each in guests.get(row[0], ())),
                tuple(InvitationRow(*each) for each in invited.get(row[0], ())),
                tuple(document_id for (document_id,) in shared.get(row[0], ())),
            )
        )
        for row in rooms
    ]


def get_room(viewer: Viewer, case_id: int, room_id: int) -> RoomDetail:
    """One room of a case. Raises CaseNotFoundError, RoomNotFoundError."""
    for room in list_rooms(viewer, case_id):
        if room.id == room_id:
            return room
    raise RoomNotFoundError


def list_room_messages(viewer: Viewer, case_id: int) -> list[MessageItem]:
    """What was said in the rooms of a case, oldest first. Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    rows = fetch("SELECT id FROM partner_room WHERE case_id = %s", [case.pk])
    return saying.messages_of([room_id for (room_id,) in rows])


def _by_room(sql: str, room_ids: list[int]) -> dict[int, list[tuple]]:  # type: ignore[type-arg]
    found: dict[int, list[tuple]] = {}  # type: ignore[type-arg]
    for room_id, *rest in fetch(sql, [room_ids]):
        found.setdefault(room_id, []).append(tuple(rest))
    return found
