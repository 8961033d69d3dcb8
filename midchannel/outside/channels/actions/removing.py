"""What arrived is removed as if it had never come: the undo of an import, the end of the demo. Never a deletion at its source."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from midchannel.outside.channels import documents
from midchannel.outside.channels.actions.arriving import MAX_BATCH, STRIPES
from midchannel.outside.channels.actions.filing import APPLY_LOCK, unpack
from midchannel.outside.channels.kinds import Flag
from midchannel.platform.database.bulk import array, execute, fetch

FROM_BLOCKS = f"FROM arrival a JOIN unnest(%s::bigint[]) AS i ON a.first_id <= i AND a.first_id > i - {MAX_BATCH} WHERE a.channel_id = %s"
CHANNEL_TABLES = (
    "arrival",
    "parked",
    "channel_count",
    "channel_dropped",
    "channel_token",
    "send_budget",
    "delivery",
    "activity",
)


def remove_activities(ids: Sequence[int], *, keys: Sequence[str] = ()) -> set[int]:
    """Remove activities (or versions) with what is known of having seen them. Returns the handles whose activities went.

    An activity takes its versions with it. `keys` (of `documents.key_of`), where all are known, save a walk through everything ever seen.
    In the caller's transaction.
    """
    wanted = array(ids)
    handles = {row[0] for row in fetch("SELECT handle_id FROM activity WHERE id = ANY(%s::bigint[])", [wanted])}
    execute(
        "DELETE FROM activity_version WHERE id = ANY(%s::bigint[]) OR activity_id = ANY(%s::bigint[])", [wanted, wanted]
    )
    seen = "s.activity_id = ANY(%s::bigint[])" + (" AND s.key = ANY(%s::uuid[])" if keys else "")
    parameters = [wanted, array(keys)] if keys else [wanted]
    execute(f"DELETE FROM seen_version v USING seen s WHERE v.key = s.key AND {seen}", parameters)
    execute(f"DELETE FROM seen s WHERE {seen}", parameters)
    execute("DELETE FROM activity WHERE id = ANY(%s::bigint[])", [wanted])
    return handles


def forget_versions(keys: Sequence[tuple[str, int]]) -> None:
    """Forget that these contents (key, content) were seen as edits, so that they may come again."""
    execute(
        "DELETE FROM seen_version v USING unnest(%s::uuid[], %s::bigint[]) AS n(key, content)"
        " WHERE v.key = n.key AND v.content = n.content",
        [array(key for key, _ in keys), array(content for _, content in keys)],
    )


@dataclass(frozen=True, slots=True)
class Stored:
    """One document of a stored batch: the id it has, and the hash under which it would be parked."""

    id: int
    hash: str
    is_waiting: bool


def open_blocks(channel_id: int, ids: Sequence[int]) -> list[Stored]:
    """The documents of the batches that these activities or versions came in."""
    rows = fetch(f"SELECT DISTINCT a.first_id, a.body, a.waiting {FROM_BLOCKS}", [array(ids), channel_id])
    return [
        Stored(first_id + position, documents.raw_hash(raw), waiting)
        for first_id, body, waiting in rows
        for position, _verdict, _target, raw in unpack(body)
    ]


def remove_blocks(channel_id: int, ids: Sequence[int]) -> None:
    """Remove the raw documents of batches whose activities were removed. Runs of ids are further apart than a batch is long."""
    execute(f"DELETE FROM arrival WHERE first_id IN (SELECT a.first_id {FROM_BLOCKS})", [array(ids), channel_id])


def remove_versions(ids: Sequence[int]) -> None:
    """Remove versions; an activity without any other is no longer marked as edited."""
    rows = fetch("DELETE FROM activity_version WHERE id = ANY(%s::bigint[]) RETURNING activity_id", [array(ids)])
    execute(
        "UPDATE activity a SET flags = flags & ~%s WHERE a.id = ANY(%s::bigint[])"
        " AND NOT EXISTS (SELECT 1 FROM activity_version v WHERE v.activity_id = a.id)",
        [int(Flag.EDITED), array(activity_id for (activity_id,) in rows)],
    )


def remove_parked(channel_id: int, hashes: Sequence[str]) -> int:
    """Remove parked documents that are still parked; returns how many there were."""
    return execute(
        "DELETE FROM parked WHERE channel_id = %s AND raw_hash = ANY(%s::uuid[]) AND replayed_at IS NULL",
        [channel_id, array(hashes)],
    )


def uncount(channel_id: int, *, received: int, duplicate: int, applied: int) -> None:
    """Take back what was counted of deliveries that are removed, so that the sum of a channel stays true."""
    stripe = os.getpid() % STRIPES
    execute(
        "INSERT INTO channel_count AS c (channel_id, stripe, received, duplicate, applied) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (channel_id, stripe) DO UPDATE SET received = c.received + excluded.received,"
        " duplicate = c.duplicate + excluded.duplicate, applied = c.applied + excluded.applied",
        [channel_id, stripe, -received, -duplicate, -applied],
    )


def hold_applying(channel_id: int) -> None:
    """Let nothing more of a channel be applied until the transaction ends; wait for what is under way."""
    execute("SELECT pg_advisory_xact_lock(%s, %s)", [APPLY_LOCK, channel_id])


def hold_channels(channel_ids: Sequence[int]) -> None:
    """Let nothing more be applied or stored in some channels until the transaction ends; wait for what is under way."""
    for channel_id in sorted(channel_ids):
        hold_applying(channel_id)
    execute("SELECT 1 FROM channel WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE", [array(channel_ids)])


def list_activity_ids(channel_ids: Sequence[int]) -> list[int]:
    """Everything that became an activity in some channels, for its removal."""
    rows = fetch("SELECT id FROM activity WHERE channel_id = ANY(%s::int[])", [array(channel_ids)])
    return [identifier for (identifier,) in rows]


def remove_channels(channel_ids: Sequence[int]) -> None:
    """Remove channels with all that arrived, was parked, counted and sent there. In the caller's transaction."""
    wanted = array(channel_ids)
    for table in CHANNEL_TABLES:
        execute(f"DELETE FROM {table} WHERE channel_id = ANY(%s::bigint[])", [wanted])
    execute("DELETE FROM channel WHERE id = ANY(%s::bigint[])", [wanted])


def silent_handles(handle_ids: Sequence[int]) -> list[int]:
    """Those of some handles of whom no activity is left."""
    rows = fetch(
        "SELECT h.id FROM handle h WHERE h.id = ANY(%s::bigint[])"
        " AND NOT EXISTS (SELECT 1 FROM activity a WHERE a.handle_id = h.id)",
        [array(handle_ids)],
    )
    return [identifier for (identifier,) in rows]


def remove_handles(handle_ids: Sequence[int]) -> None:
    """Remove handles that nothing refers to any more."""
    execute("DELETE FROM handle WHERE id = ANY(%s::bigint[])", [array(handle_ids)])


def list_heard_only_in(channel_ids: Sequence[int]) -> list[int]:
    """Handles who were heard in some channels, and in no other."""
    rows = fetch(
        "SELECT handle_id FROM activity GROUP BY 1 HAVING bool_and(channel_id = ANY(%s::int[]))", [array(channel_ids)]
    )
    return [identifier for (identifier,) in rows]
