"""What comes in: told new from seen, and stored, in the transaction that is acknowledged."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import zstandard
from django.db import transaction

from midchannel.outside.channels import documents, erased, registry
from midchannel.outside.channels.kinds import Outcome, Verdict
from midchannel.outside.channels.models import Parked
from midchannel.outside.channels.port import CannotTranslateError
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, execute, execute_binary, fetch

MAX_BATCH = 1000
STRIPES = 8
WAKE = "arrivals"
NO_ACTIVITY = 0
# The code of what was parked in its network's own language begins like this.
UNTRANSLATED = "message-"

# The content under which our own messages are kept in `seen`.
OWN_WORDS = -(2**63)

_pack = msgspec.msgpack.Encoder().encode
_compressor = zstandard.ZstdCompressor(level=1)

ACCEPTED, DUPLICATE, EDIT, PARKED = Outcome.ACCEPTED, Outcome.DUPLICATE, Outcome.EDIT, Outcome.PARKED
NEW, CHANGE, REMOVAL = int(Verdict.NEW), int(Verdict.EDIT), int(Verdict.DELETE)


class ItemOutcome(msgspec.Struct, frozen=True):
    """What became of one document; `code` and `reason` only when it was parked."""

    outcome: Outcome
    external_id: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a batch, item by item, in the order it was given. An accepted one or an edit has the id `first_id` + position."""

    items: list[ItemOutcome]
    first_id: int = 0

    def count(self, outcome: Outcome) -> int:
        """How many of the batch had this outcome."""
        return sum(item.outcome is outcome for item in self.items)


class _Entry(msgspec.Struct):
    """One understood document on its way through `receive`."""

    position: int
    raw: bytes
    key: str
    external_id: str
    content: int
    outcome: Outcome = Outcome.DUPLICATE
    verdict: int = NEW
    target: int = NO_ACTIVITY


def receive(
    channel_id: int,
    raws: Sequence[bytes],
    *,
    now: datetime,
    refused_before: Mapping[int, documents.CannotApplyError] | None = None,
) -> Received:
    """Store a batch of 1 to 1,000 raw documents. When this returns (outside a transaction), it is durable.

    Each is new, a duplicate (the same content under the same id), an edit (other content under the same id) or parked with the reason.
    Safe to repeat and to race: the primary keys of `seen` and `seen_version` decide who was first. Inside a caller's transaction
    (a reader that keeps its cursor) it commits with that. `refused_before` are positions that a translator could make nothing of.
    """
    if not 1 <= len(raws) <= MAX_BATCH:
        raise ValueError(f"a batch has 1 to {MAX_BATCH:,} documents, not {len(raws):,}")
    entries: list[_Entry] = []
    refused: list[tuple[int, bytes, documents.CannotApplyError]] = []
    for position, raw in enumerate(raws):
        if refused_before and position in refused_before:
            refused.append((position, raw, refused_before[position]))
            continue
        try:
            envelope = documents.read(raw, now=now)
        except documents.CannotApplyError as error:
            refused.append((position, raw, error))
        else:
            key = documents.key_of(channel_id, envelope.external_id)
            entries.append(_Entry(position, raw, key, envelope.external_id, envelope.content))
    with transaction.atomic():
        parked = _park(channel_id, refused, now=now) if refused else set()
        run = _tell_new_from_seen(entries, now=now) if entries else None
        kept = [entry for entry in entries if entry.outcome is not DUPLICATE]
        _count(channel_id, received=len(raws), duplicate=len(raws) - len(parked) - len(kept), now=now)
        if kept and run:
            _store(channel_id, run.start, kept)
    return Received(_outcomes(len(raws), entries, refused, parked), run.start if run else 0)


