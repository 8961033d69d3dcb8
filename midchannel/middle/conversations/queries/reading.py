"""One conversation and a window of its thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.middle.conversations.errors import ConversationNotFoundError
from midchannel.middle.conversations.models import Direction
from midchannel.middle.conversations.queries import seeing
from midchannel.middle.conversations.queries.listing import (
    COLUMNS,
    SHOWN,
    ConversationRow,
    audience_word,
    last_words,
    row_of,
)
from midchannel.middle.conversations.states import moves_from
from midchannel.outside.channels import queries as channels
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database import paging
from midchannel.platform.database.bulk import array, fetch

IN = int(Direction.IN)
BEFORE_AROUND = 10
LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody from outside who may see what is private here."""

    handle_id: int
    address: str
    name: str
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A person's unsent text in a conversation. `saw_message_id` is the last message they had seen when they wrote."""

    text: str
    saw_message_id: int | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationDetail:
    """A conversation as its page shows it. `row` has what the list has.

    `moves` are the states it may be moved to; `read_id` the last message the viewer has read; `joined_into_id` the conversation that its
    messages moved to. `is_guest` when the viewer sees it only because a colleague asked them.
    """

    id: int
    row: ConversationRow
    owner_epoch: int
    opened_by_us: bool
    joined_into_id: int | None
    participants: tuple[Participant, ...]
    moves: tuple[str, ...]
    read_id: int
    draft: Draft | None
    is_guest: bool


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with a message. `sha256` when it is kept here, else only its `url` is known. `inline_id` when the HTML shows it."""

    name: str
    media_type: str
    size_bytes: int | None
    sha256: str
    url: str
    inline_id: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryMark:
    """How far our message got. `state`: queued, sending, sent, confirmed, failed or unknown.

    `take_back_until` while it can be taken back; `can_retry` when a person may try again; `reason` in words.
    """

    state: str
    reason: str = ""
    is_permanent: bool = False
    can_retry: bool = False
    take_back_until: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageItem:
    """One message in the thread. `direction` "in" or "out"; `text` is the newest version, `html` the markup it came with (from strangers),
    `quoted` what it repeats of earlier mails.

    `author_name` is the customer's for "in"; for "out" the colleague's, or the channel's when it was said elsewhere (`author_id` None).
    """

    id: int
    conversation_id: int
    direction: str
    audience: str
    at: datetime
    network: str
    handle_id: int | None
    customer_id: int | None
    author_id: int | None
    author_name: str
    author_address: str
    text: str
    html: str = ""
    quoted: str = ""
    subject: str = ""
    kind: str = ""
    duration: str = ""
    is_edited: bool = False
    is_deleted: bool = False
    is_automatic: bool = False
    is_unread: bool = False
    attachments: tuple[Attachment, ...] = ()
    delivery: DeliveryMark | None = None


@dataclass(frozen=True, slots=True)
class MessageWindow:
    """A part of a thread, oldest first. `has_older` and `has_newer` say whether there is more on either side.

    `first_unread_id` is the viewer's first unread message in the window, or None.
    """

    items: list[MessageItem]
    has_older: bool
    has_newer: bool
    first_unread_id: int | None = None


DETAIL = ", c.owner_epoch, c.opened_by_us, c.joined_into_id, o.read_id, d.text, d.saw_message_id, d.updated_at"
ONE = f"SELECT c.* FROM conversation c WHERE c.id = %(id)s AND {seeing.VISIBLE}"
WITH_DRAFT = "LEFT JOIN conversation_draft d ON d.conversation_id = c.id AND d.user_id = %(me)s"


def get_conversation(viewer: Viewer, conversation_id: int) -> ConversationDetail:
    """The one door to a conversation: proves the right and fetches. Raises ConversationNotFoundError."""
    rows = fetch(SHOWN.format(more=DETAIL, rows=ONE) + WITH_DRAFT, {**seeing.of(viewer), "id": conversation_id})
    if not rows:
        raise ConversationNotFoundError
    shown = row_of(rows[0], last_words(rows))
    epoch, by_us, joined_into_id, read_id, text, saw, updated_at = rows[0][COLUMNS:]
    return ConversationDetail(
        id=conversation_id,
        row=shown,
        owner_epoch=epoch,
        opened_by_us=by_us,
        joined_into_id=joined_into_id,
        participants=_participants(conversation_id),
        moves=moves_from(rows[0][1]),
        read_id=read_id,
        draft=None if text is None else Draft(text, saw, updated_at),
        is_guest=shown.scope_id not in viewer.scope_ids and not (viewer.is_lead and shown.scope_id is None),
    )


PEOPLE = (
    "SELECT h.id, h.address, coalesce(nullif(k.name, h.address), nullif(h.name, ''), h.address), k.id, h.network FROM handle h"
    " LEFT JOIN source_record s ON s.handle_id = h.id LEFT JOIN customer k ON k.id = s.customer_id"
)


def _participants(conversation_id: int) -> tuple[Participant, ...]:
    rows = fetch(
        f"{PEOPLE} JOIN conversation_participant p ON p.handle_id = h.id WHERE p.conversation_id = %s ORDER BY h.id LIMIT 100",
        [conversation_id],
    )
    return tuple(Participant(*row[:4]) for row in rows)


@dataclass(frozen=True, slots=True)
class _Place:
    """What all messages of a thread share."""

    conversation_id: int
    network: str
    channel_name: str
    channel_address: str
    read_id: int


def list_messages(
    viewer: Viewer,
    conversation_id: int,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 50,
) -> MessageWindow:
    """The newest `limit` messages; or those before, after or around (a few before, the rest from it on) a message id.

    Raises ConversationNotFoundError.
    """
    limit = paging.check_limit(limit)
    place = _prove(viewer, conversation_id)
    if around is not None:
        older, has_older = _older(conversation_id, around, min(BEFORE_AROUND, limit - 1))
        newer, has_newer = _newer(conversation_id, around - 1, limit - len(older))
        rows = older + newer
    elif after is not None:
        rows, has_newer = _newer(conversation_id, after, limit)
        has_older = True
    else:
        rows, has_older = _older(conversation_id, before, limit)
        has_newer = before is not None
    items = _items(place, rows)
    unread = [item.id for item in items if item.is_unread]
    return MessageWindow(items, has_older, has_newer, unread[0] if unread else None)


def get_messages(viewer: Viewer, conversation_id: int, message_ids: Sequence[int]) -> list[MessageItem]:
    """Some messages of a conversation, oldest first. Raises ConversationNotFoundError."""
    place = _prove(viewer, conversation_id)
    rows = fetch(
        f"{MESSAGE} WHERE m.conversation_id = %s AND m.id = ANY(%s::bigint[]) ORDER BY m.id",
        [conversation_id, array(message_ids)],
    )
    return _items(place, rows)


def _prove(viewer: Viewer, conversation_id: int) -> _Place:
    rows = fetch(
        "SELECT c.id, ch.network, ch.name, ch.address, coalesce(r.read_id, 0) FROM conversation c JOIN channel ch ON ch.id = c.channel_id"
        " LEFT JOIN conversation_read r ON r.conversation_id = c.id AND r.user_id = %(me)s"
        f" WHERE c.id = %(id)s AND {seeing.VISIBLE}",
        {**seeing.of(viewer), "id": conversation_id},
    )
    if not rows:
        raise ConversationNotFoundError
    return _Place(*rows[0])


MESSAGE = "SELECT m.id, m.direction, m.audience, m.author_id, u.name, m.body FROM message m LEFT JOIN account_user u ON u.id = m.author_id"


def _older(conversation_id: int, before: int | None, limit: int) -> tuple[list[Any], bool]:
    rows = fetch(
        f"{MESSAGE} WHERE m.conversation_id = %s AND m.id < %s ORDER BY m.id DESC LIMIT %s",
        [conversation_id, before if before is not None else LAST, limit + 1],
    )
    return rows[:limit][::-1], len(rows) > limit


def _newer(conversation_id: int, after: int, limit: int) -> tuple[list[Any], bool]:
    rows = fetch(
        f"{MESSAGE} WHERE m.conversation_id = %s AND m.id > %s ORDER BY m.id LIMIT %s",
        [conversation_id, after, limit + 1],
    )
    return rows[:limit], len(rows) > limit


def _items(place: _Place, rows: Sequence[Any]) -> list[MessageItem]:
    """Messages with their texts, authors and deliveries: each fetched once for all of them."""
    texts = channels.get_activities(row[0] for row in rows if row[3] is None)
    people = _people(text.handle_id for text in texts.values())
    deliveries = channels.get_deliveries(row[0] for row in rows if row[3] is not None)
    items = []
    for row in rows:
        text = texts.get(row[0])
        items.append(_said(place, row, text, people) if text else _ours(place, row, deliveries.get(row[0])))
    return items


def _people(handle_ids: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    wanted = array(set(handle_ids))
    if wanted == "{}":
        return {}
    return {row[0]: row for row in fetch(f"{PEOPLE} WHERE h.id = ANY(%s::bigint[])", [wanted])}


def _said(
    place: _Place, row: Sequence[Any], text: channels.ActivityText, people: dict[int, tuple[Any, ...]]
) -> MessageItem:
    message_id, direction, audience = row[:3]
    is_in = direction == IN
    _, address, name, customer_id, network = people.get(text.handle_id, (0, "", "", None, place.network))
    data = text.data or {}
    return MessageItem(
        id=message_id,
        conversation_id=place.conversation_id,
        direction="in" if is_in else "out",
        audience=audience_word(audience),
        at=text.at,
        network=network,
        handle_id=text.handle_id if is_in else None,
        customer_id=customer_id if is_in else None,
        author_id=None,
        author_name=name if is_in else place.channel_name,
        author_address=address,
        text=text.text,
        html=text.html,
        quoted=str(data.get("quoted") or ""),
        subject=text.subject,
        kind=text.kind.name.lower(),
        duration=str(data.get("duration") or ""),
        is_edited=text.versions > 0 and text.deleted_at is None,
        is_deleted=text.deleted_at is not None,
        is_automatic=text.is_automatic,
        is_unread=is_in and message_id > place.read_id,
        attachments=tuple(
            Attachment(f.name, f.media_type, f.size_bytes or None, f.sha256, f.url, f.inline_id) for f in text.files
        ),
    )


def _ours(place: _Place, row: Sequence[Any], delivery: channels.DeliveryRow | None) -> MessageItem:
    message_id, _direction, audience, author_id, author_name, body = row
    return MessageItem(
        id=message_id,
        conversation_id=place.conversation_id,
        direction="out",
        audience=audience_word(audience),
        at=ids.moment_of(message_id),
        network=place.network,
        handle_id=None,
        customer_id=None,
        author_id=author_id,
        author_name=author_name or place.channel_name,
        author_address=place.channel_address,
        text=body,
        subject=delivery.subject if delivery else "",
        attachments=tuple(
            Attachment(f.name, f.media_type, f.size_bytes, f.sha256, "") for f in (delivery.files if delivery else ())
        ),
        delivery=_mark(delivery) if delivery else None,
    )


def _mark(delivery: channels.DeliveryRow) -> DeliveryMark:
    is_fresh = delivery.state == "queued" and delivery.attempts == 0
    return DeliveryMark(
        state=delivery.state,
        reason=delivery.reason,
        is_permanent=delivery.is_permanent,
        can_retry=delivery.state in ("failed", "unknown"),
        take_back_until=delivery.due_at if is_fresh else None,
        settled_at=delivery.settled_at,
    )


def get_draft(viewer: Viewer, conversation_id: int) -> Draft | None:
    """The viewer's own draft in a conversation they may see."""
    rows = fetch(
        "SELECT d.text, d.saw_message_id, d.updated_at FROM conversation_draft d JOIN conversation c ON c.id = d.conversation_id"
        f" WHERE d.user_id = %(me)s AND c.id = %(id)s AND {seeing.VISIBLE}",
        {**seeing.of(viewer), "id": conversation_id},
    )
    return Draft(*rows[0]) if rows else None


def get_message_origin(viewer: Viewer, message_id: int) -> int:
    """The conversation a message is in. Raises ConversationNotFoundError when the viewer may not see it."""
    rows = fetch(
        f"SELECT c.id FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.id = %(id)s AND {seeing.VISIBLE}",
        {**seeing.of(viewer), "id": message_id},
    )
    if not rows:
        raise ConversationNotFoundError
    return int(rows[0][0])
