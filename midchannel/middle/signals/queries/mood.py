"""How somebody's mood goes: of a customer over all their handles, and within a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.middle.signals import labels
from midchannel.middle.signals.queries import seeing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

MOST = 2000
FIELDS = "s.id, s.at, s.sentiment, s.negative, s.positive, s.intents, s.channel_id"
OF_CUSTOMER = (
    f"SELECT {FIELDS} FROM source_record r JOIN activity a ON a.handle_id = r.handle_id JOIN signal s ON s.id = a.id"
    f" WHERE r.customer_id = %(customer)s AND a.at >= %(since)s AND s.sentiment > 0 AND {seeing.VISIBLE}"
    f" ORDER BY s.at DESC, s.id DESC LIMIT {MOST}"
)
OF_CONVERSATIONS = (
    "SELECT m.conversation_id, s.id, s.at, s.sentiment, s.negative, s.positive, s.intents, s.channel_id"
    " FROM message m JOIN signal s ON s.id = m.id"
    " WHERE m.conversation_id = ANY(%s::bigint[]) AND m.direction = 1 AND s.sentiment > 0 ORDER BY s.at, s.id"
)
TURN = 0.5
"""A mood has turned where a text's mood is so much above or below the mean of those before it."""


@dataclass(frozen=True, slots=True)
class Mood:
    """The mood of one text: -1 negative to 1 positive, and how sure its sentiment is, 0 to 1."""

    activity_id: int
    at: datetime
    sentiment: str
    value: float
    intents: tuple[str, ...]
    channel_id: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A mood that turned: in which conversation, with which text, from which mood to which (both -1 to 1)."""

    conversation_id: int
    activity_id: int
    at: datetime
    before: float
    after: float

    @property
    def direction(self) -> str:
        """ "better" or "worse"."""
        return "better" if self.after > self.before else "worse"


def mood(viewer: Viewer, customer_id: int, since: datetime) -> list[Mood]:
    """The mood of what a customer said since a moment, oldest first, of what the viewer may see."""
    values = {**seeing.of(viewer), "customer": customer_id, "since": since}
    return [_mood(row) for row in reversed(fetch(OF_CUSTOMER, values))]


def moods_of_conversations(conversation_ids: Sequence[int]) -> dict[int, list[Mood]]:
    """The moods of what the others said in some conversations, oldest first. For machines: nobody's rights are asked."""
    found: dict[int, list[Mood]] = {}
    for conversation_id, *row in fetch(OF_CONVERSATIONS, [array(conversation_ids)]):
        found.setdefault(conversation_id, []).append(_mood(row))
    return found


def turns(conversation_ids: Sequence[int], *, after_id: int = 0) -> list[Turn]:
    """Where the mood turned in some conversations, with texts after an activity, in order. For machines."""
    return [
        turn
        for conversation_id, moods in moods_of_conversations(conversation_ids).items()
        for turn in turns_in(conversation_id, moods)
        if turn.activity_id > after_id
    ]


def turns_in(conversation_id: int, moods: Sequence[Mood]) -> list[Turn]:
    """Where a row of moods turns: a text whose mood lies `TURN` from the mean of those since the last turn. Pure."""
    found: list[Turn] = []
    since: list[float] = []
    for each in moods:
        if since and abs(each.value - (before := sum(since) / len(since))) >= TURN:
            found.append(Turn(conversation_id, each.activity_id, each.at, round(before, 3), each.value))
            since = []
        since.append(each.value)
    return found


def _mood(row: Sequence[Any]) -> Mood:
    return Mood(
        row[0],
        row[1],
        labels.SENTIMENTS[row[2]],
        round((row[4] - row[3]) / 1000, 3),
        labels.names_of(row[5], labels.INTENTS),
        row[6],
    )
