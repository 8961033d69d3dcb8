"""What goes out, once it is queued: taken by one worker, settled as sent, failed or unknown; never blindly repeated.

The row is the queue. `sending` is committed before the network is called, under an advisory lock of the worker's session on the row's id;
so a row in `sending` whose lock is free was left by a crash, and becomes *unknown*.
"""

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
from django.db import transaction

from midchannel.outside.channels import documents
from midchannel.outside.channels.actions import opening, queueing
from midchannel.outside.channels.actions.arriving import OWN_WORDS
from midchannel.outside.channels.events import DeliverySettled
from midchannel.outside.channels.models import Channel, Delivery, DeliveryState, Health
from midchannel.outside.channels.port import Outgoing, Receipt
from midchannel.platform.database.bulk import execute, fetch
from midchannel.platform.events import actions as events

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
ASK_AGAIN = timedelta(minutes=1)
ASK_FOR = timedelta(days=1)
AT_ONCE = 2
"""So many messages of one channel are on their way at the same time: a slow network leaves lanes to the others."""

QUEUED, SENDING, UNKNOWN = DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.UNKNOWN
ON_ITS_WAY = (QUEUED, SENDING, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Sending:
    """A delivery that this worker has taken, and what its adapter needs."""

    delivery_id: int
    message_id: int
    channel_id: int
    network: str
    outgoing: Outgoing


@dataclass(frozen=True, slots=True)
class Settled:
    """Where a delivery stands now, for whoever keeps the conversation."""

    message_id: int
    conversation_id: int
    state: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it did not go out. `is_lasting`: trying again cannot help; `is_channel_wide`: no other message would go out either;
    `is_given_up`: the machine does not try again, a person may."""

    reason: str
    is_lasting: bool = False
    is_channel_wide: bool = False
    is_given_up: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Nobody knows whether it went out, and why."""

    reason: str


# What somebody says second does not go out before what they said first, in one conversation; what is in none waits for nothing.
NEXT_DUE = f"""
SELECT d.id FROM delivery d JOIN channel c ON c.id = d.channel_id
WHERE d.state = 'queued' AND d.due_at <= %s AND c.health IN ('ok', 'failing') AND NOT EXISTS (
    SELECT 1 FROM delivery e WHERE e.state IN ('queued', 'sending') AND e.id < d.id AND e.channel_id = d.channel_id
    AND e.document ->> 'conversation_id' = d.document ->> 'conversation_id' AND d.document ->> 'conversation_id' <> '0')
    AND (SELECT count(*) FROM delivery s WHERE s.state = 'sending' AND s.channel_id = d.channel_id) < {AT_ONCE}
ORDER BY d.due_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED
"""


def take_due(*, now: datetime) -> Sending | None:
    """Take one delivery whose time has come: mark it `sending`, commit, and hold its lock. None when nothing is due.

    Call `let_go` when it is settled, or when it could not be.
    """
    with transaction.atomic():
        due = fetch(NEXT_DUE, [now])
        if not due:
            return None
        row = Delivery.objects.select_related("channel").get(pk=due[0][0])
        execute("SELECT pg_advisory_lock(%s)", [row.pk])
        row.state = SENDING
        row.attempts += 1
        row.save(update_fields=["state", "attempts"])
    return _sending(row)


def let_go(delivery_id: int) -> None:
    """Give back the lock of a delivery that `take_due` took."""
    execute("SELECT pg_advisory_unlock(%s)", [delivery_id])


def _sending(row: Delivery) -> Sending:
    outgoing = msgspec.convert(row.document, Outgoing)
    return Sending(row.pk, row.message_id, row.channel_id, row.channel.network, outgoing)


@transaction.atomic
def settle(
    delivery_id: int,
    result: Receipt | Failure | Doubt,
    *,
    scope_ids: tuple[int, ...] = (),
    user_ids: tuple[int, ...] = (),
    now: datetime,
) -> Settled | None:
    """Write down what became of an attempt. None when somebody has settled it before.

    A failure that may pass is queued again, later each time, until it is given up.
    """
    row = _locked(delivery_id, (SENDING, UNKNOWN))
    if row is None:
        return None
    if isinstance(result, Receipt):
        _settle_sent(row, result)
    elif isinstance(result, Doubt):
        row.state, row.reason, row.due_at = UNKNOWN, result.reason, now + ASK_AGAIN
    else:
        _settle_failed(row, result, now=now)
    row.settled_at = None if row.state == QUEUED else now
    _forget_secret(row)
    row.save()
    if isinstance(result, Failure) and result.is_channel_wide:
        opening.set_health(row.channel_id, Health.FAILING, reason=result.reason, now=now)
    elif isinstance(result, Receipt):
        _note_it_works(row.channel_id, now=now)
    return _tell(row, scope_ids, user_ids, now=now)


def _settle_sent(row: Delivery, receipt: Receipt) -> None:
    row.state = DeliveryState.CONFIRMED if receipt.confirmed else DeliveryState.SENT
    row.external_id, row.reason, row.permanent = receipt.external_id, "", False
    if receipt.external_id and receipt.external_id != row.external_key:
        queueing.know_own(row.channel_id, receipt.external_id, row.message_id)


def _forget_secret(row: Delivery) -> None:
    if row.document.get("is_secret") and row.state not in ON_ITS_WAY:
        row.document["text"] = ""


def _settle_failed(row: Delivery, failure: Failure, *, now: datetime) -> None:
    row.reason, row.permanent = failure.reason, failure.is_lasting
    if failure.is_lasting or failure.is_given_up or row.attempts >= MAX_ATTEMPTS:
        row.state = DeliveryState.FAILED
    else:
        row.state = QUEUED
        row.due_at = now + min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)


