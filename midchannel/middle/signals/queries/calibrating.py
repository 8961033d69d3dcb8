"""The company's own calibration that is in use, ready to be applied."""

from dataclasses import dataclass

from midchannel.engines.language.reading import Adjust
from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class Own:
    """The calibration in use: its number (0: none), and what applies it."""

    id: int
    adjust: Adjust | None


def get_calibration() -> Own:
    """The calibration in use. One query."""
    found = fetch("SELECT id FROM signal_calibration WHERE is_used ORDER BY id DESC LIMIT 1")
    return Own(0, None) if not found else Own(found[0][0], None)
