"""Everything held about one customer, over all their records, as plain data: what `usecases.disclose` packs."""

from collections.abc import Sequence
from datetime import datetime

from midchannel.insight.facts import keys
from midchannel.insight.facts.kinds import Fact
from midchannel.middle.consents import queries as consents
from midchannel.middle.consents.models import RightsRequest
from midchannel.middle.consents.purposes import GROUNDS
from midchannel.middle.signals import queries as signals
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.database.bulk import array, fetch
from midchannel.usecases import disclosing_cases, disclosing_records, disclosing_said
from midchannel.usecases.disclosing_rows import Row, json_of, told, when
from midchannel.usecases.disclosing_said import Tell

FORMAT = 1
SCORES = """
SELECT subject AS about, name, value, low, high, detail::text, source, computed_at FROM customer_score
WHERE (subject = 'customer' AND subject_id = %s) OR (subject = 'handle' AND subject_id = ANY(%s::bigint[])) ORDER BY 1, 2
"""
REQUESTS = """
SELECT id::text, kind, state, opened_at, due_on, settled_at FROM rights_request
WHERE customer_id = ANY(%s::bigint[]) ORDER BY rights_request.id
"""


def gather(row: RightsRequest, *, tell: Tell, now: datetime) -> Row:
    """Everything, as one JSON object. `tell(done, total)` follows the activities, which are the most."""
    records = disclosing_records.gather(row.customer_id)
    record_ids = [int(record["id"]) for record in records]
    handles = [int(record["handle"]) for record in records if record["handle"]]
    files: list[Row] = []
    activities = disclosing_said.activities_of(handles, files, tell)
    own = [int(activity["mc:id"]) for activity in activities]
    held: Row = {
        "format": FORMAT,
        "company": accounts.company_name(),
        "request": str(row.pk),
        "asked_at": when(row.opened_at),
        "made_at": when(now),
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
        "conversations": disclosing_said.conversations_of(handles, own, files),
        "signals": _signals(handles),
        "scores": told(SCORES, row.customer_id, array(handles), decoded=["detail"]),
        "facts": _facts(handles),
        "cases": disclosing_cases.gather(handles),
        "requests": told(REQUESTS, array([row.customer_id, *record_ids])),
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


def _consents(record_ids: list[int]) -> list[Row]:
    names = ("record", "purpose", "network", "state", "is_confirmation", "how", "proof", "said_at", "written_by", "at")
    return [
        dict(zip(names, [str(row[0]), *row[1:6], json_of(row[6]), when(row[7]), row[8], when(row[9])], strict=True))
        for row in consents.list_rows_of(record_ids)
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
    return [{"what": Fact(r[0]).name.lower(), "at": when(r[1]), "seconds": r[2], "channel": r[3] or ""} for r in rows]


def _internal(customer_id: int, record_ids: list[int], handles: Sequence[int]) -> list[Row]:
    """What colleagues wrote about them among themselves, without the colleagues' names."""
    conversations = fetch("SELECT id FROM conversation WHERE handle_id = ANY(%s::bigint[])", [array(handles)])
    rows = fetch(
        "SELECT object_type, at, text FROM post WHERE (object_type = 'customer' AND object_id = ANY(%s::bigint[]))"
        " OR (object_type = 'conversation' AND object_id = ANY(%s::bigint[])) ORDER BY at, id",
        [array([customer_id, *record_ids]), array(identifier for (identifier,) in conversations)],
    )
    return [{"on": object_type, "at": when(at), "text": text} for object_type, at, text in rows]
