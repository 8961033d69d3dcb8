"""What was kept long enough goes, by kind: activities, what is parked, raw documents. In the caller's transaction.

That something was seen stays (`seen` outlives retention), so that it does not come back; so do the counts.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
import zstandard

from midchannel.outside.channels.actions import removing
from midchannel.outside.channels.actions.arriving import MAX_BATCH
from midchannel.outside.channels.actions.erasing import HASH
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, execute, fetch

# What is cited is kept: a message of a conversation, a mention that was taken up.
CITED = (
    "EXISTS (SELECT 1 FROM message m WHERE m.id = a.id)"
    " OR EXISTS (SELECT 1 FROM mention n WHERE n.activity_id = a.id AND n.state = 'taken')"
)
OVERHEARD = f"a.id < %(before)s AND a.flags & {int(Flag.ADDRESSED)} = 0 AND NOT ({CITED})"
VISITS = f"a.id < %(before)s AND a.kind = {int(Kind.VISIT)} AND NOT ({CITED})"
PARKED = "p.arrived_at < %(moment)s"
# A block goes when nothing in it belongs to a conversation that is not settled: an answer reads from it what it has to name.
RAW = (
    f"NOT b.waiting AND b.first_id < %(before)s - {MAX_BATCH} AND NOT EXISTS (SELECT 1 FROM message m JOIN conversation c"
    f" ON c.id = m.conversation_id WHERE m.id >= b.first_id AND m.id < b.first_id + {MAX_BATCH} AND c.state IN (1, 2, 3))"
)
DUE = {
    "overheard": f"SELECT a.id FROM activity a WHERE {OVERHEARD}",
    "visits": f"SELECT a.id FROM activity a WHERE {VISITS}",
    "parked": f"SELECT p.id FROM parked p WHERE {PARKED}",
    "raw": f"SELECT b.first_id FROM arrival b WHERE {RAW}",
}


def count_due(kind: str, *, before: datetime) -> int:
    """How many of a kind are older than a moment and may go."""
    return int(fetch(f"SELECT count(*) FROM ({DUE[kind]}) d", _border(before))[0][0])


def list_due(kind: str, *, before: datetime, limit: int) -> list[int]:
    """Some of them, oldest first."""
    rows = fetch(f"{DUE[kind]} ORDER BY 1 LIMIT {int(limit)}", _border(before))
    return [identifier for (identifier,) in rows]


def _border(before: datetime) -> dict[str, object]:
    return {"before": ids.at(before), "moment": before}


def remove_expired(activity_ids: Sequence[int]) -> set[str]:
    """Remove activities with their versions and raw documents. Returns the files they named."""
    wanted = array(activity_ids)
    rows = fetch("SELECT data::text FROM activity WHERE id = ANY(%s::bigint[])", [wanted])
    versions = fetch(
        "DELETE FROM activity_version WHERE activity_id = ANY(%s::bigint[]) RETURNING id, data::text", [wanted]
    )
    execute("DELETE FROM activity WHERE id = ANY(%s::bigint[])", [wanted])
    files = {sha for text in [*(r[0] for r in rows), *(v[1] for v in versions)] for sha in HASH.findall(text or "")}
    return files | _blank({*activity_ids, *(version[0] for version in versions)})


def _blank(wanted: set[int]) -> set[str]:
    files: set[str] = set()
    rows = fetch(
        "SELECT DISTINCT a.first_id, a.body FROM unnest(%s::bigint[]) AS i"
        f" JOIN arrival a ON a.first_id <= i AND a.first_id > i - {MAX_BATCH}",
        [array(sorted(wanted))],
    )
    for first_id, body in rows:
        block = []
        for position, verdict, target, raw in unpack(bytes(body)):
            is_due = first_id + position in wanted
            files |= set(HASH.findall(raw.decode(errors="replace"))) if is_due else set()
            block.append((position, verdict, target, b"" if is_due else raw))
        packed = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(block))
        execute("UPDATE arrival SET body = %s WHERE first_id = %s", [packed, first_id])
    return files


def remove_parked_ids(parked_ids: Sequence[int]) -> None:
    """Remove what was parked for too long; it counts as dealt with, so that each channel's sum stays true."""
    for channel_id, count in fetch(
        "WITH gone AS (DELETE FROM parked WHERE id = ANY(%s::bigint[]) RETURNING channel_id, replayed_at)"
        " SELECT channel_id, count(*) FROM gone WHERE replayed_at IS NULL GROUP BY 1",
        [array(parked_ids)],
    ):
        removing.uncount(channel_id, received=0, duplicate=0, applied=-count)


def remove_raw(first_ids: Sequence[int]) -> None:
    """Remove blocks of raw documents; the activities stay."""
    execute("DELETE FROM arrival WHERE first_id = ANY(%s::bigint[]) AND NOT waiting", [array(first_ids)])


def drop_empty_partitions(*, before: datetime) -> int:
    """Drop months of `activity` of which nothing is left. Returns how many went."""
    return int(fetch("SELECT drop_empty_activity_partitions(%s)", [ids.at(before)])[0][0])


def ensure_partition(day: date) -> None:
    """Make the partition of `activity` for a day's month, unless it is there."""
    fetch("SELECT ensure_activity_partition(%s)", [day])
