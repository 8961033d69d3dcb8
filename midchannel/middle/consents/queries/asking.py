"""May we? Asked before anything is done with what is known of somebody. Set-based: one query, whatever the number of records."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from midchannel.middle.consents import rules
from midchannel.middle.consents.errors import UnknownPurposeError
from midchannel.middle.consents.purposes import Purpose
from midchannel.middle.consents.rules import Standing, Statement
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.errors import CustomerNotFoundError
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch


@dataclass(slots=True)
class Voices:
    """A customer's records, and what they said about one purpose."""

    record_ids: list[int] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)


def may(viewer: Viewer | None, customer_id: int, *, purpose: str, network: str | None = None) -> bool:
    """Whether the company may do this with what it knows of a customer; `network` where it is about writing to them there.

    `viewer` None: a part of the machine asks. Raises CustomerNotFoundError when the viewer may not see them, UnknownPurposeError.
    """
    if viewer is not None and not customers.can_see(viewer, customer_id):
        raise CustomerNotFoundError
    return standing_of(customer_id, purpose_of(purpose), network).is_allowed


def standing_of(customer_id: int, purpose: Purpose, network: str | None = None) -> Standing:
    """What holds for a customer and why. For callers who have proved the right to see them, and for the machine."""
    voices = list_statements([customer_id], purpose).get(customer_id, Voices())
    return rules.decide(purpose, network, voices.record_ids, voices.statements)


def may_write(handle_id: int, *, purpose: str, network: str) -> bool:
    """Whether the company may write first to whoever is behind a handle; for the machine. True of a handle that is nobody's yet only where
    the purpose needs no yes.
    """
    return bool(allowed_handles([handle_id], purpose=purpose, network=network))


def allowed_records(record_ids: Iterable[int], *, purpose: str, network: str | None = None) -> set[int]:
    """Those of some source records whose customer (as linked now) allows a purpose. One query. For the machine."""
    wanted = purpose_of(purpose)
    return {r for r, standing in _standings("r.id", record_ids, wanted, network).items() if standing.is_allowed}


def allowed_handles(handle_ids: Iterable[int], *, purpose: str, network: str | None = None) -> set[int]:
    """Those of some handles whose customer (as linked now) allows a purpose. One query. For the machine."""
    wanted, asked = purpose_of(purpose), set(handle_ids)
    known = _standings("r.handle_id", asked, wanted, network)
    unknown = rules.decide(wanted, network, (), ())
    return {handle_id for handle_id in asked if known.get(handle_id, unknown).is_allowed}


def refused_handles(handle_ids: Iterable[int], *, purpose: str) -> set[int]:
    """Those of some handles whose customer said no to a purpose; not those who said nothing. One query. For the machine."""
    known = _standings("r.handle_id", handle_ids, purpose_of(purpose), None)
    return {handle_id for handle_id, held in known.items() if not held.is_allowed and held.kind != "default"}


def last_said(record_ids: Iterable[int]) -> dict[tuple[int, str], str]:
    """What each of some records said last of each purpose, in general: (record, purpose) to state. For the machine."""
    rows = fetch(
        "SELECT DISTINCT ON (record_id, purpose) record_id, purpose, state FROM consent WHERE record_id = ANY(%s::bigint[])"
        " AND network = '' AND among IS NULL ORDER BY record_id, purpose, said_at DESC, id DESC",
        [array(record_ids)],
    )
    return {(record_id, purpose): state for record_id, purpose, state in rows}


def list_statements(customer_ids: Iterable[int], purpose: Purpose) -> dict[int, Voices]:
    """What the records of some customers said about a purpose, by customer. For callers who have proved the right to see them."""
    found: dict[int, Voices] = {}
    rows = fetch(
        f"{VOICES} WHERE r.customer_id = ANY(%s::bigint[]) ORDER BY r.id, s.id", [purpose, array(customer_ids)]
    )
    for customer_id, record_id, *said in rows:
        _hear(found.setdefault(customer_id, Voices()), record_id, said)
    return found


VOICES = (
    "SELECT r.customer_id, r.id, s.id, s.network, s.state, s.said_at, s.among FROM source_record r"
    " LEFT JOIN consent s ON s.record_id = r.id AND s.purpose = %s"
)


def _standings(column: str, keys: Iterable[int], purpose: Purpose, network: str | None) -> dict[int, Standing]:
    wanted = array(keys)
    of_key = dict(
        fetch(f"SELECT {column}, r.customer_id FROM source_record r WHERE {column} = ANY(%s::bigint[])", [wanted])
    )
    voices = list_statements(set(of_key.values()), purpose)
    standings = {
        customer_id: rules.decide(purpose, network, said.record_ids, said.statements)
        for customer_id, said in voices.items()
    }
    return {key: standings[customer_id] for key, customer_id in of_key.items() if customer_id in standings}


def _hear(voices: Voices, record_id: int, said: list[object]) -> None:
    if not voices.record_ids or voices.record_ids[-1] != record_id:
        voices.record_ids.append(record_id)
    identifier, network, state, said_at, among = said
    if identifier is not None:
        voices.statements.append(
            Statement(identifier, record_id, network, state, said_at, tuple(among) if among is not None else None)  # type: ignore[arg-type]
        )


def purpose_of(purpose: str) -> Purpose:
    """The purpose of this name. Raises UnknownPurposeError."""
    try:
        return Purpose(purpose)
    except ValueError as error:
        raise UnknownPurposeError(field="purpose") from error


def scopes_of(customer_id: int) -> tuple[int, ...]:
    """The scopes in which a customer talks to the company: who may be told of them."""
    rows = fetch(
        "SELECT DISTINCT v.scope_id FROM source_record r JOIN conversation v ON v.handle_id = r.handle_id"
        " WHERE r.customer_id = %s AND v.scope_id IS NOT NULL LIMIT 100",
        [customer_id],
    )
    return tuple(row[0] for row in rows)
