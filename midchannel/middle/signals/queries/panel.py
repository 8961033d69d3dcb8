"""The frozen panel: a fixed sample of texts, read by every model, so that a change of model is never taken for a change of mood."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from midchannel.middle.signals import labels
from midchannel.platform import ids
from midchannel.platform.database.bulk import fetch

SIZE, LEAST = 500, 40
DRAWN_FROM = timedelta(days=90)
Z = 1.96


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """What texts were read by: the models' version, the number of the company's calibration (0: none), and since when."""

    id: int
    model: str
    calibration: int
    first_used_at: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a reader moves a measure on the panel, against the reader before: `mean` of the differences with its 95 % interval.

    `measure`: "mood" (-1 to 1), or the share (0 to 1) of a sentiment or an intent. `is_real`: the interval leaves out nought.
    """

    measure: str
    mean: float
    low: float
    high: float
    texts: int

    @property
    def is_real(self) -> bool:
        """Whether the interval leaves out nought."""
        return self.low > 0 or self.high < 0


def list_readers() -> list[ReaderRow]:
    """Everything texts were read by, oldest first."""
    return [
        ReaderRow(*row) for row in fetch("SELECT id, model, calibration, first_used_at FROM signal_reader ORDER BY id")
    ]


def newest_reader() -> int | None:
    """What texts are read by now."""
    rows = fetch("SELECT id FROM signal_reader WHERE model <> '' ORDER BY id DESC LIMIT 1")
    return rows[0][0] if rows else None


def list_unread(reader_id: int, *, now: datetime) -> list[int]:
    """Texts of the panel that a reader has not read yet. The panel is drawn by chance when there is none and enough came."""
    members = fetch("SELECT DISTINCT activity_id FROM signal_panel")
    if not members:
        drawn = fetch(
            "SELECT id FROM signal WHERE id >= %s AND sentiment > 0 ORDER BY hashint8(id) LIMIT %s",
            [ids.at(now - DRAWN_FROM), SIZE],
        )
        return [identifier for (identifier,) in drawn] if len(drawn) >= LEAST else []
    done = {row[0] for row in fetch("SELECT activity_id FROM signal_panel WHERE reader_id = %s", [reader_id])}
    return sorted(identifier for (identifier,) in members if identifier not in done)


def list_shifts(before: int, after: int) -> list[Shift]:
    """How far one reader moves the measures against another, on the texts of the panel that both have read."""
    rows = fetch(
        "SELECT a.sentiment, a.negative, a.positive, a.intents, b.sentiment, b.negative, b.positive, b.intents"
        " FROM signal_panel a JOIN signal_panel b ON b.activity_id = a.activity_id WHERE a.reader_id = %s AND b.reader_id = %s",
        [before, after],
    )
    if len(rows) < 2:
        return []
    moods = [((row[6] - row[5]) - (row[2] - row[1])) / 1000 for row in rows]
    shifts = [_shift("mood", moods)]
    for number, name in enumerate(labels.SENTIMENTS):
        if name:
            shifts.append(_shift(name, [float(row[4] == number) - float(row[0] == number) for row in rows]))
    for bit, name in enumerate(labels.INTENTS):
        shifts.append(_shift(name, [float(row[7] >> bit & 1) - float(row[3] >> bit & 1) for row in rows]))
    return shifts


def _shift(measure: str, differences: Sequence[float]) -> Shift:
    count = len(differences)
    mean = sum(differences) / count
    spread = math.sqrt(sum((each - mean) ** 2 for each in differences) / (count - 1) / count)
    return Shift(measure, round(mean, 4), round(mean - Z * spread, 4), round(mean + Z * spread, 4), count)
