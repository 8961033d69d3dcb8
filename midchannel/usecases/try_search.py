"""Try a search on history before it is saved: how much it would have found, and examples."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from midchannel.outside.listening import asking
from midchannel.outside.listening.queries import mentions
from midchannel.outside.listening.queries.mentions import MentionRow
from midchannel.platform.accounts.queries import Viewer
from midchannel.usecases import listen

DAYS = 30
MOST_TEXTS = 30_000
EXAMPLES = 8


@dataclass(frozen=True, slots=True)
class Tried:
    """What a query would have found: how much of `looked` texts since `back_to` (`is_whole`: of all of the time asked for), on which
    days (oldest first), in which moods, by how many people, and the newest of them that the viewer may see.
    """

    found: int
    people: int
    looked: int
    back_to: datetime
    is_whole: bool
    days: tuple[int, ...]
    examples: tuple[MentionRow, ...]

    @property
    def days_looked(self) -> int:
        """How many days that is."""
        return len(self.days)


def try_query(viewer: Viewer, text: str, *, now: datetime, days: int = DAYS) -> Tried:
    """Try it; nothing is kept. Raises BadQueryError."""
    query = asking.understand(text)
    since = now - timedelta(days=days)
    found, looked, back_to = listen.try_on_history(
        query, since=since, until=now + timedelta(seconds=1), stop=MOST_TEXTS
    )
    back = max((now - back_to) / timedelta(days=1), 0.0)
    count = min(max(int(back) + (back > int(back)), 1), days)
    per_day = [0] * count
    for each in found:
        ago = int((now - each.at) / timedelta(days=1))
        if 0 <= ago < count:
            per_day[count - 1 - ago] += 1
    seen = mentions.visible_of(viewer, [each.id for each in found[: 20 * EXAMPLES]])
    return Tried(
        found=len(found),
        people=len({each.handle_id for each in found}),
        looked=looked,
        back_to=back_to,
        is_whole=back_to <= since,
        days=tuple(per_day),
        examples=tuple(mentions.read(seen[:EXAMPLES])),
    )
