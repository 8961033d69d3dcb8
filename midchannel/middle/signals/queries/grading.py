"""How well texts are read, as people's corrections tell: precision and recall by label, calibration, what was left open.

Corrections of the inbox are made where something was wrong, so they say too little good of the models; texts drawn by chance do not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from midchannel.engines.alarm import shares
from midchannel.middle.signals.models import Calibration, Correction
from midchannel.middle.signals.queries import seeing
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch

Z = 1.96
BINS = 5
MOST = 20_000
SPANS = ("language", "sentiment", "intents", "topics", "urgency", "spam")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of `whole` texts with its 95 % interval (Wilson); None where there are no texts."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share itself."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where it lies with 95 % certainty."""
        return shares.wilson(self.part, self.whole, Z) if self.whole else (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Grade:
    """How well one label is read in one language ("" for all): of what was said to have it, and of what has it."""

    what: str
    label: str
    language: str
    precision: Share
    recall: Share


@dataclass(frozen=True, slots=True)
class Bin:
    """Of texts of which the models said a label holds with about `said`, so many hold."""

    said: float
    holds: Share


@dataclass(frozen=True, slots=True)
class Left:
    """What was left open since a moment: texts that were read, and of which there was no language, no sentiment, no intent."""

    texts: int
    language: int
    sentiment: int
    intents: int


def count_corrections() -> tuple[int, int]:
    """How many corrections hold, and how many of them were of texts drawn by chance."""
    rows = fetch("SELECT count(*), count(*) FILTER (WHERE is_sampled) FROM signal_correction WHERE is_last")
    return rows[0][0], rows[0][1]


def list_grades(*, is_sampled: bool | None = None) -> list[Grade]:
    """Precision and recall by label, over all languages and for each; the labels most was said about first."""
    found = Correction.objects.filter(is_last=True)
    if is_sampled is not None:
        found = found.filter(is_sampled=is_sampled)
    rows = found.order_by("-id").values_list("what", "holds", "shown", "language")[:MOST]
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for what, holds, shown, language in rows:
        for label in {*holds, *shown}:
            for each in {"", language}:
                count = counts[what, label, each]
                count["shown"] += label in shown
                count["holds"] += label in holds
                count["both"] += label in shown and label in holds
    grades = [
        Grade(what, label, language, Share(n["both"], n["shown"]), Share(n["both"], n["holds"]))
        for (what, label, language), n in counts.items()
    ]
    return sorted(
        grades, key=lambda g: (SPANS.index(g.what), g.language, -(g.precision.whole + g.recall.whole), g.label)
    )


def list_bins(what: str) -> list[Bin]:
    """Calibration: in five steps of what the models said, how much of it holds. One text gives a point for each label."""
    rows: Iterable[tuple[Sequence[str], dict[str, Any]]] = (
        Correction.objects.filter(is_last=True, what=what).order_by("-id").values_list("holds", "said")[:MOST]
    )
    points = [(float(sure), label in holds) for holds, said in rows for label, sure in said.items()]
    bins = []
    for number in range(BINS):
        inside = [(sure, holds) for sure, holds in points if min(int(sure * BINS), BINS - 1) == number]
        if inside:
            mean = sum(sure for sure, _ in inside) / len(inside)
            bins.append(Bin(mean, Share(sum(holds for _, holds in inside), len(inside))))
    return bins


def count_left(*, since: datetime) -> Left:
    """What was left open since a moment."""
    row = fetch(
        "SELECT count(*), count(*) FILTER (WHERE language = ''), count(*) FILTER (WHERE sentiment = 0), count(*) FILTER (WHERE intents = 0)"
        " FROM signal WHERE id >= %s",
        [ids.at(since)],
    )[0]
    return Left(*row)


def get_calibration_row() -> Calibration | None:
    """The calibration in use, with what it was measured to be worth."""
    return Calibration.objects.filter(is_used=True).order_by("-id").first()


def draw_unchecked(viewer: Viewer, *, since: datetime, limit: int) -> list[int]:
    """Texts drawn by chance, of which nobody has said anything yet, among those the viewer may see."""
    rows = fetch(
        f"SELECT s.id FROM signal s WHERE s.id >= %(since)s AND s.corrected = 0 AND s.sentiment > 0 AND {seeing.VISIBLE}"
        " ORDER BY hashint8(s.id # %(salt)s) LIMIT %(limit)s",
        {**seeing.of(viewer), "since": ids.at(since), "salt": since.toordinal(), "limit": limit},
    )
    return [identifier for (identifier,) in rows]


def list_examples(viewer: Viewer, what: str, label: str, *, limit: int) -> list[int]:
    """Texts about which a person said otherwise than was shown about a label, newest first, of those the viewer may see."""
    rows = fetch(
        "SELECT s.id FROM signal_correction c JOIN signal s ON s.id = c.activity_id WHERE c.is_last AND c.what = %(what)s"
        f" AND (%(label)s = ANY(c.holds)) IS DISTINCT FROM (%(label)s = ANY(c.shown)) AND {seeing.VISIBLE}"
        " ORDER BY c.id DESC LIMIT %(limit)s",
        {**seeing.of(viewer), "what": what, "label": label, "limit": limit},
    )
    return [identifier for (identifier,) in rows]
