"""What has been stored is made into handles and activities, in batches, inside the transaction of `usecases.arrive`."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import zstandard

from midchannel.outside.channels import documents
from midchannel.outside.channels.actions.arriving import MAX_BATCH, STRIPES
from midchannel.outside.channels.documents import CannotApplyError, Envelope
from midchannel.platform import ids
from midchannel.platform.database.bulk import (
    NULL,
    array,
    copy_lines,
    copy_rows,
    escaped,
    execute,
    fetch,
    fetch_binary,
    moment,
    text_array,
)

# The first key of the advisory locks that let one worker at a time apply a channel's arrivals, in their order.
APPLY_LOCK = 0x6D63_0001

_unpack = msgspec.msgpack.Decoder(list[tuple[int, int, int, bytes]]).decode
_encode_json = msgspec.json.encode


class Applying(msgspec.Struct, frozen=True):
    """One stored document on its way to become an activity. `target` is the activity it makes, changes or removes."""

    id: int
    verdict: int
    target: int
    raw: bytes
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Taken:
    """The oldest waiting arrivals of one channel, locked until the transaction ends."""

    channel_id: int
    first_ids: list[int]
    items: list[Applying]
    size: int


def take_waiting(*, now: datetime, limit: int = 4 * MAX_BATCH) -> Taken | None:
    """Lock and decode the oldest waiting blocks of a channel nobody else is at, up to about `limit` documents. None: nothing to do."""
    for (channel_id,) in fetch("SELECT DISTINCT channel_id FROM arrival WHERE waiting"):
        if not fetch("SELECT pg_try_advisory_xact_lock(%s, %s)", [APPLY_LOCK, channel_id])[0][0]:
            continue
        blocks = fetch_binary(
            "SELECT first_id, body, size FROM (SELECT first_id, body, size, sum(size) OVER (ORDER BY first_id) - size AS before FROM"
            " (SELECT first_id, body, size FROM arrival WHERE waiting AND channel_id = %s ORDER BY first_id LIMIT %s) b) c"
            " WHERE before < %s ORDER BY first_id",
            [channel_id, limit, limit],
        )
        if blocks:
            items = [item for first_id, body, _ in blocks for item in _open(first_id, body, now)]
            return Taken(channel_id, [first_id for first_id, _, _ in blocks], items, sum(size for _, _, size in blocks))
    return None


def _open(first_id: int, body: bytes, now: datetime) -> Iterable[Applying]:
    # Times are judged by the moment of arrival, so that what was accepted then is accepted now.
    judged_at = max(now, ids.moment_of(first_id))
    for position, verdict, target, raw in unpack(body):
        if not raw:  # taken back by its author before it was applied
            continue
        envelope = documents.read(raw, now=judged_at, is_stored=True)
        yield Applying(first_id + position, verdict, target, raw, envelope)


def unpack(body: bytes) -> list[tuple[int, int, int, bytes]]:
    """The documents of an arrival's block: (position, verdict, target id, raw)."""
    return _unpack(zstandard.decompress(body))


class Known(msgspec.Struct, frozen=True):
    """Handles of a batch: ids by address; those addressed for the first time; those blocked; those with a new display name."""

    ids: dict[str, int]
    first_met: set[int]
    blocked: set[int]
    renamed: dict[int, str]


class Met(msgspec.Struct, frozen=True):
    """Somebody of a batch: their display name, a link to them, and whether they talked to the company (or it to them)."""

    name: str
    url: str
    addressed: bool


def know_handles(network: str, people: dict[str, Met], *, now: datetime) -> Known:
    """Find or make the handles of some people, by address. A changed display name is kept."""
    addresses = sorted(people)
    rows = fetch(
        "SELECT address, id, name, addressed, blocked_at FROM handle WHERE network = %s AND address = ANY(%s::text[])",
        [network, text_array(addresses)],
    )
    known = {row[0]: row[1] for row in rows}
    blocked = {row[1] for row in rows if row[4]}
    renamed = {row[1]: people[row[0]].name for row in rows if people[row[0]].name not in ("", row[2])}
    if renamed:
        execute(
            "UPDATE handle h SET name = n.name FROM unnest(%s::bigint[], %s::text[]) AS n(id, name) WHERE h.id = n.id",
            [array(renamed), text_array(renamed.values())],
        )
    first_met = {row[1] for row in rows if not row[3] and people[row[0]].addressed}
    if first_met:
        told = fetch(
            "UPDATE handle SET addressed = true WHERE NOT addressed AND id = ANY(%s::bigint[]) RETURNING id",
            [array(sorted(first_met))],
        )
        first_met = {identifier for (identifier,) in told}
    missing = [address for address in addresses if address not in known]
    if missing:
        first_met |= _make_handles(network, missing, people, known, now=now)
    return Known(known, first_met, blocked, renamed)


