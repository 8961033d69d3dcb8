"""Who somebody is: each source record, what it said when, and why it is theirs; as plain data, for what `disclosing` gathers."""

from datetime import datetime

from midchannel.middle.customers.models import RecordKind
from midchannel.platform import ids
from midchannel.platform.database.bulk import array
from midchannel.usecases.disclosing_rows import Row, by, told

RECORDS = """
SELECT r.id::text, r.source, r.name, r.attributes::text, r.kind, r.trust, coalesce(r.lawful_basis, '') AS lawful_basis,
 r.expires_at, r.said_at, h.id::text AS handle, coalesce(h.network, '') AS network,
 coalesce(h.address, '') AS address, coalesce(h.name, '') AS display_name, coalesce(h.url, '') AS url, h.blocked_at
FROM source_record r LEFT JOIN handle h ON h.id = r.handle_id WHERE r.customer_id = %s ORDER BY r.id
"""
IDENTIFIERS = """
SELECT record_id::text AS record, type, value, verified, valid_from, valid_to FROM identifier
WHERE record_id = ANY(%s::bigint[]) ORDER BY id
"""
VERSIONS = """
SELECT record_id::text AS record, name, attributes::text, at AS "from" FROM source_record_version
WHERE record_id = ANY(%s::bigint[]) ORDER BY at
"""
DECISIONS = """
SELECT d.record_id::text AS record, d.verdict, d.by_rule AS rule, coalesce(u.name, '') <> '' AS person, d.weight, d.evidence::text, d.at,
 d.reverts_id IS NOT NULL AS is_undoing
FROM link_decision d LEFT JOIN account_user u ON u.id = d.by_user_id
WHERE d.record_id = ANY(%s::bigint[]) AND (d.other_id IS NULL OR d.other_id = ANY(%s::bigint[])) ORDER BY d.id
"""


def gather(customer_id: int) -> list[Row]:
    """Each of their records, oldest first."""
    records = told(RECORDS, customer_id, decoded=["attributes"])
    wanted = array(int(record["id"]) for record in records)
    identifiers = by(told(IDENTIFIERS, wanted), "record")
    versions = by(told(VERSIONS, wanted, decoded=["attributes"]), "record")
    decisions = by(told(DECISIONS, wanted, wanted, decoded=["evidence"]), "record")
    for record in records:
        record["kind"] = RecordKind(record["kind"]).name.lower().replace("_", "-")
        record["first_seen_at"] = _moment(record["id"]).isoformat()
        record["identifiers"] = identifiers.get(record["id"], [])
        record["versions"] = versions.get(record["id"], [])
        record["decisions"] = decisions.get(record["id"], [])
    return records


def _moment(identifier: str) -> datetime:
    return ids.moment_of(int(identifier))