def _park(channel_id: int, refused: list[tuple[int, bytes, documents.CannotApplyError]], *, now: datetime) -> set[str]:
    """Keep what was refused, whole. Returns the hashes of those not parked before; the others are duplicates."""
    hashes: dict[str, tuple[bytes, str, str]] = {}
    for _, raw, error in refused:
        hashes.setdefault(documents.raw_hash(raw), (raw, error.code, error.reason))
    fresh = set()
    for digest, (raw, code, reason) in sorted(hashes.items()):
        fresh |= {
            row[0].hex
            for row in fetch(
                "INSERT INTO parked (channel_id, raw, raw_hash, code, reason, arrived_at, outcome) VALUES (%s, %s, %s, %s, %s, %s, '')"
                " ON CONFLICT (channel_id, raw_hash) DO NOTHING RETURNING raw_hash",
                [channel_id, raw, digest, code, reason, now],
            )
        }
    return fresh


def _tell_new_from_seen(entries: list[_Entry], *, now: datetime) -> range:
    """Decide each entry's outcome, verdict and target. Returns the run of ids: an activity's id is `run[position in the batch]`."""
    run = ids.take(entries[-1].position + 1, now=now)
    first: dict[str, _Entry] = {}
    later: list[_Entry] = []
    for entry in entries:
        if first.setdefault(entry.key, entry) is not entry:
            later.append(entry)
    # Sorted, so that two batches with the same keys wait for each other in one order and never in a ring.
    ordered = sorted(first)
    fresh = fetch(
        "INSERT INTO seen (key, content, activity_id)"
        " SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING"
        " RETURNING replace(key::text, '-', ''), EXISTS (SELECT FROM seen_erased)",
        [array(ordered), array(first[k].content for k in ordered), array(run[first[k].position] for k in ordered)],
    )
    gone = erased.take_erased(key for key, _ in fresh) if fresh and fresh[0][1] else set()
    for key, _ in fresh:
        entry = first.pop(key)
        if key in gone:
            continue
        entry.outcome = ACCEPTED
        entry.target = run[entry.position]
        entry.verdict = REMOVAL if entry.content == documents.DELETED else NEW
    again = [*first.values(), *later]
    if again:
        _tell_edits(again)
    return run


def _tell_edits(again: list[_Entry]) -> None:
    """Among what has been seen: content known under its key is a duplicate; the rest is an edit, or a deletion.

    What was deleted stays deleted, and the network's echo of our own words is never a customer's edit.
    """
    known = {
        key.hex: (content, activity)
        for key, content, activity in fetch(
            "SELECT key, content, activity_id FROM seen WHERE key = ANY(%s::uuid[])", [array({e.key for e in again})]
        )
    }
    changed: dict[tuple[str, int], _Entry] = {}
    for entry in sorted(again, key=lambda each: each.position):
        content, target = known.get(entry.key, (entry.content, NO_ACTIVITY))
        if (entry.key, documents.DELETED) in changed:
            continue
        if content not in (entry.content, OWN_WORDS, documents.DELETED):
            entry.target = target
            changed.setdefault((entry.key, entry.content), entry)
    if not changed:
        return
    gone = fetch(
        "SELECT key FROM seen_version WHERE content = %s AND key = ANY(%s::uuid[])",
        [documents.DELETED, array({key for key, _ in changed})],
    )
    deleted = {key.hex for (key,) in gone}
    pairs = sorted(pair for pair in changed if pair[0] not in deleted)
    first_time = fetch(
        "INSERT INTO seen_version (key, content) SELECT * FROM unnest(%s::uuid[], %s::bigint[])"
        " ON CONFLICT DO NOTHING RETURNING key, content",
        [array(key for key, _ in pairs), array(content for _, content in pairs)],
    )
    for key, content in first_time:
        entry = changed[key.hex, content]
        entry.outcome = EDIT
        entry.verdict = REMOVAL if content == documents.DELETED else CHANGE


def _store(channel_id: int, first_id: int, kept: list[_Entry]) -> None:
    block = _pack([[entry.position, entry.verdict, entry.target, entry.raw] for entry in kept])
    execute_binary(
        "INSERT INTO arrival (first_id, channel_id, size, waiting, body) VALUES (%s, %s, %s, true, %b)",
        [first_id, channel_id, len(kept), _compressor.compress(block)],
    )
    execute("SELECT pg_notify(%s, '')", [WAKE])


