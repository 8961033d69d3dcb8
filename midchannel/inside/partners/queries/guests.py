"""What a partner may know: the room they are a guest of, while the invitation holds and the case is open."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.inside.partners.errors import InvitationGoneError, RoomNotFoundError
from midchannel.inside.partners.queries import saying
from midchannel.inside.partners.queries.saying import MessageItem
from midchannel.middle.documents import queries as documents
from midchannel.middle.documents.errors import DocumentNotFoundError
from midchannel.middle.documents.queries import DocumentItem
from midchannel.platform.database.bulk import fetch
from midchannel.platform.secrets import token_hash


@dataclass(frozen=True, slots=True)
class Guest:
    """A partner in one room: who looks, for everything a partner may see. Made by `get_guest` alone."""

    id: int
    partner_id: int
    name: str
    organisation: str
    room_id: int
    room_name: str
    subject: str
    case_id: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation while it works, for whoever holds its link."""

    room_id: int
    email: str
    name: str
    organisation: str
    subject: str
    invited_by: str
    expires_at: datetime


def get_guest(partner_id: int, epoch: int, room_id: int) -> Guest:
    """The partner of a session in a room that is theirs. Raises RoomNotFoundError for any other room, and when it is over."""
    rows = fetch(
        "SELECT g.id, p.id, p.name, p.organisation, r.id, r.name, r.subject, r.case_id,"
        " array(SELECT o.name FROM partner_guest h JOIN partner o ON o.id = h.partner_id"
        "  WHERE h.room_id = r.id AND h.until IS NULL AND o.id <> p.id ORDER BY o.name)"
        " FROM partner_guest g JOIN partner p ON p.id = g.partner_id JOIN partner_room r ON r.id = g.room_id"
        " JOIN casework_case c ON c.id = r.case_id AND c.ended_at IS NULL"
        " WHERE g.partner_id = %s AND p.session_epoch = %s AND g.room_id = %s AND g.until IS NULL AND r.closed_at IS NULL",
        [partner_id, epoch, room_id],
    )
    if not rows:
        raise RoomNotFoundError
    return Guest(*(*rows[0][:8], tuple(rows[0][8])))


def list_messages(guest: Guest, *, after: int = 0) -> list[MessageItem]:
    """What was said in the guest's room, oldest first."""
    return saying.messages_of([guest.room_id], after=after)


def list_shared(guest: Guest) -> list[DocumentItem]:
    """The documents that were shared into the guest's room, the newest first."""
    rows = fetch(
        "SELECT document_id FROM partner_share WHERE room_id = %s AND ended_at IS NULL ORDER BY id DESC LIMIT 500",
        [guest.room_id],
    )
    found = documents.of_ids([document_id for (document_id,) in rows])
    return [found[document_id] for (document_id,) in rows if document_id in found]


def get_shared(guest: Guest, document_id: int) -> DocumentItem:
    """A document that was shared into the guest's room. Raises DocumentNotFoundError for any other."""
    shared = fetch(
        "SELECT 1 FROM partner_share WHERE room_id = %s AND document_id = %s AND ended_at IS NULL",
        [guest.room_id, document_id],
    )
    found = documents.of_ids([document_id]) if shared else {}
    if document_id not in found or found[document_id].case_id != guest.case_id:
        raise DocumentNotFoundError
    return found[document_id]


def get_invitation(token: str, *, now: datetime) -> Invited:
    """The invitation behind a link while it works. Raises InvitationGoneError."""
    rows = fetch(
        "SELECT i.room_id, i.email, i.name, i.organisation, r.subject, i.invited_by_name, i.expires_at FROM partner_invitation i"
        " JOIN partner_room r ON r.id = i.room_id AND r.closed_at IS NULL"
        " JOIN casework_case c ON c.id = r.case_id AND c.ended_at IS NULL"
        " WHERE i.token_hash = %s AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > %s",
        [token_hash(token), now],
    )
    if not rows:
        raise InvitationGoneError
    return Invited(*rows[0])
