"""One customer: the records that make them up, and why each is linked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.middle.customers import standing
from midchannel.middle.customers.errors import CustomerNotFoundError
from midchannel.middle.customers.queries import seeing
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class Identifier:
    """Something that names a person beyond one network, as the record's source gave it."""

    type: str
    value: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a record is ("must", "auto") or is not ("cannot") one with another. `rule` or `person` says who decided.

    A record's first row is a "link" by the rule "first-seen"; older rows than `other_id` say "link" and "apart". An undoing is a row too
    (`reverts_id`); `is_undone` once there is one. `stands` for the last word about its record. Decisions of one act share `act_id`.
    """

    id: int
    record_id: int
    record_name: str
    customer_id: int
    customer_name: str
    verdict: str
    rule: str
    person: str
    evidence: dict[str, Any]
    at: datetime
    reverts_id: int | None
    is_undone: bool
    stands: bool
    other_id: int | None = None
    other_name: str = ""
    weight: float | None = None
    act_id: int | None = None

    @property
    def can_undo(self) -> bool:
        """Whether a person may take it back: the last word about the record, and a person's."""
        return self.stands and bool(self.person) and "from" in self.evidence


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says about the customer, with its handle, its identifiers, and the decisions about it, newest first."""

    id: int
    source: str
    name: str
    handle_id: int | None
    network: str
    address: str
    handle_name: str
    url: str
    blocked_at: datetime | None
    identifiers: tuple[Identifier, ...]
    decisions: tuple[Decision, ...]

    @property
    def why(self) -> Decision | None:
        """The decision by which it is where it is now."""
        return next((decision for decision in self.decisions if decision.stands), None)


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    """A customer as their page shows them."""

    id: int
    kind: str
    name: str
    records: tuple[Record, ...]

    @property
    def handle_ids(self) -> list[int]:
        """The handles that are theirs now."""
        return [record.handle_id for record in self.records if record.handle_id is not None]

    @property
    def first_seen_at(self) -> datetime:
        """When the first of their records was made."""
        return ids.moment_of(min((record.id for record in self.records), default=self.id))


CUSTOMER = f"SELECT c.id, c.kind, c.name FROM customer c WHERE c.id = %(customer)s AND {seeing.visible('c.id')}"

RECORDS = (
    "SELECT r.id, r.source, r.name, r.handle_id, coalesce(h.network, ''), coalesce(h.address, ''), coalesce(h.name, ''),"
    " coalesce(h.url, ''), h.blocked_at FROM source_record r LEFT JOIN handle h ON h.id = r.handle_id"
    " WHERE r.customer_id = %(customer)s ORDER BY r.id LIMIT 200"
)

DECISIONS = (
    "SELECT d.id, d.record_id, r.name, d.customer_id, coalesce(nullif(c.name, ''), n.name, o.name, ''), d.verdict, d.by_rule,"
    " coalesce(u.name, ''), d.evidence::text, d.at, d.reverts_id, d.other_id, coalesce(o.name, ''), d.weight, d.act_id, d.by_user_id"
    " FROM link_decision d JOIN source_record r ON r.id = d.record_id JOIN customer c ON c.id = d.customer_id"
    " LEFT JOIN customer n ON n.id = c.redirect_to_id LEFT JOIN source_record o ON o.id = d.other_id"
    " LEFT JOIN account_user u ON u.id = d.by_user_id"
    " WHERE d.record_id = ANY(%(records)s::bigint[]) ORDER BY d.id DESC LIMIT 1000"
)


def get_customer(viewer: Viewer, customer_id: int) -> CustomerDetail:
    """One customer. Raises CustomerNotFoundError when the viewer may not see them. Four queries."""
    found = fetch(CUSTOMER, {"customer": customer_id, **seeing.of(viewer)})
    if not found:
        raise CustomerNotFoundError
    rows = fetch(RECORDS, {"customer": customer_id})
    record_ids = [row[0] for row in rows]
    identifiers: dict[int, list[Identifier]] = {}
    for record_id, *values in fetch(
        "SELECT record_id, type, value, verified FROM identifier WHERE record_id = ANY(%(records)s::bigint[])"
        " ORDER BY type, value",
        {"records": array(record_ids)},
    ):
        identifiers.setdefault(record_id, []).append(Identifier(*values))
    decisions: dict[int, list[Decision]] = {}
    for decision in list_decisions(record_ids):
        decisions.setdefault(decision.record_id, []).append(decision)
    records = tuple(
        Record(*(*row, tuple(identifiers.get(row[0], ())), tuple(decisions.get(row[0], ())))) for row in rows
    )
    return CustomerDetail(*(*found[0], records))


def list_decisions(record_ids: list[int]) -> list[Decision]:
    """The decisions about some records, newest first; the caller has proved the right to see them."""
    rows = fetch(DECISIONS, {"records": array(record_ids)})
    undone = standing.undone(
        standing.Row(row[0], row[1], row[11], row[5], row[13], row[15], row[10], row[14], row[6]) for row in rows
    )
    last: dict[int, int] = {}
    for row in rows:
        if row[0] not in undone and row[10] is None:
            last.setdefault(row[1], row[0])
    return [
        Decision(
            *(
                *row[:8],
                msgspec.json.decode(row[8]),
                *row[9:11],
                row[0] in undone,
                last.get(row[1]) == row[0],
                *row[11:15],
            )
        )
        for row in rows
    ]


def find_successor(viewer: Viewer, customer_id: int) -> int | None:
    """Where a customer's id leads now, when their records are with another and the viewer may see that one."""
    rows = fetch(
        f"SELECT c.redirect_to_id FROM customer c WHERE c.id = %(customer)s AND {seeing.visible('c.redirect_to_id')}",
        {"customer": customer_id, **seeing.of(viewer)},
    )
    return rows[0][0] if rows else None


def can_see(viewer: Viewer, customer_id: int) -> bool:
    """Whether the viewer may see a customer."""
    return bool(fetch(CUSTOMER, {"customer": customer_id, **seeing.of(viewer)}))
