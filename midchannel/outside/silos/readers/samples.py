"""What a page shows of a source's values."""

from collections.abc import Mapping, Sequence
from typing import Any

from midchannel.outside.silos import values

SHOWN = 3
WIDTH = 60


def of(rows: Sequence[Mapping[str, Any]], column: str) -> tuple[str, ...]:
    """Up to three different values of a column, cut to what a table has room for."""
    found: dict[str, None] = {}
    for row in rows:
        text = " ".join(values.text_of(row.get(column)).split())
        if text:
            found.setdefault(text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…")
        if len(found) == SHOWN:
            break
    return tuple(found)
