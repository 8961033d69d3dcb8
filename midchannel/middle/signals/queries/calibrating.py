"""The company's own calibration that is in use, ready to be applied."""

import functools
import io
from dataclasses import dataclass

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
    found = fetch(
        "SELECT id, md5(body::text) || md5(topics) FROM signal_calibration WHERE is_used ORDER BY id DESC LIMIT 1"
    )
    if not found:
        return Own(0, None)
    return Own(found[0][0], _adjust(*found[0]), _topics(*found[0]))


@functools.lru_cache(maxsize=2)
def _topics(calibration_id: int, _fingerprint: str) -> Topics | None:
    packed = bytes(fetch("SELECT topics FROM signal_calibration WHERE id = %s", [calibration_id])[0][0])
    return topics.load(io.BytesIO(packed)) if packed else None


@functools.lru_cache(maxsize=2)
def _adjust(calibration_id: int, _fingerprint: str) -> Adjust | None:
    body = fetch("SELECT body::text FROM signal_calibration WHERE id = %s", [calibration_id])[0][0]
    adjustment = msgspec.json.decode(body, type=Adjustment)
    if not adjustment.heads:
        return None
    names = {head.name: head.labels for head in language.meanings().shape.heads} | {"urgency": ("urgent",)}

    def adjust(batch: Letters, said: dict[str, Floats]) -> dict[str, Floats]:
        return calibrating.apply(adjustment, names, batch, said)

    return adjust