def _note_it_works(channel_id: int, *, now: datetime) -> None:
    if Channel.objects.filter(pk=channel_id, health=Health.FAILING).exists():
        opening.set_health(channel_id, Health.OK, now=now)


def _locked(delivery_id: int, states: Sequence[str]) -> Delivery | None:
    return Delivery.objects.select_for_update(no_key=True).filter(pk=delivery_id, state__in=states).first()


def _tell(row: Delivery, scope_ids: tuple[int, ...], user_ids: tuple[int, ...], *, now: datetime) -> Settled:
    conversation_id = int(str(row.document.get("conversation_id") or 0))
    told = DeliverySettled(
        object_id=conversation_id,
        scope_ids=scope_ids,
        user_ids=user_ids,
        message_id=str(row.message_id),
        state=row.state,
        channel_id=row.channel_id,
        reason=row.reason,
        seconds=max(0, int((now - row.queued_at).total_seconds())),
    )
    if conversation_id:  # what is in none is no answer to anybody, and in no measure
        events.emit(told, now=now)
    return Settled(row.message_id, conversation_id, row.state)


def list_abandoned() -> list[int]:
    """Deliveries in `sending` that no living worker holds: their ids. The caller settles each as a Doubt."""
    found = fetch("SELECT id FROM delivery WHERE state = 'sending' ORDER BY id LIMIT 100")
    return [delivery_id for (delivery_id,) in found if _is_free(delivery_id)]


def _is_free(delivery_id: int) -> bool:
    if not fetch("SELECT pg_try_advisory_lock(%s)", [delivery_id])[0][0]:
        return False
    let_go(delivery_id)
    # Between the reading of the list and the lock its worker may have finished.
    return bool(fetch("SELECT 1 FROM delivery WHERE id = %s AND state = 'sending'", [delivery_id]))


@contextmanager
def asking(*, now: datetime) -> "Iterator[Sending | None]":
    """One unknown delivery whose network should be asked now, held by this worker alone; None when there is none."""
    rows = list(
        Delivery.objects.filter(state=UNKNOWN, due_at__lte=now, settled_at__gt=now - ASK_FOR)
        .select_related("channel")
        .order_by("due_at")[:20]
    )
    for row in rows:
        if fetch("SELECT pg_try_advisory_lock(%s)", [row.pk])[0][0]:
            try:
                yield _sending(row)
            finally:
                let_go(row.pk)
            return
    yield None


def ask_later(delivery_id: int, *, now: datetime) -> None:
    """The network could not say: ask it again, after twice the time that has passed."""
    row = Delivery.objects.get(pk=delivery_id)
    passed = now - (row.settled_at or now)
    Delivery.objects.filter(pk=delivery_id, state=UNKNOWN).update(
        due_at=now + max(ASK_AGAIN, min(passed, LONGEST_PAUSE))
    )


@transaction.atomic
def note_receipt(
    channel_id: int,
    external_id: str,
    *,
    failure: Failure | None = None,
    scope_ids: tuple[int, ...] = (),
    now: datetime,
) -> Settled | None:
    """The network says later what became of a message of ours, by its key or id there: the person got it, or (a bounce) did not.

    None when it is not known, or settled for good.
    """
    row = (
        Delivery.objects.select_for_update(no_key=True)
        .filter(channel_id=channel_id, state__in=[SENDING, UNKNOWN, DeliveryState.SENT])
        .filter(message_id__in=[m for (m,) in _messages_known_as(channel_id, external_id)])
        .first()
    )
    if row is None:
        return None
    if failure is None:
        row.state, row.reason = DeliveryState.CONFIRMED, ""
    else:
        row.state, row.reason, row.permanent = DeliveryState.FAILED, failure.reason, failure.is_lasting
    row.settled_at = now
    _forget_secret(row)
    row.save()
    return _tell(row, scope_ids, (), now=now)


def _messages_known_as(channel_id: int, external_id: str) -> list[tuple[int]]:
    return fetch(
        "SELECT activity_id FROM seen WHERE key = %s AND content = %s",
        [documents.key_of(channel_id, external_id), OWN_WORDS],
    )
