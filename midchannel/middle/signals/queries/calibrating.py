"""The company's own calibration that is in use, ready to be applied."""

import functools
import io
from dataclasses import dataclass
from datetime import datetime

import msgspec

from midchannel.engines import language
from midchannel.engines.language import calibrating, topics
from midchannel.engines.language.calibrating import Adjustment
from midchannel.engines.language.features import Floats
from midchannel.engines.language.letters import Letters
from midchannel.engines.language.reading import Adjust
from midchannel.engines.language.topics import Topics
from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class Own:
    """The calibration in use: its number (0: none), and what applies it."""

    id: int
    adjust: Adjust | None
    topics: Topics | None = None


def get_calibration() -> Own:
    """The calibration in use. One query, and a second one when it has changed."""
    found = fetch("SELECT id, made_at FROM signal_calibration WHERE is_used ORDER BY id DESC LIMIT 1")
    return _own(*found[0]) if found else Own(0, None)


@functools.lru_cache(maxsize=2)
def _own(calibration_id: int, _made_at: datetime) -> Own:
    """What was learned never changes under its number."""
    query = "SELECT body::text, topics FROM signal_calibration WHERE id = %s"
    body, packed = fetch(query, [calibration_id])[0]
    adjustment = msgspec.json.decode(body, type=Adjustment)
    learned = topics.load(io.BytesIO(bytes(packed))) if packed else None
    return Own(calibration_id, _adjust(adjustment) if adjustment.heads else None, learned)


def _adjust(adjustment: Adjustment) -> Adjust:
    names = {head.name: head.labels for head in language.meanings().shape.heads} | {"urgency": ("urgent",)}

    def adjust(batch: Letters, said: dict[str, Floats]) -> dict[str, Floats]:
        return calibrating.apply(adjustment, names, batch, said)

    return adjust
