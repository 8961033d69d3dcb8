"""Requests: opened, taken up, withdrawn, settled. What is done for them is a story of `usecases` (disclose, forget)."""

import calendar
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from midchannel.middle.consents import states
from midchannel.middle.consents.errors import MayNotHandleRightsError, RequestNotFoundError, RequestOvertakenError
from midchannel.middle.consents.events import RightsRequestMoved
from midchannel.middle.consents.models import RequestKind, RightsRequest
from midchannel.middle.consents.models import RequestState as State
from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.errors import CustomerNotFoundError
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch
from midchannel.platform.events import actions as events

GRACE = timedelta(days=1)
MACHINE = Actor("rights")


@transaction.atomic
def open_request(
    viewer: Viewer, customer_id: int, *, kind: str, now: datetime, with_internal: bool = False, at_once: bool = False
) -> int:
    """Open a request for a customer; one that is open already is given back. Returns its id.

    An erasure begins after a day of grace, or `at_once`, which only a person may say. `with_internal` puts what colleagues wrote about
    them into an export.
    Raises MayNotHandleRightsError, CustomerNotFoundError.
    """
    wanted = RequestKind(kind)
    if not viewer.is_lead or (viewer.is_machine and at_once):
        raise MayNotHandleRightsError
    if not customers.can_see(viewer, customer_id):
        raise CustomerNotFoundError
    fetch(
        "SELECT 1 FROM customer WHERE id = %s FOR NO KEY UPDATE", [customer_id]
    )  # two who ask at once get one request
    known = RightsRequest.objects.filter(customer_id=customer_id, kind=wanted, state__in=states.OPEN).first()
    if known:
        return int(known.pk)
    row = RightsRequest.objects.create(
        id=ids.take_one(now=now),
        kind=wanted,
        customer_id=customer_id,
        record_ids=list_record_ids(customer_id),
        with_internal=with_internal,
        opened_at=now,
        opened_by_id=viewer.user_id,
        opened_by_name=viewer.name,
        due_on=a_month_after(now.date()),
        run_at=now + GRACE if wanted == RequestKind.ERASURE and not at_once else now,
    )
    _note(viewer.actor, row, "open", now=now, kind=str(wanted))
    return int(row.pk)


@transaction.atomic
def withdraw(viewer: Viewer, request_id: int, *, now: datetime) -> None:
    """Take a request back while nothing was removed for it. Raises RequestNotFoundError, RequestOvertakenError."""
    row = _locked(viewer, request_id, also_machines=True)
    if row.kind == RequestKind.ERASURE and row.state == State.WORKING:
        raise RequestOvertakenError
    _move(row, State.WITHDRAWN, now=now)
    _note(viewer.actor, row, "withdraw", now=now)


@transaction.atomic
def hasten(viewer: Viewer, request_id: int, *, now: datetime) -> None:
    """Begin now what waits for its day of grace, or what was stopped because the customer had changed: they were looked at again.

    Where their number leads to another customer by now, it is about that one. Raises RequestNotFoundError, RequestOvertakenError,
    CustomerNotFoundError.
    """
    row = _locked(viewer, request_id)
    if row.state not in (State.WAITING, State.STOPPED):
        raise RequestOvertakenError
    _follow(row)
    if not customers.can_see(viewer, row.customer_id):
        raise CustomerNotFoundError
    row.state, row.run_at, row.reason = State.WAITING, now, ""
    row.record_ids = list_record_ids(row.customer_id)
    row.save()
    _note(viewer.actor, row, "hasten", now=now)


def take_due(*, now: datetime) -> RightsRequest | None:
    """The next request with something to do, its row locked for the caller's transaction; None when there is none."""
    rows = fetch(
        "SELECT id FROM rights_request WHERE state IN ('waiting', 'working', 'cleaning') AND run_at <= %s ORDER BY run_at LIMIT 1"
        " FOR UPDATE SKIP LOCKED",
        [now],
    )
    return RightsRequest.objects.get(pk=rows[0][0]) if rows else None


def begin(row: RightsRequest, *, now: datetime) -> bool:
    """Take a waiting one up. False when it had to stop: the customer is made of other records than when this was asked.

    An export goes by the records of now; it stops where there are none, since they are with another customer.
    """
    if (row.kind == RequestKind.ERASURE or not list_record_ids(row.customer_id)) and stop_if_changed(row, now=now):
        return False
    _move(row, State.WORKING, now=now)
    return True


def stop_if_changed(row: RightsRequest, *, now: datetime) -> bool:
    """Stop a request when the customer is made of other records than when it was asked: nobody has looked at those. True then."""
    if set(list_record_ids(row.customer_id)) == set(row.record_ids):
        return False
    _move(row, State.STOPPED, now=now, reason="changed")
    _note(MACHINE, row, "stop", now=now)
    return True