def _make_handles(
    network: str, addresses: list[str], people: dict[str, Met], known: dict[str, int], *, now: datetime
) -> set[int]:
    """Make those nobody made meanwhile; adds all to `known`. Returns the ids of those that are new here and addressed."""
    met = [people[address] for address in addresses]
    fresh = fetch(
        "INSERT INTO handle (id, network, address, name, url, addressed)"
        " SELECT n.id, %s, n.address, n.name, n.url, n.addressed"
        " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::boolean[]) AS n(id, address, name, url, addressed)"
        " ON CONFLICT (network, address) DO NOTHING RETURNING address, id, addressed",
        [
            network,
            array(ids.take_many(len(addresses), now=now)),
            text_array(addresses),
            text_array(m.name for m in met),
            text_array(m.url for m in met),
            array("t" if m.addressed else "f" for m in met),
        ],
    )
    known.update((address, identifier) for address, identifier, _ in fresh)
    others = [address for address in addresses if address not in known]
    if others:
        known.update(
            fetch(
                "SELECT address, id FROM handle WHERE network = %s AND address = ANY(%s::text[])",
                [network, text_array(others)],
            )
        )
    return {identifier for _, identifier, addressed in fresh if addressed}


def write_activities(channel_id: int, items: Sequence[Applying], handle_ids: dict[str, int]) -> None:
    """Store new activities. Their ids come from `receive`, so no row can be there yet."""
    columns = ("id", "handle_id", "at", "channel_id", "kind", "flags", "text", "data")
    copy_lines("activity", columns, (_activity(channel_id, item.id, item.envelope, handle_ids) for item in items))


def _activity(channel_id: int, identifier: int, told: Envelope, handle_ids: dict[str, int]) -> str:
    data = escaped(_encode_json(told.data).decode()) if told.data else NULL
    return (
        f"{identifier}\t{handle_ids[told.address]}\t{moment(told.at)}\t{channel_id}\t{told.kind}\t{told.flags}"
        f"\t{escaped(told.text)}\t{data}\n"
    )


def apply_versions(items: Sequence[Applying]) -> None:
    """Keep edits as versions, and honour deletions: the words go from the activity, its versions and the raw block; the fact stays.

    Raises CannotApplyError when somebody else than the author changes or takes back what was said.
    """
    _check_authors(items)
    items = _still_there(items)
    edits = [item for item in items if not item.envelope.is_deletion]
    if edits:
        copy_rows(
            "activity_version",
            ("id", "activity_id", "at", "deleted", "text", "data"),
            (
                (
                    item.id,
                    item.target,
                    item.envelope.at.isoformat(),
                    False,
                    item.envelope.text,
                    _encode_json(item.envelope.data).decode() if item.envelope.data else None,
                )
                for item in edits
            ),
        )
        execute(
            "UPDATE activity SET flags = flags | 16 WHERE id = ANY(%s::bigint[]) AND flags & 16 = 0",
            [array(i.target for i in edits)],
        )
    for item in items:
        if item.envelope.is_deletion and item.target != item.id:
            _take_back(item.target, item.id, item.envelope.at)
    # An edit that arrives after the deletion shows nothing either.
    execute(
        "UPDATE activity_version v SET text = '', data = NULL FROM activity a"
        " WHERE v.id = ANY(%s::bigint[]) AND a.id = v.activity_id AND a.flags & 32 <> 0",
        [array(i.id for i in edits)],
    )


