"""What texts say, as a list: for machines that ask by label, channel and time."""

from datetime import datetime

from midchannel.middle.signals.queries import seeing
from midchannel.middle.signals.queries.counting import HOLDS
from midchannel.middle.signals.queries.reading import COLUMNS, FROM, Signal, signals_of
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database import paging
from midchannel.platform.database.bulk import fetch
from midchannel.platform.database.paging import Page


def list_signals(
    viewer: Viewer,
    *,
    labels: tuple[str, ...] = (),
    language: str | None = None,
    channel_id: int | None = None,
    since: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Signal]:
    """Newest first: texts of which all `labels` (of `counting.HOLDS`) hold, that arrived since a moment. Raises InvalidError."""
    limit = paging.check_limit(limit)
    before = paging.decode_cursor(cursor, int) if cursor else None
    conditions = [seeing.VISIBLE, *(HOLDS[label] for label in labels)]
    if language is not None:
        conditions.append("s.language = %(language)s")
    if channel_id is not None:
        conditions.append("s.channel_id = %(channel)s")
    if since is not None:
        conditions.append("s.id >= %(since)s")
    if before:
        conditions.append("s.id < %(before)s")
    values = {
        **seeing.of(viewer),
        "language": language,
        "channel": channel_id,
        "since": ids.at(since) if since else 0,
        "before": before[0] if before else 0,
        "limit": limit + 1,
    }
    rows = fetch(
        f"SELECT {COLUMNS} FROM {FROM} WHERE {' AND '.join(conditions)} ORDER BY s.id DESC LIMIT %(limit)s", values
    )
    return paging.cut(list(signals_of(rows).values()), limit, lambda signal: (signal.id,))
