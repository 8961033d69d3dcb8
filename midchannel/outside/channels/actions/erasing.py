"""Somebody's words, files and faces are erased: from activities, versions, raw blocks, what is parked and what was sent.

What stays: that something arrived (a sealed key, so that it does not come back; see `erased`) and the counts. What others
said stays whole, apart from the person's addresses in what surrounds their words. In the caller's transaction, with `hold_all`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import zstandard

from midchannel.outside.channels import documents, erased
from midchannel.outside.channels.actions import removing
from midchannel.outside.channels.actions.arriving import MAX_BATCH
from midchannel.outside.channels.actions.filing import unpack
from midchannel.platform.database.bulk import array, execute, fetch, text_array

HASH = re.compile(r"\b[0-9a-f]{64}\b")
OWN_TEXTS = frozenset({"content", "mc:html", "summary", "html", "subject", "text"})
NOBODY = 0

Redact = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Said:
    """What some handles said: activities and their versions, the channels, the files that came with them."""

    activity_ids: list[int]
    version_ids: list[int]
    channel_ids: list[int]
    files: set[str] = field(default_factory=set)


def hold_all() -> None:
    """Let nothing be applied anywhere until the transaction ends; wait for what is under way."""
    for (channel_id,) in fetch("SELECT id FROM channel ORDER BY id"):
        removing.hold_applying(channel_id)


def list_said(handle_ids: Sequence[int]) -> Said:
    """Everything some handles said or did."""
    rows = fetch(
        "SELECT id, channel_id, data::text FROM activity WHERE handle_id = ANY(%s::bigint[])", [array(handle_ids)]
    )
    ids = [row[0] for row in rows]
    versions = fetch("SELECT id, data::text FROM activity_version WHERE activity_id = ANY(%s::bigint[])", [array(ids)])
    files = {
        sha for data in [*(row[2] for row in rows), *(row[1] for row in versions)] for sha in HASH.findall(data or "")
    }
    return Said(ids, [row[0] for row in versions], sorted({row[1] for row in rows}), files)


def erase_said(said: Said, *, addresses: Sequence[str], networks: Sequence[str]) -> dict[str, int]:
    """Remove it with its versions and raw documents, those that wait to be applied among them. Returns counts by table.

    Adds to `said.files` what only the raw documents name (a mail as it came).
    """
    counts: dict[str, int] = {}
    keys, emptied = _empty_blocks(said, set(addresses), networks)
    counts["arrival"] = emptied
    ids = array(said.activity_ids)
    counts["activity_version"] = execute("DELETE FROM activity_version WHERE activity_id = ANY(%s::bigint[])", [ids])
    counts["activity"] = execute("DELETE FROM activity WHERE id = ANY(%s::bigint[])", [ids])
    counts["seen"] = _unsee(keys, said.activity_ids)
    return counts


def _empty_blocks(said: Said, addresses: set[str], networks: Sequence[str]) -> tuple[list[str], int]:
    """Blank their documents in every block that has one; gives the keys under which they were seen, and how many there were."""
    wanted = {*said.activity_ids, *said.version_ids}
    keys: list[str] = []
    emptied = 0
    for first_id, channel_id, body in _blocks_of(wanted, networks):
        block, changed = [], 0
        for position, verdict, target, raw in unpack(body):
            is_theirs = first_id + position in wanted or target in wanted
            if not raw or not (is_theirs or _is_by(raw, addresses)):
                block.append((position, verdict, target, raw))
                continue
            keys.append(documents.key_of(channel_id, _external_id(raw)))
            said.files.update(HASH.findall(raw.decode(errors="replace")))
            block.append((position, verdict, target, b""))
            changed += 1
        if changed:
            emptied += changed
            _rewrite(first_id, block)
    return keys, emptied


def _blocks_of(ids: Iterable[int], networks: Sequence[str]) -> list[tuple[int, int, bytes]]:
    firsts = fetch(
        "SELECT DISTINCT b.first_id FROM unnest(%s::bigint[]) AS i CROSS JOIN LATERAL (SELECT first_id FROM arrival"
        f" WHERE first_id <= i AND first_id > i - {MAX_BATCH} ORDER BY first_id DESC LIMIT 1) b"
        " UNION SELECT first_id FROM arrival WHERE waiting AND channel_id IN (SELECT id FROM channel WHERE network = ANY(%s::text[]))"
        " ORDER BY 1",
        [array(sorted(ids)), text_array(networks)],
    )
    return [
        (first_id, channel_id, bytes(body))
        for (wanted,) in firsts
        for first_id, channel_id, body in fetch(
            "SELECT first_id, channel_id, body FROM arrival WHERE first_id = %s FOR UPDATE", [wanted]
        )
    ]


def _is_by(raw: bytes, addresses: set[str]) -> bool:
    """Whether a document's author is one of these; asked of what waits to be applied and has no handle yet."""
    if not any(address.encode() in raw for address in addresses):
        return False
    document = _decoded(raw)
    actor = document.get("actor") or (document.get("object") or {}).get("attributedTo")
    address = actor if isinstance(actor, str) else (actor or {}).get("id", "")
    return str(address).strip() in addresses


