"""People link records to customers, take them apart, and take that back. Nothing is merged: each is one more decision.

A decision of a person keeps in its evidence where the record was ("from") and where it went ("to"), so that undoing restores both sides
exactly; their names follow from their records. `recognise` never moves a record that a person has decided about.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.customers import queries
from midchannel.middle.customers.errors import (
    CustomerNotFoundError,
    DecisionNotFoundError,
    NothingToDoError,
    OvertakenError,
    RecordNotFoundError,
)
from midchannel.middle.customers.events import RecordLinked
from midchannel.middle.customers.models import Customer, LinkDecision, SourceRecord
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.events import actions as events

MAX_REASON = 500


@transaction.atomic
def link(viewer: Viewer, record_id: int, *, customer_id: int, reason: str = "", now: datetime) -> int:
    """Say that a record belongs to a customer. Returns the decision's id.

    Raises RecordNotFoundError, CustomerNotFoundError, NothingToDoError.
    """
    record = _record(viewer, record_id)
    if not queries.can_see(viewer, customer_id):
        raise CustomerNotFoundError
    if record.customer_id == customer_id:
        raise NothingToDoError
    return _decide(viewer, record, "link", to=customer_id, reason=reason, now=now)


@transaction.atomic
def link_customers(
    viewer: Viewer, customer_id: int, *, into_id: int, reason: str = "", now: datetime
) -> tuple[int, ...]:
    """Say that two customers are one person: every record of the one is linked to the other. Returns the decisions' ids."""
    if customer_id == into_id:
        raise NothingToDoError
    if not (queries.can_see(viewer, customer_id) and queries.can_see(viewer, into_id)):
        raise CustomerNotFoundError
    records = SourceRecord.objects.select_for_update().filter(customer_id=customer_id).order_by("pk")
    made = tuple(_decide(viewer, record, "link", to=into_id, reason=reason, now=now) for record in records)
    if not made:
        raise CustomerNotFoundError
    return made


@transaction.atomic
def unlink(viewer: Viewer, record_id: int, *, reason: str = "", now: datetime) -> int:
    """Say that a record does not belong to its customer. It goes back to whom it was with before, else to a customer of its own.

    Returns the decision's id. Raises RecordNotFoundError, and NothingToDoError when it is the customer's only record.
    """
    record = _record(viewer, record_id)
    if not SourceRecord.objects.filter(customer_id=record.customer_id).exclude(pk=record.pk).exists():
        raise NothingToDoError(_("This is all that is known of this customer: there is nobody to take it apart from."))
    to = _home_of(record, now=now)
    return _decide(viewer, record, "apart", to=to, reason=reason, now=now)


@transaction.atomic
def undo_decision(viewer: Viewer, decision_id: int, *, now: datetime) -> None:
    """Take a person's decision back: the record returns to where it was.

    Raises DecisionNotFoundError, and OvertakenError when it is not the last word about its record.
    """
    decision = LinkDecision.objects.filter(pk=decision_id, by_user_id__isnull=False, reverts_id=None).first()
    if decision is None:
        raise DecisionNotFoundError
    try:
        record = _record(viewer, decision.record_id)
    except RecordNotFoundError as error:
        raise DecisionNotFoundError from error
    standing = next((d for d in queries.list_decisions([record.pk]) if d.stands), None)
    if standing is None or standing.id != decision.pk:
        raise OvertakenError
    back = int(decision.evidence["from"])
    _decide(viewer, record, "link", to=back, reverts_id=decision.pk, now=now)


def _record(viewer: Viewer, record_id: int) -> SourceRecord:
    record = SourceRecord.objects.select_for_update().filter(pk=record_id).first()
    if record is None or not queries.can_see(viewer, record.customer_id):
        raise RecordNotFoundError
    return record


def _home_of(record: SourceRecord, *, now: datetime) -> int:
    """Where a record goes that is taken from its customer: to the one before, its own one, or a new one."""
    before = [
        d.customer_id
        for d in queries.list_decisions([record.pk])
        if not d.is_undone and d.verdict == "link" and d.reverts_id is None and d.customer_id != record.customer_id
    ]
    if before:
        return before[0]
    own = record.pk if record.pk != record.customer_id else ids.take_one(now=now)
    Customer.objects.get_or_create(pk=own, defaults={"name": record.name})
    return own


def _decide(
    viewer: Viewer,
    record: SourceRecord,
    verdict: str,
    *,
    to: int,
    now: datetime,
    reason: str = "",
    reverts_id: int | None = None,
) -> int:
    """Write the decision and move the record. "apart" is about the customer it leaves, "link" about the one it comes to."""
    was = record.customer_id
    evidence = {"from": str(was), "to": str(to)} | ({"reason": reason.strip()[:MAX_REASON]} if reason.strip() else {})
    decision = LinkDecision.objects.create(
        id=ids.take_one(now=now),
        record=record,
        customer_id=was if verdict == "apart" else to,
        verdict=verdict,
        by_user_id=viewer.user_id,
        evidence=evidence,
        at=now,
        reverts_id=reverts_id,
    )
    SourceRecord.objects.filter(pk=record.pk).update(customer_id=to)
    _name_anew([was, to])
    action = "customer.undo" if reverts_id else f"customer.{verdict}"
    audit.record(viewer.actor, action, object_type="customer", object_id=to, now=now, record=record.pk, was=was)
    events.emit(
        RecordLinked(
            object_id=to,
            scope_ids=_scopes_of([was, to]),
            user_ids=(viewer.user_id,),
            record_id=str(record.pk),
            from_id=str(was),
            verdict=verdict,
        ),
        now=now,
    )
    return int(decision.pk)


def _name_anew(customer_ids: Sequence[int]) -> None:
    """A customer is called as the oldest of their records is; one without records keeps the name for when they come back."""
    execute(
        "UPDATE customer c SET name = o.name FROM (SELECT DISTINCT ON (customer_id) customer_id, name FROM source_record"
        " WHERE customer_id = ANY(%s::bigint[]) ORDER BY customer_id, id) o WHERE c.id = o.customer_id AND c.name <> o.name",
        [array(customer_ids)],
    )


def _scopes_of(customer_ids: Sequence[int]) -> tuple[int, ...]:
    rows = fetch(
        "SELECT DISTINCT v.scope_id FROM source_record r JOIN conversation v ON v.handle_id = r.handle_id"
        " WHERE r.customer_id = ANY(%s::bigint[]) AND v.scope_id IS NOT NULL LIMIT 100",
        [array(customer_ids)],
    )
    return tuple(row[0] for row in rows)
