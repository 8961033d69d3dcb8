"""What a customer's records said, with proof, and why what holds holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.middle.consents import rules
from midchannel.middle.consents.purposes import GROUNDS, Purpose
from midchannel.middle.consents.queries.asking import Voices, list_statements
from midchannel.middle.consents.rules import Standing
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.errors import CustomerNotFoundError
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One statement, as the page and the export show it. `is_standing`: what holds rests on it."""

    id: int
    record_id: int
    record_name: str
    network: str
    state: str
    is_confirmation: bool
    how: str
    proof: dict[str, Any]
    said_at: datetime
    by: str
    at: datetime
    is_standing: bool = False


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One purpose: what holds in general and on each network somebody spoke of, and everything that was said, newest first."""

    purpose: Purpose
    basis: str
    standing: Standing
    networks: tuple[tuple[str, Standing], ...]
    rows: tuple[ConsentRow, ...]


ROWS = (
    "SELECT s.id, s.record_id, r.name, s.network, s.state, s.among IS NOT NULL, s.how, s.proof::text, s.said_at, s.by_name, s.at, s.purpose"
    " FROM source_record r JOIN consent s ON s.record_id = r.id WHERE r.customer_id = %s ORDER BY s.said_at DESC, s.id DESC LIMIT 1000"
)


def get_consents(viewer: Viewer | None, customer_id: int) -> list[ConsentLine]:
    """Every purpose with what holds and why. Raises CustomerNotFoundError when the viewer may not see them; None is the machine."""
    if viewer is not None and not customers.can_see(viewer, customer_id):
        raise CustomerNotFoundError
    rows = fetch(ROWS, [customer_id])
    return [_line(purpose, customer_id, [row for row in rows if row[-1] == purpose]) for purpose in Purpose]


def _line(purpose: Purpose, customer_id: int, rows: list[Any]) -> ConsentLine:
    voices = list_statements([customer_id], purpose).get(customer_id, Voices()) if rows else Voices()

    def decide(network: str | None) -> Standing:
        return rules.decide(purpose, network, voices.record_ids, voices.statements)

    standing = decide(None)
    networks = tuple((network, decide(network)) for network in sorted({row[3] for row in rows if row[3]}))
    resting = {s.id for each in (standing, *(s for _, s in networks)) for s in each.decided_by}
    shown = tuple(ConsentRow(*(*row[:7], msgspec.json.decode(row[7]), *row[8:11], row[0] in resting)) for row in rows)
    return ConsentLine(purpose, GROUNDS[purpose].basis, standing, networks, shown)


def list_rows_of(record_ids: list[int]) -> list[tuple[Any, ...]]:
    """Everything some records said, oldest first, for the export: purpose, network, state, confirmation, how, proof, said, by, at."""
    return fetch(
        "SELECT record_id, purpose, network, state, among IS NOT NULL, how, proof::text, said_at, by_name, at FROM consent"
        " WHERE record_id = ANY(%s::bigint[]) ORDER BY said_at, id",
        [array(record_ids)],
    )
