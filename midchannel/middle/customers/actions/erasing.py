"""Everything known of who somebody is goes: their records with all that was decided about them. In the caller's transaction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from midchannel.platform.database.bulk import array, execute, fetch


@dataclass(frozen=True, slots=True)
class Known:
    """A customer as far as erasure has to know: records, handles, and every text that names them and nobody else."""

    customer_id: int
    record_ids: list[int]
    handle_ids: list[int]
    addresses: list[str]
    networks: list[str]
    names: list[str]


def get_known(customer_id: int) -> Known:
    """Their records, handles, addresses and identifiers, and the names they go by. For the machine."""
    rows = fetch(
        "SELECT r.id, r.handle_id, r.name, h.network, h.address, h.name, h.url, r.attributes::text FROM source_record r"
        " LEFT JOIN handle h ON h.id = r.handle_id WHERE r.customer_id = %s ORDER BY r.id FOR UPDATE OF r",
        [customer_id],
    )
    record_ids = [row[0] for row in rows]
    values = fetch("SELECT DISTINCT value FROM identifier WHERE record_id = ANY(%s::bigint[])", [array(record_ids)])
    addresses = {text for row in rows for text in (row[4], row[6]) if text} | {value for (value,) in values}
    addresses |= {value for row in rows if row[7] for value in _named_by(msgspec.json.decode(row[7]))}
    names = {text for row in rows for text in (row[2], row[5]) if text}
    names |= {name for (name,) in fetch("SELECT name FROM customer WHERE id = %s", [customer_id]) if name}
    return Known(
        customer_id,
        record_ids,
        [row[1] for row in rows if row[1] is not None],
        sorted(addresses),
        sorted({row[3] for row in rows if row[3]}),
        sorted(names - addresses),
    )


# Attributes whose values name one person (or household) and nobody else.
NAMING = frozenset({"email", "phone", "customer_number", "erp_number", "tax_number", "website", "handle"})
SHORTEST = 5


def _named_by(attributes: Mapping[str, Any]) -> Iterator[str]:
    for field, value in attributes.items():
        if field in NAMING:
            for each in value if isinstance(value, list) else [value]:
                if len(str(each)) >= SHORTEST:
                    yield str(each)


# Everything that hangs on a source record, children first: table, column.
OF_RECORD = (
    ("record_key", "record_id"),
    ("review_pair", "left_id"),
    ("review_pair", "right_id"),
    ("customer_membership", "person_id"),
    ("customer_membership", "organisation_id"),
    ("source_record_version", "record_id"),
    ("identifier", "record_id"),
    ("link_decision", "record_id"),
    ("link_decision", "other_id"),
)


def erase_records(customer_id: int, record_ids: Sequence[int]) -> dict[str, int]:
    """Remove some records of a customer with keys, pairs, versions, identifiers and decisions. Returns counts by table.

    The customer's number stays, without a name, where others' history names it; it is never used again.
    """
    gone = array(record_ids)
    counts: dict[str, int] = {}
    for table, column in OF_RECORD:
        counts[table] = counts.get(table, 0) + execute(
            f"DELETE FROM {table} WHERE {column} = ANY(%s::bigint[])", [gone]
        )
    counts["customer_score"] = execute(
        "DELETE FROM customer_score WHERE (subject = 'customer' AND subject_id = ANY(%s::bigint[]))"
        " OR (subject = 'handle' AND subject_id IN (SELECT handle_id FROM source_record WHERE id = ANY(%s::bigint[])))",
        [array([customer_id, *record_ids]), gone],
    )
    counts["difference_item"] = execute(
        "DELETE FROM difference_item WHERE (before::text || after::text || edges::text) ~ %s",
        [rf"\y({'|'.join(map(str, record_ids)) or 'none'})\y"],
    )
    counts["source_record"] = execute("DELETE FROM source_record WHERE id = ANY(%s::bigint[])", [gone])
    counts["customer"] = _erase_husks([customer_id, *record_ids])
    return counts


def _erase_husks(ids: Sequence[int]) -> int:
    """Customers of which no record is left, and those that led to them, lose their names; rows that nothing names go."""
    rows = fetch(
        "WITH RECURSIVE old AS (SELECT id FROM customer WHERE id = ANY(%s::bigint[]) UNION"
        " SELECT c.id FROM customer c JOIN old ON c.redirect_to_id = old.id)"
        " SELECT id FROM old WHERE NOT EXISTS (SELECT 1 FROM source_record r WHERE r.customer_id = old.id)",
        [array(ids)],
    )
    husks = array(identifier for (identifier,) in rows)
    execute("UPDATE customer SET name = '', redirect_to_id = NULL WHERE id = ANY(%s::bigint[])", [husks])
    execute(
        "DELETE FROM customer c WHERE c.id = ANY(%s::bigint[])"
        " AND NOT EXISTS (SELECT 1 FROM link_decision d WHERE d.customer_id = c.id)",
        [husks],
    )
    return len(rows)
