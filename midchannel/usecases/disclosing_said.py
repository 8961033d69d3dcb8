"""What somebody said and did, and what was said with them, as plain data, for what `disclosing` gathers."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from midchannel.middle.conversations.models import Audience, Direction, State
from midchannel.outside.channels.actions.arriving import MAX_BATCH
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, fetch
from midchannel.usecases.disclosing_rows import Row, by, json_of, told, when

UNSAFE = re.compile(r"[^\w.() -]+")
Tell = Callable[[int, int], None]

ACTIVITIES = (
    "SELECT a.id, a.at, a.kind, a.flags, a.text, a.data::text, c.name, c.network FROM activity a LEFT JOIN channel c ON c.id = a.channel_id"
    " WHERE a.handle_id = ANY(%s::bigint[]) ORDER BY a.at, a.id"
)
VERSIONS = """
SELECT activity_id AS activity, at, deleted, text, data::text FROM activity_version WHERE activity_id = ANY(%s::bigint[]) ORDER BY id
"""


def activities_of(handles: Sequence[int], files: list[Row], tell: Tell) -> list[Row]:
    """What they said and did: the documents as they arrived (ActivityStreams), with what is kept of them beside (`mc:`)."""
    rows = fetch(ACTIVITIES, [array(handles)])
    versions = by(told(VERSIONS, array(row[0] for row in rows), decoded=["data"]), "activity")
    originals = dict(_originals(sorted(row[0] for row in rows)))
    items = []
    for number, row in enumerate(rows, 1):
        data = json_of(row[5])
        item: Row = originals.get(row[0]) or {"type": "Create", "object": {"type": "Note", "content": row[4]}}
        item |= {
            "mc:id": str(row[0]),
            "mc:kind": Kind(row[2]).name.lower(),
            "mc:channel": row[6],
            "mc:network": row[7],
            "mc:at": when(row[1]),
            "mc:text": row[4],
            "mc:data": data,
            "mc:private": bool(row[3] & Flag.PRIVATE),
            "mc:overheard": not row[3] & Flag.ADDRESSED,
            "mc:deleted": bool(row[3] & Flag.DELETED),
            "mc:files": _files_of(data, files),
        }
        if later := versions.get(row[0]):
            item["mc:versions"] = later
            for version in later:
                _files_of(version["data"], files)
        items.append(item)
        tell(number, len(rows))
    return items


def _originals(wanted: list[int]) -> Iterator[tuple[int, Row]]:
    """Documents as they arrived, by activity; each block is opened once."""
    left = set(wanted)
    position = 0
    while position < len(wanted):
        identifier = wanted[position]
        position += 1
        if identifier not in left:
            continue
        rows = fetch(
            "SELECT first_id, body FROM arrival WHERE first_id <= %s AND first_id > %s ORDER BY first_id DESC LIMIT 1",
            [identifier, identifier - MAX_BATCH],
        )
        for first_id, body in rows:
            for place, _verdict, _target, raw in unpack(bytes(body)):
                if raw and first_id + place in left:
                    left.discard(first_id + place)
                    yield first_id + place, msgspec.json.decode(raw)


def _files_of(data: Any, files: list[Row]) -> list[str]:
    """The files that came with something, noted once each; returns their places in the ZIP, or their addresses where only linked."""
    places = []
    for each in (data or {}).get("files") or ():
        if not isinstance(each, dict):
            continue
        sha = str(each.get("mc:sha256") or each.get("sha256") or "")
        name = UNSAFE.sub("_", str(each.get("name") or "file")).strip(". ")[:80] or "file"
        path = f"files/{sha[:12]}-{name}" if sha else ""
        if path and all(known["path"] != path for known in files):
            media_type = str(each.get("mediaType") or each.get("media_type") or "")
            files.append({"path": path, "name": name, "sha256": sha, "media_type": media_type})
        places.append(path or str(each.get("url") or ""))
    return places


CONVERSATIONS = (
    "SELECT c.id, ch.name, ch.network, c.state, c.subject, c.opened_at, c.resolved_at, c.handle_id = ANY(%s::bigint[]),"
    " EXISTS (SELECT 1 FROM conversation_participant p WHERE p.conversation_id = c.id AND p.handle_id = ANY(%s::bigint[]))"
    " FROM conversation c JOIN channel ch ON ch.id = c.channel_id WHERE c.handle_id = ANY(%s::bigint[])"
    " OR c.id IN (SELECT conversation_id FROM message WHERE id = ANY(%s::bigint[]))"
    " OR c.id IN (SELECT conversation_id FROM conversation_participant WHERE handle_id = ANY(%s::bigint[])) ORDER BY c.id"
)
MESSAGES = (
    "SELECT m.id, m.conversation_id, m.direction, m.audience, m.body, coalesce(v.text, a.text), a.at, h.name, h.address, d.state,"
    " (d.document -> 'files')::text, coalesce(a.flags & 32 <> 0, false), a.data::text FROM message m"
    " LEFT JOIN activity a ON a.id = m.id LEFT JOIN handle h ON h.id = a.handle_id"
    " LEFT JOIN delivery d ON d.message_id = m.id"
    " LEFT JOIN LATERAL (SELECT text FROM activity_version v WHERE v.activity_id = m.id ORDER BY v.id DESC LIMIT 1) v ON true"
    " WHERE m.conversation_id = ANY(%s::bigint[]) ORDER BY m.id"
)


def conversations_of(handles: Sequence[int], own: Sequence[int], files: list[Row]) -> list[Row]:
    """Conversations with them, whole; of those of others in which they spoke in public, what they said and what we did."""
    people = array(handles)
    rows = fetch(CONVERSATIONS, [people, people, people, array(own), people])
    theirs = set(own)
    found: dict[int, Row] = {}
    is_party: dict[int, bool] = {}
    for row in rows:
        is_party[row[0]] = row[7] or row[8]
        found[row[0]] = {
            "id": str(row[0]),
            "channel": row[1],
            "network": row[2],
            "state": State(row[3]).name.lower(),
            "subject": row[4] if row[7] or row[8] else "",
            "opened_at": when(row[5]),
            "resolved_at": when(row[6]),
            "messages": [],
        }
    for row in fetch(MESSAGES, [array(found)]):
        is_ours = row[2] == Direction.OUT
        if not (is_ours or is_party[row[1]] or row[0] in theirs):
            continue
        by = "company" if is_ours else "you" if row[0] in theirs else "somebody else"
        data = {"files": json_of(row[10])} if is_ours else json_of(row[12])
        found[row[1]]["messages"].append(
            {
                "id": str(row[0]),
                "by": by,
                "name": "" if is_ours else row[7] or row[8] or "",
                "at": when(row[6] or ids.moment_of(row[0])),
                "audience": Audience(row[3]).name.lower(),
                "text": "" if row[11] else (row[4] if row[5] is None else row[5]),
                "is_deleted": row[11],
                "delivery": row[9] or "",
                "files": _files_of(data, files) if is_ours or row[0] in theirs else [],
            }
        )
    return list(found.values())
