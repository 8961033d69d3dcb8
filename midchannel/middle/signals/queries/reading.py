"""What texts say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from midchannel.middle.signals import labels
from midchannel.middle.signals.queries import seeing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

COLUMNS = (
    "s.id, s.at, s.channel_id, s.language, s.language_sure, s.sentiment, s.negative, s.positive, s.offensive, s.spam, s.urgency, s.press,"
    " s.corrected, s.intents, s.topics, s.detail::text, s.reader_id, t.model, t.sentiment, t.negative, t.positive"
)
FROM = "signal s LEFT JOIN signal_second t ON t.activity_id = s.id"


@dataclass(frozen=True, slots=True)
class Second:
    """What a second reading, by a larger model, says of a text's mood. Probabilities are 0 to 1."""

    model: str
    sentiment: str
    negative: float
    positive: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a text says. Probabilities are 0 to 1; "" and empty mean: not known.

    `intents` and `emotions` are likeliest first. `press` (0 to 1) orders queues. `corrected` are the respects in which a person said it.
    `personal` are types of personal data that stand in the text.
    """

    id: int
    at: datetime
    channel_id: int
    language: str
    language_sure: float
    sentiment: str
    negative: float
    positive: float
    offensive: float
    spam: float
    urgency: float
    press: float
    corrected: tuple[str, ...]
    intents: tuple[str, ...]
    topic_ids: tuple[int, ...]
    topics: tuple[str, ...]
    emotions: tuple[str, ...] = ()
    sureness: dict[str, float] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    reader_id: int = 0
    second: Second | None = None

    @property
    def mood(self) -> float:
        """From -1 (negative) to 1 (positive): the difference of the two probabilities."""
        return self.positive - self.negative

    @property
    def as_shown(self) -> "Signal":
        """As somebody who looks at this text is told: its mood by the second reading, where there is one and no person said otherwise.

        Whatever counts, orders, routes or alerts goes by the first reading, so that a second one moves no measure.
        """
        if self.second is None or "sentiment" in self.corrected:
            return self
        second = self.second
        return replace(self, sentiment=second.sentiment, negative=second.negative, positive=second.positive)

    @property
    def is_urgent(self) -> bool:
        """Whether it is said to be urgent."""
        return self.urgency >= labels.URGENT_FROM

    @property
    def is_spam(self) -> bool:
        """Whether it is said to be spam."""
        return self.spam >= labels.SPAM_FROM

    @property
    def sentiment_sure(self) -> float:
        """How sure the sentiment is."""
        if self.sentiment == "mixed":
            return min(self.negative + self.positive, 1.0)
        neutral = max(1 - self.negative - self.positive, 0.0)
        return {"negative": self.negative, "positive": self.positive, "neutral": neutral}.get(self.sentiment, 0.0)


def of(viewer: Viewer, activity_ids: Iterable[int]) -> dict[int, Signal]:
    """What some activities say, by id, of those that were read and that the viewer may see. Two queries."""
    values = {**seeing.of(viewer), "ids": array(activity_ids)}
    return signals_of(
        fetch(f"SELECT {COLUMNS} FROM {FROM} WHERE s.id = ANY(%(ids)s::bigint[]) AND {seeing.VISIBLE}", values)
    )


def of_known(activity_ids: Iterable[int]) -> dict[int, Signal]:
    """The same for a caller who has proved the right to see these activities, and for machines."""
    return signals_of(fetch(f"SELECT {COLUMNS} FROM {FROM} WHERE s.id = ANY(%s::bigint[])", [array(activity_ids)]))


def signals_of(rows: Sequence[Sequence[Any]]) -> dict[int, Signal]:
    """Rows of `COLUMNS` as signals, by id; topics get their names."""
    wanted = sorted({topic for row in rows for topic in row[14] or ()})
    names = (
        dict(fetch("SELECT id, name FROM signal_topic WHERE id = ANY(%s::int[])", [array(wanted)])) if wanted else {}
    )
    return {row[0]: _signal(row, names) for row in rows}


def _signal(row: Sequence[Any], names: dict[int, str]) -> Signal:
    detail: dict[str, Any] = msgspec.json.decode(row[15]) if row[15] else {}
    sureness = {str(name): float(value) for name, value in (detail.get("intents") or {}).items()}
    held = labels.names_of(row[13], labels.INTENTS)
    return Signal(
        id=row[0],
        at=row[1],
        channel_id=row[2],
        language=row[3],
        language_sure=row[4] / 1000,
        sentiment=labels.SENTIMENTS[row[5]],
        negative=row[6] / 1000,
        positive=row[7] / 1000,
        offensive=row[8] / 1000,
        spam=row[9] / 1000,
        urgency=row[10] / 1000,
        press=row[11] / 1000,
        corrected=labels.names_of(row[12], labels.WHATS),
        intents=tuple(sorted(held, key=lambda name: -sureness.get(name, 1.0))),
        topic_ids=tuple(row[14] or ()),
        topics=tuple(names[each] for each in row[14] or () if each in names),
        emotions=tuple(detail.get("emotions") or detail.get("basic") or ()),
        sureness=sureness,
        rules=tuple(detail.get("rules") or ()),
        personal=tuple(detail.get("personal") or ()),
        reader_id=row[16],
        second=Second(row[17], labels.SENTIMENTS[row[18]], row[19] / 1000, row[20] / 1000) if row[17] else None,
    )
