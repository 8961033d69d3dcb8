"""Organisations as customers, the people in them, and to which somebody belongs."""

from dataclasses import dataclass
from datetime import date

from midchannel.middle.customers.queries import finding, seeing
from midchannel.middle.customers.queries.finding import CustomerRow
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.database.paging import Page, check_limit, cut, decode_cursor


@dataclass(frozen=True, slots=True)
class Belonging:
    """Somebody belongs to an organisation: `customer_id` is the other one, from wherever one looks. `source` says so."""

    customer_id: int
    name: str
    role: str
    since: date | None
    until: date | None
    network: str
    address: str
    source: str


PEOPLE = f"""
SELECT DISTINCT ON (c.name, c.id) c.id, c.name, m.role, m.since, m.until, coalesce(h.network, ''), coalesce(h.address, ''), p.source
FROM source_record o JOIN customer_membership m ON m.organisation_id = o.id JOIN source_record p ON p.id = m.person_id
JOIN customer c ON c.id = p.customer_id LEFT JOIN handle h ON h.id = p.handle_id
WHERE o.customer_id = %(customer)s AND {seeing.visible("c.id")} ORDER BY c.name, c.id, m.until NULLS FIRST, m.since DESC NULLS LAST
LIMIT %(limit)s
"""
BELONGS = f"""
SELECT DISTINCT ON (c.name, c.id) c.id, c.name, m.role, m.since, m.until, coalesce(h.network, ''), coalesce(h.address, ''), o.source
FROM source_record p JOIN customer_membership m ON m.person_id = p.id JOIN source_record o ON o.id = m.organisation_id
JOIN customer c ON c.id = o.customer_id LEFT JOIN handle h ON h.id = o.handle_id
WHERE p.customer_id = %(customer)s AND {seeing.visible("c.id")} ORDER BY c.name, c.id, m.until NULLS FIRST, m.since DESC NULLS LAST
LIMIT %(limit)s
"""
LIST = f"""
SELECT c.id, c.name, c.kind, coalesce(h.network, ''), coalesce(h.address, ''), s.handles, NULL::bigint,
 (SELECT count(DISTINCT p.customer_id)::text FROM source_record o JOIN customer_membership m ON m.organisation_id = o.id
  JOIN source_record p ON p.id = m.person_id WHERE o.customer_id = c.id)
FROM customer c {finding.ROW}
WHERE c.kind = 'organisation' AND c.redirect_to_id IS NULL AND (%(before)s::bigint IS NULL OR c.id < %(before)s)
 AND {seeing.visible("c.id")}
ORDER BY c.id DESC LIMIT %(limit)s
"""


def list_people(viewer: Viewer, customer_id: int, *, limit: int = 200) -> list[Belonging]:
    """The people of an organisation whom the viewer may see, by name; those still there first among their own roles."""
    return [Belonging(*row) for row in fetch(PEOPLE, {"customer": customer_id, "limit": limit, **seeing.of(viewer)})]


def list_of(viewer: Viewer, customer_id: int, *, limit: int = 20) -> list[Belonging]:
    """The organisations to which somebody belongs."""
    return [Belonging(*row) for row in fetch(BELONGS, {"customer": customer_id, "limit": limit, **seeing.of(viewer)})]


def list_organisations(viewer: Viewer, cursor: str | None = None, *, limit: int = 50) -> Page[CustomerRow]:
    """Organisations, newest first; `met` is the number of people known to belong to them."""
    limit = check_limit(limit)
    keys = decode_cursor(cursor, int)
    values = {"before": keys[0] if keys else None, "limit": limit + 1, **seeing.of(viewer)}
    rows = [CustomerRow(*row) for row in fetch(LIST, values)]
    return cut(rows, limit, lambda row: (row.id,))
