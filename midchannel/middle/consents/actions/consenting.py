"""What people allowed is written down, with its proof; nothing is ever changed or taken away, a later row says otherwise."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from midchannel.middle.consents import queries
from midchannel.middle.consents.errors import NothingToConfirmError
from midchannel.middle.consents.events import ConsentRecorded
from midchannel.middle.consents.models import Consent, State
from midchannel.middle.consents.purposes import Purpose
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.errors import CustomerNotFoundError, RecordNotFoundError
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.events import actions as events

MAX_HOW = 80
LOCK = 0x6D63_0007


@transaction.atomic
def record_consent(
    by: Viewer | Actor,
    record_id: int,
    *,
    purpose: str,
    state: str,
    how: str,
    now: datetime,
    network: str = "",
    proof: Mapping[str, Any] | None = None,
    said_at: datetime | None = None,
) -> int | None:
    """Write down that a source record said yes ("granted") or no ("withdrawn") to a purpose. Returns the row's id.

    `network` empty means on any. `how` is a word for the way it was said, `proof` what shows it (plain JSON). `by` is a viewer, who has
    to see the customer, or the part of the machine that heard it. The same statement (record, purpose, network, state, moment, way)
    again is harmless: None. Raises RecordNotFoundError, UnknownPurposeError.
    """
    wanted, said = queries.purpose_of(purpose), State(state)
    rows = fetch("SELECT customer_id FROM source_record WHERE id = %s FOR SHARE", [record_id])
    if not rows or (isinstance(by, Viewer) and not customers.can_see(by, rows[0][0])):
        raise RecordNotFoundError
    execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [LOCK, record_id])
    moment = min(said_at or now, now)
    known = Consent.objects.filter(
        record_id=record_id, purpose=wanted, network=network, state=said, said_at=moment, how=_word(how), among=None
    )
    if known.exists():
        return None
    return _write(
        by, record_id, rows[0][0], wanted, said, how=how, network=network, proof=proof or {}, said_at=moment, now=now
    )


@transaction.atomic
def confirm(
    viewer: Viewer, customer_id: int, *, purpose: str, state: str, how: str, now: datetime, network: str = ""
) -> int:
    """A person has looked at what the customer's records say and decides what holds for whoever they are together.

    A row like any other, about exactly the records that have said something: taken apart, each has its own again. Raises
    CustomerNotFoundError, NothingToConfirmError.
    """
    if not customers.can_see(viewer, customer_id):
        raise CustomerNotFoundError
    wanted = queries.purpose_of(purpose)
    known = queries.list_statements([customer_id], wanted).get(customer_id)
    among = sorted({s.record_id for s in known.statements if s.among is None}) if known else []
    if not among:
        raise NothingToConfirmError
    return _write(
        viewer,
        among[0],
        customer_id,
        wanted,
        State(state),
        how=how,
        network=network,
        proof={},
        said_at=now,
        among=among,
        now=now,
    )


def _write(
    by: Viewer | Actor,
    record_id: int,
    customer_id: int,
    purpose: Purpose,
    state: State,
    *,
    how: str,
    network: str,
    proof: Mapping[str, Any],
    said_at: datetime,
    now: datetime,
    among: list[int] | None = None,
) -> int:
    actor = by.actor if isinstance(by, Viewer) else by
    row = Consent.objects.create(
        id=ids.take_one(now=now),
        record_id=record_id,
        purpose=purpose,
        network=network,
        state=state,
        among=among,
        how=_word(how),
        proof=dict(proof),
        said_at=said_at,
        by_user_id=actor.user_id,
        by_name=actor.name,
        at=now,
    )
    action = "consent.confirm" if among else "consent.record"
    audit.record(
        actor,
        action,
        object_type="customer",
        object_id=customer_id,
        now=now,
        record=record_id,
        purpose=str(purpose),
        state=str(state),
    )
    events.emit(
        ConsentRecorded(
            object_id=customer_id,
            scope_ids=queries.scopes_of(customer_id),
            record_id=str(record_id),
            purpose=str(purpose),
            state=str(state),
        ),
        now=now,
    )
    return int(row.pk)


def _word(how: str) -> str:
    return how.strip()[:MAX_HOW]


def erase_consents(record_ids: Sequence[int]) -> int:
    """Remove what some records said: they are erased. In the caller's transaction. Returns how many rows went."""
    return execute("DELETE FROM consent WHERE record_id = ANY(%s::bigint[])", [array(record_ids)])
