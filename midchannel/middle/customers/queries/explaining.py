"""Why records are one customer: the decisions that hold it together, those that keep others away, and what was taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.middle.customers import standing
from midchannel.middle.customers.queries import seeing
from midchannel.middle.customers.queries.reading import CustomerDetail
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

MOST = 2000


@dataclass(frozen=True, slots=True)
class Link:
    """One decision about two records. `weight` is in bits, None for a proof or a person's word; `person` decided, else `rule`.

    `stands`: it holds now. `is_undone`: a later one took it back; `reverts_id`: it took that one back.
    """

    id: int
    record_id: int
    other_id: int
    customer_id: int
    verdict: str
    weight: float | None
    rule: str
    person: str
    user_id: int | None
    evidence: dict[str, Any]
    at: datetime
    reverts_id: int | None
    act_id: int | None
    record_name: str
    other_name: str
    record_place: str
    other_place: str
    record_customer_id: int
    other_customer_id: int
    stands: bool
    is_undone: bool

    @property
    def fields(self) -> list[dict[str, Any]]:
        """The contributions: {field, level, weight, left, right}; of an answer, those that the person was shown."""
        found = self.evidence.get("fields")
        return list(found) if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a customer is one: `joining` decisions that stand between their records, `apart` those that keep others away, `past` the rest.

    `loose` ones say that somebody else is the same, and all else that is known does not support it. Each newest first.
    Others whom the viewer may not see have no name.
    """

    joining: tuple[Link, ...]
    apart: tuple[Link, ...]
    past: tuple[Link, ...]
    loose: tuple[Link, ...] = ()


LINKS = f"""
SELECT d.id, d.record_id, d.other_id, d.customer_id, d.verdict, d.weight, d.by_rule, coalesce(u.name, ''), d.by_user_id,
 CASE WHEN d.evidence ? 'fields' OR p.evidence IS NULL THEN d.evidence
  ELSE d.evidence || jsonb_strip_nulls(jsonb_build_object('fields', p.evidence->'fields')) END::text, d.at, d.reverts_id, d.act_id,
 CASE WHEN r.customer_id = %(customer)s OR {seeing.visible("r.customer_id")} THEN r.name ELSE '' END,
 CASE WHEN o.customer_id = %(customer)s OR {seeing.visible("o.customer_id")} THEN o.name ELSE '' END,
 CASE WHEN r.customer_id = %(customer)s OR {seeing.visible("r.customer_id")} THEN coalesce(rh.address, r.source) ELSE '' END,
 CASE WHEN o.customer_id = %(customer)s OR {seeing.visible("o.customer_id")} THEN coalesce(oh.address, o.source) ELSE '' END,
 r.customer_id, o.customer_id
FROM (SELECT id FROM link_decision WHERE record_id = ANY(%(records)s::bigint[]) AND other_id IS NOT NULL
  UNION SELECT id FROM link_decision WHERE other_id = ANY(%(records)s::bigint[])) mine
JOIN link_decision d ON d.id = mine.id
JOIN source_record r ON r.id = d.record_id JOIN source_record o ON o.id = d.other_id
LEFT JOIN handle rh ON rh.id = r.handle_id LEFT JOIN handle oh ON oh.id = o.handle_id
LEFT JOIN review_pair p ON p.left_id = least(d.record_id, d.other_id) AND p.right_id = greatest(d.record_id, d.other_id)
LEFT JOIN account_user u ON u.id = d.by_user_id ORDER BY d.id DESC LIMIT {MOST}
"""


def explain(viewer: Viewer, customer: CustomerDetail) -> Explanation:
    """The decisions about a customer's records. One query; the right to see the customer is proved by having them."""
    own = {record.id for record in customer.records}
    values = {"records": array(sorted(own)), "customer": customer.id, **seeing.of(viewer)}
    found = fetch(LINKS, values)
    rows = [standing.Row(row[0], row[1], row[2], row[4], row[5], row[8], row[11], row[12], row[6]) for row in found]
    held = {row.id: row for row in standing.standing(rows).values()}
    gone = standing.undone(rows)
    links = [_link(row, held=row[0] in held, gone=row[0] in gone) for row in found]
    return Explanation(
        joining=tuple(
            each
            for each in links
            if each.stands and held[each.id].is_joining and {each.record_id, each.other_id} <= own
        ),
        apart=tuple(each for each in links if each.stands and not held[each.id].is_joining),
        past=tuple(each for each in links if not each.stands),
        loose=tuple(
            each
            for each in links
            if each.stands and held[each.id].is_joining and not {each.record_id, each.other_id} <= own
        ),
    )


def _link(row: Sequence[Any], *, held: bool, gone: bool) -> Link:
    return Link(*(*row[:9], msgspec.json.decode(row[9]), *row[10:], held, gone))