def _count(channel_id: int, *, received: int, duplicate: int, now: datetime) -> None:
    stripe = os.getpid() % STRIPES
    known = execute(
        "UPDATE channel_count SET received = received + %s, duplicate = duplicate + %s, last_at = %s WHERE channel_id = %s AND stripe = %s",
        [received, duplicate, now, channel_id, stripe],
    )
    if not known:
        execute(
            "INSERT INTO channel_count AS c (channel_id, stripe, received, duplicate, applied, last_at) VALUES (%s, %s, %s, %s, 0, %s)"
            " ON CONFLICT (channel_id, stripe) DO UPDATE SET received = c.received + excluded.received,"
            " duplicate = c.duplicate + excluded.duplicate, last_at = excluded.last_at",
            [channel_id, stripe, received, duplicate, now],
        )


def _translated(parked: Parked, *, now: datetime) -> bytes:
    """What was parked in its network's own language, as a document. Raises CannotApplyError."""
    channel = parked.channel
    translator = registry.get_translator(channel.network)
    if translator is None:
        return bytes(parked.raw)
    try:
        understood = translator.understand(bytes(parked.raw), channel_id=channel.pk, config=channel.config, now=now)
        return translator.translate(understood, may_locate=False, known={})[0][-1]
    except CannotTranslateError as error:
        raise documents.CannotApplyError(UNTRANSLATED + error.code, error.reason) from error


def count_dropped(channel_id: int, dropped: Mapping[str, int], *, now: datetime) -> None:
    """Count what was not kept, by the reason: it was understood, and nobody had allowed it. In the caller's transaction."""
    stripe = os.getpid() % STRIPES
    for reason in sorted(dropped):
        execute(
            "INSERT INTO channel_dropped AS c (channel_id, stripe, reason, count, last_at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (channel_id, stripe, reason) DO UPDATE SET count = c.count + excluded.count, last_at = excluded.last_at",
            [channel_id, stripe, reason, dropped[reason], now],
        )


def _outcomes(
    size: int, entries: list[_Entry], refused: list[tuple[int, bytes, documents.CannotApplyError]], parked: set[str]
) -> list[ItemOutcome]:
    items = [ItemOutcome(DUPLICATE)] * size
    for entry in entries:
        items[entry.position] = ItemOutcome(entry.outcome, entry.external_id)
    told = set(parked)
    for position, raw, error in refused:
        digest = documents.raw_hash(raw)
        outcome = PARKED if digest in told else DUPLICATE
        told.discard(digest)
        items[position] = ItemOutcome(outcome, code=error.code, reason=error.reason)
    return items


@transaction.atomic
def replay_parked(parked_id: int, *, now: datetime) -> ItemOutcome:
    """Try a parked document again, after whatever kept it was mended. It leaves the parked ones only when it could be stored.

    Raises Parked.DoesNotExist when it is not parked (any more).
    """
    parked = Parked.objects.select_for_update().get(pk=parked_id, replayed_at=None)
    try:
        raw = _translated(parked, now=now) if parked.code.startswith(UNTRANSLATED) else bytes(parked.raw)
        envelope = documents.read(raw, now=now)
    except documents.CannotApplyError as error:
        parked.code, parked.reason = error.code, error.reason
        parked.save(update_fields=["code", "reason"])
        return ItemOutcome(PARKED, code=error.code, reason=error.reason)
    entry = _Entry(
        0, raw, documents.key_of(parked.channel_id, envelope.external_id), envelope.external_id, envelope.content
    )
    run = _tell_new_from_seen([entry], now=now)
    parked.replayed_at, parked.outcome = now, entry.outcome.name.lower()
    parked.save(update_fields=["replayed_at", "outcome"])
    if entry.outcome is DUPLICATE:
        _count(parked.channel_id, received=0, duplicate=1, now=now)
    else:
        _store(parked.channel_id, run.start, [entry])
    return ItemOutcome(entry.outcome, entry.external_id)
