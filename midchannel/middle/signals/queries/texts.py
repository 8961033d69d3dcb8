"""Texts that are to be read again: their newest words, as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.database.bulk import array, fetch

DELETED = 32
NOT_THEIRS = 12
TEXTS = (
    "SELECT a.id, a.at, a.channel_id, coalesce(a.data ->> 'subject', '') AS subject, coalesce(v.text, a.text) FROM activity a"
    " LEFT JOIN LATERAL (SELECT text FROM activity_version v WHERE v.activity_id = a.id ORDER BY v.id DESC LIMIT 1) v"
    f" ON a.flags & 16 <> 0 WHERE a.flags & {DELETED} = 0"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text that somebody said, with its subject in front."""

    id: int
    at: datetime
    channel_id: int
    text: str


def list_read_texts(activity_ids: Sequence[int]) -> dict[int, Text]:
    """The newest words of some activities, by id; what was taken back is left out. For machines."""
    rows = fetch(f"{TEXTS} AND a.id = ANY(%s::bigint[])", [array(activity_ids)])
    return {row[0]: Text(row[0], row[1], row[2], f"{row[3]}\n{row[4]}" if row[3] else row[4]) for row in rows}


def list_texts_after(activity_id: int, *, until: int, limit: int) -> list[Text]:
    """What somebody else said, after an activity and up to another, in the order it came; for reading history again."""
    rows = fetch(
        f"{TEXTS} AND a.id > %s AND a.id <= %s AND a.kind BETWEEN 1 AND 5 AND a.flags & {NOT_THEIRS} = 0 ORDER BY a.id LIMIT %s",
        [activity_id, until, limit],
    )
    return [Text(row[0], row[1], row[2], f"{row[3]}\n{row[4]}" if row[3] else row[4]) for row in rows]


def count_texts_after(activity_id: int, *, until: int) -> int:
    """About how many those are: all activities of that range."""
    return int(fetch("SELECT count(*) FROM activity WHERE id > %s AND id <= %s", [activity_id, until])[0][0])
