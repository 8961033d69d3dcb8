"""All that was said with and done by a person, over their handles and over all channels, as far as the viewer may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.middle.conversations.models import Direction
from midchannel.middle.conversations.queries import seeing
from midchannel.middle.conversations.queries.listing import audience_word
from midchannel.outside.channels import queries as channels
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

MOST_CONVERSATIONS = 1000
OUT = int(Direction.OUT)
OVERHEARD_WHEN_NOT = int(Flag.ADDRESSED)

# What is told elsewhere: visits and events by visit (`behaviour`), profiles where it is shown what is known and from where.
ELSEWHERE = tuple(map(int, (Kind.VISIT, Kind.EVENT, Kind.PROFILE)))

Moment = tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One thing somebody said or did, or that we answered. `conversation_id` None: it is in no conversation (a like, an order).

    `author_name` is the colleague's for what we said here; "" for the person's own and for what the company said elsewhere.
    """

    id: int
    at: datetime
    is_ours: bool
    kind: str
    text: str
    subject: str
    network: str
    channel_name: str
    conversation_id: int | None
    audience: str
    author_name: str = ""
    is_overheard: bool = False
    is_edited: bool = False
    is_deleted: bool = False


# By the index on (handle, time) of each partition, as far as a page needs (OFFSET 0 keeps the order before what is joined). What is in a
# conversation is seen with it, the rest with its channel.
THEIRS = f"""
SELECT t.* FROM unnest(%(handles)s::bigint[]) AS mine(handle_id) CROSS JOIN LATERAL (
    SELECT a.id, a.at, p.network, p.name, p.conversation_id, p.audience, false AS is_ours, ''::text AS author, ''::text AS body
    FROM (SELECT a.id, a.at, a.channel_id FROM activity a
        WHERE a.handle_id = mine.handle_id AND a.at <= %(at)s AND (a.at, a.id) < (%(at)s, %(id)s) AND a.kind NOT IN {ELSEWHERE}
        ORDER BY a.at DESC, a.id DESC OFFSET 0) a
    CROSS JOIN LATERAL (
        SELECT ch.network, ch.name, m.conversation_id, m.audience
        FROM channel ch LEFT JOIN message m ON m.id = a.id LEFT JOIN conversation c ON c.id = m.conversation_id
        WHERE ch.id = a.channel_id
          AND CASE WHEN m.id IS NULL THEN ch.scope_id = ANY(%(scopes)s::bigint[]) OR (%(lead)s AND ch.scope_id IS NULL)
              ELSE {seeing.VISIBLE} END
        LIMIT 1) p
    ORDER BY a.at DESC, a.id DESC LIMIT %(limit)s) t
ORDER BY t.at DESC, t.id DESC LIMIT %(limit)s
"""

# What was written here has the time in its id; what the company said elsewhere has it on its activity.
OURS = f"""
SELECT t.* FROM (
    SELECT m.id, coalesce(a.at, timestamptz '2020-01-01 00:00:00Z' + (m.id >> 20) * interval '1 millisecond') AS at, ch.network, ch.name,
        m.conversation_id, m.audience, true AS is_ours, coalesce(u.name, '') AS author, m.body
    FROM conversation c JOIN message m ON m.conversation_id = c.id AND m.direction = {OUT} JOIN channel ch ON ch.id = c.channel_id
    LEFT JOIN account_user u ON u.id = m.author_id
    LEFT JOIN LATERAL (SELECT a.at FROM activity a WHERE a.id = m.id AND m.author_id IS NULL LIMIT 1) a ON true
    WHERE c.handle_id = ANY(%(handles)s::bigint[]) AND (m.author_id IS NULL OR m.id < %(bound)s) AND {seeing.VISIBLE}) t
WHERE (t.at, t.id) < (%(at)s, %(id)s) ORDER BY t.at DESC, t.id DESC LIMIT %(limit)s
"""


def list_spoken(viewer: Viewer, handle_ids: Sequence[int], *, before: Moment, limit: int = 30) -> list[Spoken]:
    """What was said and done by these handles, and our answers, before a moment (time and id), the newest first.

    At most `limit` of theirs and `limit` of ours. Three or four queries.
    """
    if not handle_ids:
        return []
    values = {
        **seeing.of(viewer),
        "handles": array(handle_ids),
        "at": before[0],
        "id": before[1],
        "bound": ids.at(before[0]) + (1 << ids.LOW_BITS),
        "limit": limit,
    }
    rows = [*fetch(THEIRS, values), *fetch(OURS, values)]
    texts = channels.get_activities(row[0] for row in rows if not row[8])
    spoken = [_spoken(row, texts.get(row[0])) for row in rows]
    return sorted(spoken, key=lambda item: (item.at, item.id), reverse=True)


def _spoken(row: Sequence[Any], text: channels.ActivityText | None) -> Spoken:
    identifier, at, network, channel_name, conversation_id, audience, is_ours, author, body = row
    return Spoken(
        id=identifier,
        at=at,
        is_ours=is_ours,
        kind=text.kind.name.lower() if text else "message",
        text=text.text if text else body,
        subject=text.subject if text else "",
        network=network,
        channel_name=channel_name,
        conversation_id=conversation_id,
        audience=audience_word(audience) if audience else "",
        author_name=author,
        is_overheard=bool(text) and not text.flags & OVERHEARD_WHEN_NOT if text else False,
        is_edited=bool(text and text.versions),
        is_deleted=bool(text and text.deleted_at),
    )


@dataclass(frozen=True, slots=True)
class ContactCount:
    """A person's conversations in numbers, as far as the viewer sees them; counted up to 1,000 (`is_more` beyond)."""

    conversations: int
    open: int
    began_by_us: int
    first_at: datetime | None
    channels: int
    is_more: bool


def count_contacts(viewer: Viewer, handle_ids: Sequence[int]) -> ContactCount:
    """How often, since when and on how many channels. One query."""
    rows = fetch(
        "SELECT count(*), count(*) FILTER (WHERE state IN (1, 2, 3)), count(*) FILTER (WHERE opened_by_us), min(opened_at),"
        " count(DISTINCT channel_id) FROM (SELECT c.state, c.opened_by_us, c.opened_at, c.channel_id FROM conversation c"
        f" WHERE c.handle_id = ANY(%(handles)s::bigint[]) AND c.joined_into_id IS NULL AND {seeing.VISIBLE}"
        " ORDER BY c.id DESC LIMIT %(most)s) AS theirs",
        {**seeing.of(viewer), "handles": array(handle_ids), "most": MOST_CONVERSATIONS},
    )
    return ContactCount(*(*rows[0], rows[0][0] >= MOST_CONVERSATIONS))


def list_conversation_ids(viewer: Viewer, handle_ids: Sequence[int], *, limit: int = MOST_CONVERSATIONS) -> list[int]:
    """The conversations of a person that the viewer may see, the newest first."""
    rows = fetch(
        f"SELECT c.id FROM conversation c WHERE c.handle_id = ANY(%(handles)s::bigint[]) AND {seeing.VISIBLE}"
        " ORDER BY c.id DESC LIMIT %(limit)s",
        {**seeing.of(viewer), "handles": array(handle_ids), "limit": limit},
    )
    return [row[0] for row in rows]