def _still_there(items: Sequence[Applying]) -> list[Applying]:
    """Those whose activity is there. What would change one that was erased meanwhile, or kept long enough, is not kept either."""
    rows = fetch("SELECT id FROM activity WHERE id = ANY(%s::bigint[])", [array({item.target for item in items})])
    there = {identifier for (identifier,) in rows}
    for item in items:
        if item.target not in there:
            _blank_raw(item.id)
    return [item for item in items if item.target in there]


def _check_authors(items: Sequence[Applying]) -> None:
    rows = fetch(
        "SELECT a.id, h.address FROM activity a JOIN handle h ON h.id = a.handle_id WHERE a.id = ANY(%s::bigint[])",
        [array({item.target for item in items})],
    )
    authors = dict(rows)
    for item in items:
        author, actor = authors.get(item.target), item.envelope.address
        if author is not None and actor and actor != author:
            raise CannotApplyError(
                "other-author",
                f"{actor!r} would change what {author!r} said under the id {item.envelope.external_id!r}; only its author may."
                " If both are one person, send the author's own handle as the actor",
            )


def _take_back(activity_id: int, version_id: int, at: datetime) -> None:
    array_of = array([activity_id])
    execute("UPDATE activity SET text = '', data = NULL, flags = flags | 32 WHERE id = ANY(%s::bigint[])", [array_of])
    execute("UPDATE activity_version SET text = '', data = NULL WHERE activity_id = %s", [activity_id])
    execute(
        "INSERT INTO activity_version (id, activity_id, at, deleted, text) VALUES (%s, %s, %s, true, '')",
        [version_id, activity_id, at],
    )
    versions = [row[0] for row in fetch("SELECT id FROM activity_version WHERE activity_id = %s", [activity_id])]
    for identifier in (activity_id, *versions):
        _blank_raw(identifier)


def _blank_raw(identifier: int) -> None:
    """Rewrite the block that holds this document without its words."""
    rows = fetch("SELECT first_id, body FROM arrival WHERE first_id <= %s ORDER BY first_id DESC LIMIT 1", [identifier])
    if not rows or identifier - rows[0][0] >= MAX_BATCH:
        return
    first_id, body = rows[0]
    block = [
        (position, verdict, target, b"" if first_id + position == identifier else raw)
        for position, verdict, target, raw in unpack(body)
    ]
    packed = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(block))
    execute("UPDATE arrival SET body = %s WHERE first_id = %s", [packed, first_id])


def mark_applied(taken: Taken, *, applied: int) -> None:
    """Close the blocks and count what became activities; the rest was parked."""
    execute("UPDATE arrival SET waiting = false WHERE first_id = ANY(%s::bigint[])", [array(taken.first_ids)])
    stripe = os.getpid() % STRIPES
    if not execute(
        "UPDATE channel_count SET applied = applied + %s WHERE channel_id = %s AND stripe = %s",
        [applied, taken.channel_id, stripe],
    ):
        execute(
            "INSERT INTO channel_count AS c (channel_id, stripe, received, duplicate, applied) VALUES (%s, %s, 0, 0, %s)"
            " ON CONFLICT (channel_id, stripe) DO UPDATE SET applied = c.applied + excluded.applied",
            [taken.channel_id, stripe, applied],
        )


def park_item(channel_id: int, item: Applying, error: Exception, *, now: datetime) -> None:
    """Set one stored document aside, whole, because applying it failed; it is forgotten as seen, so that a replay starts afresh."""
    reason = (
        error.reason
        if isinstance(error, CannotApplyError)
        else f"could not be applied: {type(error).__name__}: {error}"
    )
    execute(
        "INSERT INTO parked (channel_id, raw, raw_hash, code, reason, arrived_at, outcome) VALUES (%s, %s, %s, 'apply', %s, %s, '')"
        " ON CONFLICT (channel_id, raw_hash) DO UPDATE SET replayed_at = NULL, code = 'apply', reason = excluded.reason",
        [channel_id, item.raw, documents.raw_hash(item.raw), reason[:1000], now],
    )
    key = documents.key_of(channel_id, item.envelope.external_id)
    if item.target == item.id:
        execute("DELETE FROM seen WHERE key = %s AND activity_id = %s", [key, item.target])
    else:
        content = documents.read(item.raw, now=now).content
        execute("DELETE FROM seen_version WHERE key = %s AND content = %s", [key, content])
