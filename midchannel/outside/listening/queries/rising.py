"""Reading what rises."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.outside.listening.queries import mentions
from midchannel.outside.listening.queries.mentions import MentionRow
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class RisingRow:
    """A term or topic that rises: people now and before (four times as long), how many times as often with an interval of 9 in 10.

    `words` set a topic apart; a term has none.
    """

    term: str
    now: int
    before: int
    ratio: float
    low: float
    high: float
    chance: float
    activity_ids: tuple[int, ...]
    words: tuple[str, ...] = ()

    @property
    def more(self) -> str:
        """The words of a topic that its name does not have."""
        return " ".join(word for word in self.words if word not in self.term.split())


@dataclass(frozen=True, slots=True)
class RisingState:
    """When it was computed, from how many posts and people, and how many terms were tested."""

    computed_at: datetime
    posts: int
    people: int
    before_people: int
    tested: int


def list_rising(viewer: Viewer, hours: int) -> list[RisingRow]:
    """Terms and topics, the surest first. At least five people speak of each, so it is nobody's own word."""
    rows = fetch(
        "SELECT term, now, before, ratio, low, high, chance, activity_ids, words FROM rising_term WHERE hours = %s ORDER BY place",
        [hours],
    )
    return [
        RisingRow(term, now, before, ratio, low, high, chance, tuple(examples), tuple(words))
        for term, now, before, ratio, low, high, chance, examples, words in rows
    ]


def get_state(hours: int) -> RisingState | None:
    """What they were computed from; None when they were not yet."""
    rows = fetch("SELECT computed_at, posts, people, before_people, tested FROM rising_state WHERE hours = %s", [hours])
    return RisingState(*rows[0]) if rows else None


def list_posts(viewer: Viewer, row: RisingRow) -> list[MentionRow]:
    """Posts behind a term or topic, of those kept as its examples and seen by the viewer."""
    return mentions.read(mentions.visible_of(viewer, row.activity_ids))
