"""What is known of a customer: every value with the record it comes from, its age, and what other sources say."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from midchannel.engines.identity import fields
from midchannel.middle.customers import survivorship
from midchannel.middle.customers.errors import CustomerNotFoundError
from midchannel.middle.customers.queries import reading
from midchannel.middle.customers.survivorship import Attribute, Said
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

SAID = """
SELECT r.id, coalesce(h.network, r.source), r.kind, coalesce(r.trust, 40), coalesce(r.lawful_basis, ''), r.said_at, r.expires_at,
 coalesce(r.attributes::text, '{}')
FROM source_record r LEFT JOIN handle h ON h.id = r.handle_id WHERE r.customer_id = %(customer)s ORDER BY r.id LIMIT 500
"""
IDENTIFIERS = """
SELECT i.record_id, i.type, i.value, i.verified FROM identifier i WHERE i.record_id = ANY(%(records)s::bigint[])
 AND (i.valid_from IS NULL OR i.valid_from <= %(at)s) AND (i.valid_to IS NULL OR i.valid_to > %(at)s)
"""


def list_attributes(viewer: Viewer, customer_id: int, *, now: datetime) -> tuple[Attribute, ...]:
    """The fields of a customer, each with the value that holds and those of other sources. Raises CustomerNotFoundError. Three queries."""
    if not reading.can_see(viewer, customer_id):
        raise CustomerNotFoundError
    return of_customer(customer_id, now=now)


def of_customer(customer_id: int, *, now: datetime) -> tuple[Attribute, ...]:
    """The same, for a page that has proved the right to see the customer. Two queries."""
    return attributes_of(fetch(SAID, {"customer": customer_id}), now=now)


def attributes_of(rows: Sequence[Sequence[Any]], *, now: datetime) -> tuple[Attribute, ...]:
    """The fields of some records, given as `SAID` gives them. Their identifiers are attributes, too, and say what is proven."""
    if not rows:
        return ()
    found = fetch(IDENTIFIERS, {"records": array(row[0] for row in rows), "at": now})
    claims: dict[int, list[tuple[str, str, bool]]] = {}
    for record_id, type_, value, verified in found:
        if type_ in fields.STANDARD:
            claims.setdefault(record_id, []).append((type_, value, verified))
    return survivorship.survive((_said(row, claims.get(row[0], ())) for row in rows), now=now)


def _said(row: Sequence[Any], claims: Iterable[tuple[str, str, bool]]) -> Said:
    attributes: dict[str, Any] = msgspec.json.decode(row[7])
    for type_, value, _verified in claims:
        held = attributes.get(type_)
        values = [] if held is None else list(held) if isinstance(held, list) else [held]
        if value.casefold() not in {str(each).casefold() for each in values}:
            attributes[type_] = [*values, value]
    return Said(
        record_id=row[0],
        source=row[1],
        kind=row[2],
        trust=row[3],
        lawful_basis=row[4],
        said_at=row[5] or ids.moment_of(row[0]),
        expires_at=row[6],
        attributes=attributes,
        proven=frozenset((type_, value.casefold()) for type_, value, verified in claims if verified),
    )
