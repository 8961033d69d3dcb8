"""Who spoke to whom in public, read from what arrived: whom a post answers, names or passes on is in the document, not in the activity.

For the machine, some time after the arrival: so the arrival path pays nothing for it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.outside.channels import documents
from midchannel.outside.channels.actions.arriving import MAX_BATCH
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.kinds import Flag, Kind, Verdict
from midchannel.platform.database.bulk import array, fetch, fetch_binary

NEW = int(Verdict.NEW)
# What is private, said by the company or by a machine, or taken back, is nobody's public talk.
NOT_PUBLIC_TALK = int(Flag.PRIVATE | Flag.OUTGOING | Flag.AUTOMATIC | Flag.DELETED)
TALKS = tuple(map(int, (Kind.POST, Kind.REPLY, Kind.SHARE)))
NAMED = re.compile(r"(?<![\w@./])@[\w.\-]{2,64}(?:@[\w.\-]{3,200})?")
MOST_NAMED = 20


class _Object(msgspec.Struct):
    id: str = ""
    in_reply_to: Any = msgspec.field(name="inReplyTo", default=None)
    tag: Any = None


class _Document(msgspec.Struct):
    object: str | _Object | None = None
    thread: list[str] = msgspec.field(name="mc:thread", default_factory=list)


@dataclass(frozen=True, slots=True)
class Said:
    """Something said in public. `answers` and `passes_on` are keys of `seen`, best first; `names` are addresses as they were written."""

    activity_id: int
    handle_id: int
    at: datetime
    answers: tuple[str, ...]
    passes_on: str
    names: tuple[str, ...]


def list_public_talk(channel_id: int, first_id: int, last_id: int) -> list[Said]:
    """What was said in public in a channel, among the activities from `first_id` to `last_id`, that is directed at anybody."""
    spoken = {
        row[0]: row[1:]
        for row in fetch(
            "SELECT id, handle_id, at, kind, text FROM activity WHERE id BETWEEN %s AND %s AND channel_id = %s AND kind = ANY(%s::int[])"
            " AND flags & %s = 0",
            [first_id, last_id, channel_id, array(TALKS), NOT_PUBLIC_TALK],
        )
    }
    if not spoken:
        return []
    blocks = fetch_binary(
        "SELECT first_id, body FROM arrival WHERE channel_id = %s AND first_id > %s AND first_id <= %s ORDER BY first_id",
        [channel_id, first_id - MAX_BATCH, last_id],
    )
    found = []
    for block_id, body in blocks:
        for position, verdict, _target, raw in unpack(body):
            known = spoken.get(block_id + position) if verdict == NEW else None
            if known and raw:
                said = _said(channel_id, block_id + position, known, raw)
                if said.answers or said.passes_on or said.names:
                    found.append(said)
    return found


def _said(channel_id: int, activity_id: int, known: tuple[Any, ...], raw: bytes) -> Said:
    handle_id, at, kind, text = known
    try:
        document = msgspec.json.decode(raw, type=_Document)
    except (msgspec.ValidationError, msgspec.DecodeError):  # older forms of the vocabulary; the text still names people
        document = _Document()
    said = _Object(id=document.object) if isinstance(document.object, str) else document.object or _Object()
    parent = said.in_reply_to.get("id") if isinstance(said.in_reply_to, dict) else said.in_reply_to
    parents = dict.fromkeys([str(parent or ""), *document.thread])
    return Said(
        activity_id,
        handle_id,
        at,
        tuple(documents.key_of(channel_id, each) for each in parents if each),
        documents.key_of(channel_id, said.id) if kind == Kind.SHARE and said.id else "",
        tuple(dict.fromkeys([*_tagged(said.tag), *NAMED.findall(text)]))[:MOST_NAMED],
    )


def _tagged(tags: Any) -> Iterable[str]:
    """Addresses of ActivityStreams' Mention tags."""
    for tag in tags if isinstance(tags, list) else [tags]:
        if isinstance(tag, dict) and tag.get("type") == "Mention":
            yield from (value for value in (tag.get("href"), tag.get("name")) if isinstance(value, str) and value)


def find_speakers(activity_ids: Iterable[int]) -> dict[int, int]:
    """Who of those outside said these in public: activity to handle."""
    rows = fetch(
        "SELECT id, handle_id FROM activity WHERE id = ANY(%s::bigint[]) AND flags & %s = 0",
        [array(activity_ids), NOT_PUBLIC_TALK],
    )
    return dict(rows)


def find_handles(network: str, addresses: Iterable[str]) -> dict[str, int]:
    """Handles of a network by their address, as it is written or in small letters."""
    wanted = sorted({each for address in addresses for each in (address, address.lower())})
    rows = fetch("SELECT address, id FROM handle WHERE network = %s AND address = ANY(%s)", [network, wanted])
    return dict(rows)


def get_addresses(handle_ids: Iterable[int]) -> dict[int, str]:
    """The addresses of some handles."""
    return dict(fetch("SELECT id, address FROM handle WHERE id = ANY(%s::bigint[])", [array(handle_ids)]))