def _decoded(raw: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _external_id(raw: bytes) -> str:
    document = _decoded(raw)
    said = document.get("object")
    inner = said if isinstance(said, str) else str((said or {}).get("id") or "")
    if document.get("type", "Create") in {*documents.SAYS, "Delete"}:
        return inner or str(document.get("id") or "")
    return str(document.get("id") or "")


def _rewrite(first_id: int, block: Sequence[tuple[int, int, int, bytes]]) -> None:
    packed = zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(block))
    execute("UPDATE arrival SET body = %s WHERE first_id = %s", [packed, first_id])


def _unsee(keys: Sequence[str], activity_ids: Sequence[int]) -> int:
    """Of what was seen a sealed key stays: it does not come again, and nothing tells what it was."""
    known = erased.forget_seen(keys)
    if known >= len(activity_ids):
        return known
    # Some had no raw document left to take the key from: walk through what was seen.
    rows = fetch("SELECT key FROM seen WHERE activity_id = ANY(%s::bigint[])", [array(activity_ids)])
    return known + erased.forget_seen(key.hex for (key,) in rows)


def redact_around(message_ids: Sequence[int], redact: Redact) -> int:
    """In what others said in the same conversations: the person's addresses go from what surrounds the words (copies, headers).

    Their words stay as they are. Returns how many documents changed.
    """
    changed = 0
    for identifier, data in fetch(
        "SELECT id, data::text FROM activity WHERE id = ANY(%s::bigint[]) AND data IS NOT NULL", [array(message_ids)]
    ):
        whole = msgspec.json.decode(data)
        cleaned = _redacted(whole, redact)
        if cleaned != whole:
            execute(
                "UPDATE activity SET data = %s::jsonb WHERE id = %s",
                [msgspec.json.encode(cleaned).decode(), identifier],
            )
            changed += 1
    wanted = set(message_ids)
    for first_id, _channel_id, body in _blocks_of(wanted, ()):
        before = unpack(body)
        after = [
            (
                position,
                verdict,
                target,
                _redact_raw(raw, redact) if first_id + position in wanted or target in wanted else raw,
            )
            for position, verdict, target, raw in before
        ]
        if after != before:
            changed += sum(one != other for one, other in zip(before, after, strict=True))
            _rewrite(first_id, after)
    return changed


def _redact_raw(raw: bytes, redact: Redact) -> bytes:
    """A raw document with the texts around the author's own words redacted; the very same bytes where nothing had to go."""
    whole = _decoded(raw)
    cleaned = _redacted(whole, redact)
    return raw if cleaned == whole else msgspec.json.encode(cleaned)