def _follow(row: RightsRequest) -> None:
    """The customer whose their records are by now. Raises RequestOvertakenError when that one has asked for the same."""
    moved = fetch("SELECT redirect_to_id FROM customer WHERE id = %s AND redirect_to_id IS NOT NULL", [row.customer_id])
    if not moved:
        return
    row.customer_id = moved[0][0]
    if RightsRequest.objects.filter(customer_id=row.customer_id, kind=row.kind, state__in=states.OPEN).exists():
        raise RequestOvertakenError


def postpone(row: RightsRequest, *, until: datetime, reason: str = "") -> None:
    """Go on later: others are at work on what it needs, or something went wrong."""
    row.run_at, row.reason = until, reason[:500]
    row.save(update_fields=["run_at", "reason"])


def note_removed(row: RightsRequest, progress: Mapping[str, Any], *, now: datetime) -> None:
    """The rows are gone; in the transaction that removed them. What is left to clean is in `progress`."""
    row.progress = dict(progress)
    row.save(update_fields=["progress"])
    _move(row, State.CLEANING, now=now)
    _note(MACHINE, row, "remove", now=now)


def note_progress(row: RightsRequest, **changed: Any) -> None:
    """Keep how far it is."""
    row.progress = {**row.progress, **changed}
    row.save(update_fields=["progress"])


def settle_erasure(row: RightsRequest, certificate: Mapping[str, Any], *, now: datetime) -> None:
    """Nothing is left to clean: keep the certificate."""
    row.answer, row.progress = dict(certificate), {}
    row.save(update_fields=["answer", "progress"])
    _move(row, State.DONE, now=now)
    _note(MACHINE, row, "certify", now=now)


def settle_access(row: RightsRequest, file: str, *, expires_at: datetime, now: datetime) -> None:
    """The export is made."""
    row.file, row.expires_at, row.progress = file, expires_at, {}
    row.save(update_fields=["file", "expires_at", "progress"])
    _move(row, State.READY, now=now)
    _note(MACHINE, row, "ready", now=now)


@transaction.atomic
def note_fetched(viewer: Viewer, request_id: int, *, now: datetime) -> str:
    """Somebody fetches an export: audited. Returns the file's name. Raises RequestNotFoundError when it is no longer there."""
    row = _locked(viewer, request_id)
    if row.state != State.READY or (row.expires_at and row.expires_at <= now):
        raise RequestNotFoundError
    _note(viewer.actor, row, "fetch", now=now)
    return row.file


@transaction.atomic
def expire_exports(*, now: datetime) -> list[str]:
    """Exports whose time is over; returns the names of their files, which the caller removes."""
    gone = []
    for row in RightsRequest.objects.select_for_update(skip_locked=True).filter(state=State.READY, expires_at__lte=now):
        gone.append(row.file)
        row.file = ""
        row.save(update_fields=["file"])
        _move(row, State.EXPIRED, now=now)
    return gone


def end_exports_of(customer_ids: list[int], *, now: datetime) -> list[str]:
    """Exports of an erased customer go at once; returns the names of their files. In the caller's transaction."""
    rows = RightsRequest.objects.select_for_update().filter(customer_id__in=customer_ids, kind=RequestKind.ACCESS)
    gone = [row.file for row in rows if row.file]
    for row in rows.exclude(state__in=[State.EXPIRED, State.WITHDRAWN]):
        row.state, row.file, row.progress, row.settled_at = State.EXPIRED, "", {}, row.settled_at or now
        row.save()
    return gone


def list_record_ids(customer_id: int) -> list[int]:
    """The records a customer is made of now."""
    rows = fetch("SELECT id FROM source_record WHERE customer_id = %s ORDER BY id", [customer_id])
    return [identifier for (identifier,) in rows]


def a_month_after(day: date) -> date:
    """The same day of the next month, or its last: by when a request has to be answered (GDPR, article 12(3))."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _locked(viewer: Viewer, request_id: int, *, also_machines: bool = False) -> RightsRequest:
    if not viewer.is_lead or (viewer.is_machine and not also_machines):
        raise MayNotHandleRightsError
    row = RightsRequest.objects.select_for_update().filter(pk=request_id).first()
    if row is None:
        raise RequestNotFoundError
    return row


def _move(row: RightsRequest, target: State, *, now: datetime, reason: str = "") -> None:
    states.check_move(row.state, target)
    row.state, row.reason = target, reason
    if target in (State.READY, State.DONE, State.WITHDRAWN):
        row.settled_at = now
    row.save(update_fields=["state", "reason", "settled_at"])
    events.emit(RightsRequestMoved(object_id=row.pk, user_ids=(row.opened_by_id,), state=str(target)), now=now)


def _note(actor: Actor, row: RightsRequest, verb: str, *, now: datetime, **details: str) -> None:
    audit.record(
        actor,
        f"rights.{verb}",
        object_type="rights_request",
        object_id=row.pk,
        now=now,
        customer=row.customer_id,
        **details,
    )
