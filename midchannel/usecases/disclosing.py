"""Everything held about one customer, over all their records, as plain data: what `usecases.disclose` packs."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from midchannel.insight.facts import keys
from midchannel.insight.facts.kinds import Fact
from midchannel.middle.consents import queries as consents
from midchannel.middle.consents.models import RightsRequest
from midchannel.middle.consents.purposes import GROUNDS
from midchannel.middle.conversations.models import Audience, Direction, State
from midchannel.middle.customers.models import RecordKind
from midchannel.middle.signals import queries as signals
from midchannel.outside.channels.actions.arriving import MAX_BATCH
from midchannel.outside.channels.actions.filing import unpack
from midchannel.outside.channels.kinds import Flag, Kind
from midchannel.platform import ids
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.database.bulk import array, fetch
from midchannel.usecases import disclosing_cases

FORMAT = 1
UNSAFE = re.compile(r"[^\w.() -]+")
Row = dict[str, Any]
Tell = Callable[[int, int], None]


def gather(row: RightsRequest, *, tell: Tell, now: datetime) -> Row:
    """Everything, as one JSON object. `tell(done, total)` follows the activities, which are the most."""
    records = _records(row.customer_id)
    record_ids = [int(record["id"]) for record in records]
    handles = [int(record["handle"]) for record in records if record["handle"]]
    files: list[Row] = []
    activities = _activities(handles, files, tell)
    own = [int(activity["mc:id"]) for activity in activities]
    held: Row = {
        "format": FORMAT,
        "company": accounts.company_name(),
        "request": str(row.pk),
        "asked_at": _when(row.opened_at),
        "made_at": _when(now),
        "customer": _customer(row.customer_id, records),
        "records": records,
        "consents": _consents(record_ids),
        "grounds": [
            {"purpose": str(p), "is_allowed_unasked": g.is_allowed, "basis": g.basis} for p, g in GROUNDS.items()
        ],
        "activities": {
            "@context": ["https://www.w3.org/ns/activitystreams", {"mc": "urn:midchannel:"}],
            "type": "OrderedCollection",
            "totalItems": len(activities),
            "orderedItems": activities,
        },
        "conversations": _conversations(handles, own, files),
        "signals": _signals(handles),
        "scores": _scores(row.customer_id, handles),
        "facts": _facts(handles),
        "cases": disclosing_cases.gather(handles),
        "requests": _requests(row.customer_id),
        "internal": _internal(row.customer_id, record_ids, handles) if row.with_internal else None,
        "files": files,
    }
    return held


def _customer(customer_id: int, records: list[Row]) -> Row:
    kind, name = (fetch("SELECT kind, name FROM customer WHERE id = %s", [customer_id]) or [("person", "")])[0]
    languages = [str(r["attributes"]["language"]) for r in records if (r["attributes"] or {}).get("language")]
    return {
        "id": str(customer_id),
        "kind": kind,
        "name": name,
        "language": languages[0][:2].lower() if languages else "",
    }


RECORDS = (
    "SELECT r.id, r.source, r.name, r.attributes::text, r.kind, r.trust, r.lawful_basis, r.expires_at, r.said_at, h.id, h.network,"
    " h.address, h.name, h.url, h.blocked_at FROM source_record r"
    " LEFT JOIN handle h ON h.id = r.handle_id WHERE r.customer_id = %s ORDER BY r.id"
)


def _records(customer_id: int) -> list[Row]:
    rows = fetch(RECORDS, [customer_id])
    wanted = array(row[0] for row in rows)
    identifiers = _by_first(
        "SELECT record_id, type, value, verified, valid_from, valid_to FROM identifier WHERE record_id = ANY(%s::bigint[]) ORDER BY id",
        wanted,
    )
    versions = _by_first(
        "SELECT record_id, name, attributes::text, at FROM source_record_version WHERE record_id = ANY(%s::bigint[]) ORDER BY at",
        wanted,
    )
    decisions = _by_first(
        "SELECT d.record_id, d.verdict, d.by_rule, u.name, d.weight, d.evidence::text, d.at, d.reverts_id IS NOT NULL"
        " FROM link_decision d LEFT JOIN account_user u ON u.id = d.by_user_id WHERE d.record_id = ANY(%s::bigint[])"
        " AND (d.other_id IS NULL OR d.other_id = ANY(%s::bigint[])) ORDER BY d.id",
        wanted,
        wanted,
    )
    return [
        {
            "id": str(row[0]),
            "source": row[1],
            "name": row[2],
            "attributes": _json(row[3]),
            "kind": RecordKind(row[4]).name.lower().replace("_", "-"),
            "trust": row[5],
            "lawful_basis": row[6] or "",
            "expires_at": _when(row[7]),
            "said_at": _when(row[8]),
            "handle": str(row[9]) if row[9] else None,
            "network": row[10] or "",
            "address": row[11] or "",
            "display_name": row[12] or "",
            "url": row[13] or "",
            "blocked_at": _when(row[14]),
            "first_seen_at": _when(ids.moment_of(row[0])),
            "identifiers": [
                {"type": i[0], "value": i[1], "verified": i[2], "valid_from": _when(i[3]), "valid_to": _when(i[4])}
                for i in identifiers.get(row[0], ())
            ],
            "versions": [
                {"name": v[0], "attributes": _json(v[1]), "from": _when(v[2])} for v in versions.get(row[0], ())
            ],
            "decisions": [
                {
                    "verdict": d[0],
                    "rule": d[1],
                    "person": bool(d[2]),
                    "weight": d[3],
                    "evidence": _json(d[4]),
                    "at": _when(d[5]),
                    "is_undoing": d[6],
                }
                for d in decisions.get(row[0], ())
            ],
        }
        for row in rows
    ]


def _by_first(sql: str, *parameters: str) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for first, *rest in fetch(sql, parameters):
        found.setdefault(first, []).append(tuple(rest))
    return found


def _consents(record_ids: list[int]) -> list[Row]:
    names = ("record", "purpose", "network", "state", "is_confirmation", "how", "proof", "said_at", "written_by", "at")
    return [
        dict(zip(names, [str(row[0]), *row[1:6], _json(row[6]), _when(row[7]), row[8], _when(row[9])], strict=True))
        for row in consents.list_rows_of(record_ids)
    ]


ACTIVITIES = (
    "SELECT a.id, a.at, a.kind, a.flags, a.text, a.data::text, c.name, c.network FROM activity a LEFT JOIN channel c ON c.id = a.channel_id"
    " WHERE a.handle_id = ANY(%s::bigint[]) ORDER BY a.at, a.id"
)


def _activities(handles: Sequence[int], files: list[Row], tell: Tell) -> list[Row]:
    """What they said and did: the documents as they arrived (ActivityStreams), with what is kept of them beside (`mc:`)."""
    rows = fetch(ACTIVITIES, [array(handles)])
    versions = _by_first(
        "SELECT activity_id, at, deleted, text, data::text FROM activity_version WHERE activity_id = ANY(%s::bigint[]) ORDER BY id",
        array(row[0] for row in rows),
    )
    originals = dict(_originals(sorted(row[0] for row in rows)))
    items = []
    for number, row in enumerate(rows, 1):
        data = _json(row[5])
        item: Row = originals.get(row[0]) or {"type": "Create", "object": {"type": "Note", "content": row[4]}}
        item |= {
            "mc:id": str(row[0]),
            "mc:kind": Kind(row[2]).name.lower(),
            "mc:channel": row[6],
            "mc:network": row[7],
            "mc:at": _when(row[1]),
            "mc:text": row[4],
            "mc:data": data,
            "mc:private": bool(row[3] & Flag.PRIVATE),
            "mc:overheard": not row[3] & Flag.ADDRESSED,
            "mc:deleted": bool(row[3] & Flag.DELETED),
            "mc:files": _files_of(data, files),
        }
        later = versions.get(row[0])
        if later:
            item["mc:versions"] = [
                {"at": _when(v[0]), "deleted": v[1], "text": v[2], "data": _json(v[3])} for v in later
            ]
            for version in later:
                _files_of(_json(version[3]), files)
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


def _conversations(handles: Sequence[int], own: Sequence[int], files: list[Row]) -> list[Row]:
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
            "opened_at": _when(row[5]),
            "resolved_at": _when(row[6]),
            "messages": [],
        }
    for row in fetch(MESSAGES, [array(found)]):
        is_ours = row[2] == Direction.OUT
        if not (is_ours or is_party[row[1]] or row[0] in theirs):
            continue
        by = "company" if is_ours else "you" if row[0] in theirs else "somebody else"
        data = {"files": _json(row[10])} if is_ours else _json(row[12])
        found[row[1]]["messages"].append(
            {
                "id": str(row[0]),
                "by": by,
                "name": "" if is_ours else row[7] or row[8] or "",
                "at": _when(row[6] or ids.moment_of(row[0])),
                "audience": Audience(row[3]).name.lower(),
                "text": "" if row[11] else (row[4] if row[5] is None else row[5]),
                "is_deleted": row[11],
                "delivery": row[9] or "",
                "files": _files_of(data, files) if is_ours or row[0] in theirs else [],
            }
        )
    return list(found.values())


def _scores(customer_id: int, handles: Sequence[int]) -> list[Row]:
    rows = fetch(
        "SELECT subject, name, value, low, high, detail::text, source, computed_at FROM customer_score"
        " WHERE (subject = 'customer' AND subject_id = %s) OR (subject = 'handle' AND subject_id = ANY(%s::bigint[])) ORDER BY 1, 2",
        [customer_id, array(handles)],
    )
    return [
        {
            "about": r[0],
            "name": r[1],
            "value": r[2],
            "low": r[3],
            "high": r[4],
            "detail": _json(r[5]),
            "source": r[6],
            "computed_at": _when(r[7]),
        }
        for r in rows
    ]


def _signals(handles: Sequence[int]) -> list[Row]:
    """What was understood of their texts."""
    rows = fetch("SELECT id FROM activity WHERE handle_id = ANY(%s::bigint[]) ORDER BY id", [array(handles)])
    found = signals.of_known(identifier for (identifier,) in rows)
    return [
        {
            "activity": str(each.id),
            "language": each.language,
            "sentiment": each.sentiment,
            "negative": each.negative,
            "positive": each.positive,
            "emotions": list(each.emotions),
            "intents": list(each.intents),
            "topics": list(each.topics),
            "urgency": each.urgency,
            "offensive": each.offensive,
            "spam": each.spam,
            "said_by_a_person": list(each.corrected),
            "second_reading": each.second.sentiment if each.second else "",
        }
        for each in sorted(found.values(), key=lambda each: each.id)
    ]


def _facts(handles: Sequence[int]) -> list[Row]:
    """What is counted about them, under their pseudonyms."""
    found = fetch("SELECT pepper FROM fact_projection")
    if not found:
        return []
    people = [keys.person_key(bytes(found[0][0]), handle_id) for handle_id in handles]
    rows = fetch(
        "SELECT f.kind, f.at, f.seconds, c.name FROM fact f LEFT JOIN channel c ON c.id = f.channel_id"
        " WHERE f.person = ANY(%s::bigint[]) ORDER BY f.at",
        [array(people)],
    )
    return [{"what": Fact(r[0]).name.lower(), "at": _when(r[1]), "seconds": r[2], "channel": r[3] or ""} for r in rows]


def _requests(customer_id: int) -> list[Row]:
    rows = fetch(
        "SELECT id, kind, state, opened_at, due_on, settled_at FROM rights_request WHERE customer_id = %s ORDER BY id",
        [customer_id],
    )
    return [
        {
            "id": str(r[0]),
            "kind": r[1],
            "state": r[2],
            "opened_at": _when(r[3]),
            "due_on": r[4].isoformat(),
            "settled_at": _when(r[5]),
        }
        for r in rows
    ]


def _internal(customer_id: int, record_ids: list[int], handles: Sequence[int]) -> list[Row]:
    """What colleagues wrote about them among themselves, without the colleagues' names."""
    conversations = fetch("SELECT id FROM conversation WHERE handle_id = ANY(%s::bigint[])", [array(handles)])
    rows = fetch(
        "SELECT object_type, at, text FROM post WHERE (object_type = 'customer' AND object_id = ANY(%s::bigint[]))"
        " OR (object_type = 'conversation' AND object_id = ANY(%s::bigint[])) ORDER BY at, id",
        [array([customer_id, *record_ids]), array(identifier for (identifier,) in conversations)],
    )
    return [{"on": object_type, "at": _when(at), "text": text} for object_type, at, text in rows]


def _json(text: str | None) -> Any:
    return msgspec.json.decode(text) if text else None


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