def _redacted(value: Any, redact: Redact, name: str = "") -> Any:
    """A document with every text but the author's own words redacted."""
    if isinstance(value, dict):
        return {key: _redacted(each, redact, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_redacted(each, redact, name) for each in value]
    return redact(value) if isinstance(value, str) and name not in OWN_TEXTS else value


def erase_parked(addresses: Sequence[str], redact: Redact, *, now: datetime) -> int:
    """Empty what is parked and names one of these addresses. The row stays, counted as dealt with, so that the channel's sum is true."""
    emptied = 0
    for address in addresses:
        for identifier, channel_id, raw, is_open in fetch(
            "SELECT id, channel_id, raw, replayed_at IS NULL FROM parked WHERE position(%s::bytea in raw) > 0 FOR UPDATE",
            [address.encode()],
        ):
            text = bytes(raw).decode(errors="replace")
            if redact(text) == text:  # part of another address only
                continue
            execute(
                "UPDATE parked SET raw = '', raw_hash = gen_random_uuid(), code = 'erased', reason = '', outcome = 'erased',"
                " replayed_at = coalesce(replayed_at, %s) WHERE id = %s",
                [now, identifier],
            )
            if is_open:
                removing.uncount(channel_id, received=0, duplicate=0, applied=-1)
            emptied += 1
    return emptied


@dataclass(frozen=True, slots=True)
class SentTo:
    """A message of ours and whether it went to nobody but some addresses."""

    message_id: int
    is_only_to_them: bool


def list_sent(message_ids: Sequence[int], addresses: Sequence[str]) -> list[SentTo]:
    """Deliveries of some messages of ours, and whether they went to these addresses alone."""
    theirs = {address.lower() for address in addresses}
    found = []
    for message_id, to, cc, is_public in fetch(
        "SELECT message_id, document -> 'to', document -> 'cc', coalesce((document ->> 'is_public')::boolean, false) FROM delivery"
        " WHERE message_id = ANY(%s::bigint[])",
        [array(message_ids)],
    ):
        names = [*_names(to), *_names(cc)]
        found.append(SentTo(message_id, not is_public and bool(names) and all(n.lower() in theirs for n in names)))
    return found


def _names(value: Any) -> list[str]:
    listed = msgspec.json.decode(value) if isinstance(value, str) else value
    return [str(each) for each in listed or ()]


def erase_deliveries(message_ids: Sequence[int]) -> tuple[int, set[str]]:
    """Remove what was to be brought to a network for some messages of ours. Returns how many, and the files they carried.

    Their keys stay known as our own words, so that the network's echo is not taken for somebody's.
    """
    rows = fetch(
        "DELETE FROM delivery WHERE message_id = ANY(%s::bigint[]) RETURNING channel_id, external_key, external_id, document::text",
        [array(message_ids)],
    )
    keys = [documents.key_of(row[0], name) for row in rows for name in (row[1], row[2]) if name]
    execute("UPDATE seen SET activity_id = %s WHERE key = ANY(%s::uuid[])", [NOBODY, array(keys)])
    return len(rows), {sha for row in rows for sha in HASH.findall(row[3])}


def redact_deliveries(message_ids: Sequence[int], redact: Redact) -> int:
    """In what was sent to others too, the person's addresses and words go. Returns how many changed."""
    changed = 0
    for identifier, document in fetch(
        "SELECT id, document::text FROM delivery WHERE message_id = ANY(%s::bigint[])", [array(message_ids)]
    ):
        whole = msgspec.json.decode(document)
        for name in ("to", "cc"):
            whole[name] = [each for each in whole.get(name, ()) if redact(each) == each]
        cleaned = {key: _redact_all(each, redact) for key, each in whole.items()}
        if cleaned != msgspec.json.decode(document):
            execute(
                "UPDATE delivery SET document = %s::jsonb WHERE id = %s",
                [msgspec.json.encode(cleaned).decode(), identifier],
            )
            changed += 1
    return changed


def _redact_all(value: Any, redact: Redact) -> Any:
    if isinstance(value, dict):
        return {key: _redact_all(each, redact) for key, each in value.items()}
    if isinstance(value, list):
        return [_redact_all(each, redact) for each in value]
    return redact(value) if isinstance(value, str) else value


def erase_handles(handle_ids: Sequence[int], addresses: Sequence[str]) -> dict[str, int]:
    """Remove the handles themselves, and what machines of ours may still send them. Whoever comes back is a stranger."""
    budgets = execute("DELETE FROM send_budget WHERE address = ANY(%s::text[])", [text_array(addresses)])
    return {
        "send_budget": budgets,
        "handle": execute("DELETE FROM handle WHERE id = ANY(%s::bigint[])", [array(handle_ids)]),
    }


def files_in_use(files: Iterable[str]) -> set[str]:
    """Those of some files that an activity, a version or a delivery still names."""
    wanted = sorted(files)
    if not wanted:
        return set()
    pattern = "|".join(wanted)
    rows = fetch(
        "SELECT data::text FROM activity WHERE data IS NOT NULL AND data::text ~ %s"
        " UNION ALL SELECT data::text FROM activity_version WHERE data IS NOT NULL AND data::text ~ %s"
        " UNION ALL SELECT document::text FROM delivery WHERE document::text ~ %s",
        [pattern, pattern, pattern],
    )
    named = {sha for (text,) in rows for sha in HASH.findall(text)}
    return named.intersection(wanted)
