"""People are removed with the handles they were known by: the undo of an import, the end of the demo."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from midchannel.middle.customers import rules
from midchannel.middle.customers.actions import settling
from midchannel.platform.database.bulk import array, execute, fetch


def remove_records(handle_ids: Sequence[int], *, keep: Sequence[int] = (), now: datetime) -> list[int]:
    """Remove the source records of some handles, and customers that have no other. Returns the customers that went.

    What is left of their customers is divided anew. `keep` are customers that stay even without a record, because something else was
    kept on them. In the caller's transaction.
    """
    wanted = array(handle_ids)
    records = fetch(
        "SELECT id, customer_id FROM source_record WHERE handle_id = ANY(%s::bigint[]) AND customer_id <> ALL(%s::bigint[])",
        [wanted, array(keep)],
    )
    if not records:
        return []
    gone = {record_id for record_id, _ in records}
    partners = {each for row in settling.read_rows(gone) for each in row.pair} - gone
    delete_records(sorted(gone))
    left = fetch(
        "SELECT id FROM source_record WHERE customer_id = ANY(%s::bigint[])", [array({row[1] for row in records})]
    )
    settling.settle(partners | {record_id for (record_id,) in left}, now=now)
    return delete_husks({customer_id for _, customer_id in records} | gone)


def delete_husks(customer_ids: Collection[int]) -> list[int]:
    """Delete those of some customers of whom no record and no decision is left. Returns their ids."""
    wanted = array(sorted(customer_ids))
    rows = fetch(
        "SELECT c.id FROM customer c WHERE c.id = ANY(%s::bigint[])"
        " AND NOT EXISTS (SELECT 1 FROM source_record r WHERE r.customer_id = c.id)"
        " AND NOT EXISTS (SELECT 1 FROM link_decision d WHERE d.customer_id = c.id)",
        [wanted],
    )
    gone = [identifier for (identifier,) in rows]
    execute("UPDATE customer SET redirect_to_id = NULL WHERE redirect_to_id = ANY(%s::bigint[])", [array(gone)])
    execute("DELETE FROM customer WHERE id = ANY(%s::bigint[])", [array(gone)])
    return gone


def delete_records(record_ids: Sequence[int]) -> None:
    """Delete records with all that hangs on them. What is left of their customers is the caller's matter."""
    gone = array(record_ids)
    execute("DELETE FROM identifier WHERE record_id = ANY(%s::bigint[])", [gone])
    execute("DELETE FROM record_key WHERE record_id = ANY(%s::bigint[])", [gone])
    execute("DELETE FROM source_record_version WHERE record_id = ANY(%s::bigint[])", [gone])
    for table, one, two in (
        ("link_decision", "record_id", "other_id"),
        ("review_pair", "left_id", "right_id"),
        ("customer_membership", "person_id", "organisation_id"),
    ):
        execute(f"DELETE FROM {table} WHERE {one} = ANY(%s::bigint[])", [gone])
        execute(f"DELETE FROM {table} WHERE {two} = ANY(%s::bigint[])", [gone])
    execute("DELETE FROM source_record WHERE id = ANY(%s::bigint[])", [gone])


def forget_claims(claims: Mapping[int, Sequence[tuple[str, str]]]) -> None:
    """Identifiers (type, value as given) that the records of some handles no longer have from anybody: they link nothing any more."""
    rows = [
        (handle_id, type_, normal)
        for handle_id, each in claims.items()
        for type_, value in each
        if (normal := rules.normal_form(type_, value))
    ]
    execute(
        "DELETE FROM identifier i USING source_record r, unnest(%s::bigint[], %s::text[], %s::text[]) AS n(handle_id, type, value)"
        " WHERE r.handle_id = n.handle_id AND i.record_id = r.id AND i.type = n.type AND i.value = n.value",
        [array(row[0] for row in rows), [row[1] for row in rows], [row[2] for row in rows]],
    )


def list_behind(handle_ids: Sequence[int]) -> list[int]:
    """The customers behind some handles."""
    rows = fetch(
        "SELECT DISTINCT customer_id FROM source_record WHERE handle_id = ANY(%s::bigint[])", [array(handle_ids)]
    )
    return [identifier for (identifier,) in rows]


def list_kept(handle_ids: Sequence[int]) -> set[int]:
    """Those of some handles that still have a source record."""
    rows = fetch("SELECT handle_id FROM source_record WHERE handle_id = ANY(%s::bigint[])", [array(handle_ids)])
    return {identifier for (identifier,) in rows}


def list_records(handle_ids: Sequence[int]) -> set[int]:
    """The source records of some handles."""
    rows = fetch("SELECT id FROM source_record WHERE handle_id = ANY(%s::bigint[])", [array(handle_ids)])
    return {identifier for (identifier,) in rows}


def list_only_behind(handle_ids: Sequence[int]) -> list[int]:
    """Customers who have no other source record than those of some handles."""
    rows = fetch(
        "SELECT customer_id FROM source_record GROUP BY 1 HAVING bool_and(handle_id = ANY(%s::bigint[]))",
        [array(handle_ids)],
    )
    return [identifier for (identifier,) in rows]
