"""What scoring everything anew would change: kept as a difference, applied whole or item by item, and taken back again.

An item is one component. It is applied only while its customers are as they were when it was proposed; else it is overtaken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from midchannel.middle.customers.actions import resolving, settling
from midchannel.middle.customers.errors import DifferenceNotFoundError, NothingToDoError, OvertakenError
from midchannel.middle.customers.models import Difference, DifferenceItem, DifferenceState, LinkDecision
from midchannel.middle.customers.standing import undone
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch

MACHINE = Actor("identity resolve")
PROPOSED, APPLIED, UNDONE = DifferenceState.PROPOSED, DifferenceState.APPLIED, DifferenceState.UNDONE
Groups = list[list[int]]


@dataclass(frozen=True, slots=True)
class Change:
    """One component that would change. `edges` as they are kept: {record, other, verdict, weight, rule, evidence}, or {gone: decision}."""

    kind: str
    before: Groups
    after: Groups
    edges: list[dict[str, Any]]


@transaction.atomic
def keep_difference(changes: Sequence[Change], *, engine: str, version: str, records: int, now: datetime) -> int:
    """Keep what would change, to be looked at. What was proposed before and nobody settled is declined by it. Returns its id."""
    Difference.objects.filter(state=PROPOSED).update(state=DifferenceState.DECLINED, settled_at=now)
    kinds = [change.kind for change in changes]
    made = Difference.objects.create(
        id=ids.take_one(now=now),
        made_at=now,
        engine=engine,
        model_version=version,
        records=records,
        joins=sum(kind != "split" for kind in kinds),
        splits=sum(kind != "join" for kind in kinds),
        state=PROPOSED if changes else APPLIED,
    )
    DifferenceItem.objects.bulk_create(
        (
            DifferenceItem(
                id=identifier,
                difference_id=made.pk,
                kind=change.kind,
                before=change.before,
                after=change.after,
                edges=change.edges,
                records=sum(map(len, change.after)),
            )
            for identifier, change in zip(ids.take_many(len(changes), now=now), changes, strict=True)
        ),
        batch_size=500,
    )
    return int(made.pk)


def apply_difference(viewer: Viewer | None, difference_id: int, *, now: datetime) -> Mapping[str, int]:
    """Apply every item that is still proposed, each in its own transaction; may be called again after a stop. Returns states to counts.

    `viewer` None: the machine was told to on its command line. Raises DifferenceNotFoundError.
    """
    for item_id in _items(viewer, difference_id, PROPOSED):
        try:
            apply_item(viewer, difference_id, item_id, now=now)
        except (NothingToDoError, OvertakenError, DifferenceNotFoundError):  # settled or erased by somebody meanwhile
            continue
    return _close(viewer, difference_id, now=now)


def apply_item(viewer: Viewer | None, difference_id: int, item_id: int, *, now: datetime) -> None:
    """Apply one item. Raises DifferenceNotFoundError, NothingToDoError, and OvertakenError when its customers have changed meanwhile."""
    with transaction.atomic():
        item = _item(viewer, difference_id, item_id, PROPOSED)
        is_current = _is_as_before(item)
        if is_current:
            _write(item, now=now)
            apart = settling.settle({each for group in item.after for each in group}, now=now)
            resolving.ask_about(apart, now=now)
        _settle_item(viewer, item, APPLIED if is_current else DifferenceState.OVERTAKEN, now=now)
    if not is_current:
        raise OvertakenError
    _close(viewer, difference_id, now=now)


@transaction.atomic
def decline_item(viewer: Viewer, difference_id: int, item_id: int, *, reason: str = "", now: datetime) -> None:
    """Leave things as they are. Raises DifferenceNotFoundError, NothingToDoError."""
    item = _item(viewer, difference_id, item_id, PROPOSED)
    item.reason = reason.strip()[:500]
    _settle_item(viewer, item, DifferenceState.DECLINED, now=now)
    _close(viewer, difference_id, now=now)


@transaction.atomic
def decline_difference(viewer: Viewer, difference_id: int, *, now: datetime) -> None:
    """Leave everything that is still proposed as it is. Raises DifferenceNotFoundError."""
    _check(viewer, difference_id)
    DifferenceItem.objects.filter(difference_id=difference_id, state=PROPOSED).update(
        state=DifferenceState.DECLINED, settled_at=now, settled_by_id=viewer.user_id
    )
    _close(viewer, difference_id, now=now)


@transaction.atomic
def undo_item(viewer: Viewer | None, difference_id: int, item_id: int, *, now: datetime) -> None:
    """Take an applied item back: its customers are as they were, with what arrived meanwhile on the right side.

    Raises DifferenceNotFoundError, NothingToDoError.
    """
    item = _item(viewer, difference_id, item_id, APPLIED)
    written = list(LinkDecision.objects.filter(act_id=item.pk).order_by("pk"))
    touched = {each for row in written for each in (row.record_id, row.other_id) if each}
    gone = undone(settling.read_rows(touched))
    standing = [row for row in written if row.pk not in gone]
    LinkDecision.objects.bulk_create(
        LinkDecision(
            id=identifier,
            record_id=row.record_id,
            other_id=row.other_id,
            customer_id=row.customer_id,
            verdict=row.verdict,
            by_rule=row.by_rule,
            by_user_id=None,
            at=now,
            reverts_id=row.pk,
        )
        for identifier, row in zip(ids.take_many(len(standing), now=now), standing, strict=True)
    )
    settling.settle(touched, now=now)
    _settle_item(viewer, item, UNDONE, now=now)
    Difference.objects.filter(pk=difference_id).update(state=UNDONE) if not _left(difference_id, APPLIED) else None


def undo_difference(viewer: Viewer | None, difference_id: int, *, now: datetime) -> int:
    """Take every applied item back. Returns how many."""
    items = _items(viewer, difference_id, APPLIED)
    for item_id in items:
        undo_item(viewer, difference_id, item_id, now=now)
    return len(items)


def _check(viewer: Viewer | None, difference_id: int) -> None:
    if (viewer is not None and not viewer.is_lead) or not Difference.objects.filter(pk=difference_id).exists():
        raise DifferenceNotFoundError


def _items(viewer: Viewer | None, difference_id: int, state: DifferenceState) -> list[int]:
    _check(viewer, difference_id)
    items = DifferenceItem.objects.filter(difference_id=difference_id, state=state).order_by("pk")
    return list(items.values_list("pk", flat=True))


def _item(viewer: Viewer | None, difference_id: int, item_id: int, state: DifferenceState) -> DifferenceItem:
    _check(viewer, difference_id)
    item = DifferenceItem.objects.select_for_update().filter(pk=item_id, difference_id=difference_id).first()
    if item is None:
        raise DifferenceNotFoundError
    if item.state != state:
        raise NothingToDoError
    return item


def _is_as_before(item: DifferenceItem) -> bool:
    """Whether exactly these records make these customers now. Erased ones, and ones that came to them, say no."""
    records = {each for group in item.before for each in group}
    rows = fetch(
        "SELECT id, customer_id FROM source_record WHERE customer_id IN"
        " (SELECT customer_id FROM source_record WHERE id = ANY(%s::bigint[]))",
        [f"{{{','.join(map(str, sorted(records)))}}}"],
    )
    held: dict[int, set[int]] = {}
    for record_id, customer_id in rows:
        held.setdefault(customer_id, set()).add(record_id)
    return sorted(map(sorted, held.values())) == sorted(map(sorted, item.before))


def _write(item: DifferenceItem, *, now: datetime) -> None:
    customers = settling.customers_of({each for group in item.after for each in group})
    gone = [each["gone"] for each in item.edges if "gone" in each]
    reverted = {row.pk: row for row in LinkDecision.objects.filter(pk__in=gone)}
    taken = ids.take_many(len(item.edges), now=now)
    rows = []
    for identifier, edge in zip(taken, item.edges, strict=True):
        if "gone" in edge:
            old = reverted.get(edge["gone"])
            if old is None:
                continue
            values = {
                "record_id": old.record_id,
                "other_id": old.other_id,
                "verdict": old.verdict,
                "by_rule": edge["rule"],
                "reverts_id": old.pk,
            }
        else:
            values = {
                "record_id": edge["record"],
                "other_id": edge["other"],
                "verdict": edge["verdict"],
                "weight": edge["weight"],
                "by_rule": edge["rule"],
                "evidence": edge["evidence"],
            }
        customer_id = customers[values["other_id"]]
        rows.append(LinkDecision(id=identifier, customer_id=customer_id, at=now, act_id=item.pk, **values))
    LinkDecision.objects.bulk_create(rows)


def _settle_item(viewer: Viewer | None, item: DifferenceItem, state: DifferenceState, *, now: datetime) -> None:
    item.state = state
    item.settled_at = now
    item.settled_by_id = viewer.user_id if viewer else None
    item.save(update_fields=["state", "settled_at", "settled_by_id", "reason"])
    by = viewer.actor if viewer else MACHINE
    audit.record(
        by, f"difference.{state}", object_type="difference", object_id=item.difference_id, now=now, item=item.pk
    )


def _left(difference_id: int, state: DifferenceState) -> bool:
    return DifferenceItem.objects.filter(difference_id=difference_id, state=state).exists()


def _close(viewer: Viewer | None, difference_id: int, *, now: datetime) -> Mapping[str, int]:
    """A difference of which nothing is proposed any more is settled."""
    if not _left(difference_id, PROPOSED):
        state = APPLIED if _left(difference_id, APPLIED) else DifferenceState.DECLINED
        Difference.objects.filter(pk=difference_id, state=PROPOSED).update(
            state=state, settled_at=now, settled_by_id=viewer.user_id if viewer else None
        )
    rows = fetch("SELECT state, count(*) FROM difference_item WHERE difference_id = %s GROUP BY 1", [difference_id])
    return dict(rows)
