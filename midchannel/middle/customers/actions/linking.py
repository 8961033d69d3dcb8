"""People link records to customers, take them apart, and take that back. Nothing is merged: each is one more act, of decisions about pairs.

Customers follow from the decisions that stand (`settling`), so taking an act back restores both sides exactly, with what arrived
meanwhile on the right side: handles, conversations and consents hang on records. A person's word holds against every rule and model.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.customers import queries
from midchannel.middle.customers.actions import settling
from midchannel.middle.customers.errors import (
    AlreadyAnsweredError,
    CustomerNotFoundError,
    DecisionNotFoundError,
    NothingToDoError,
    OvertakenError,
    PairNotFoundError,
    RecordNotFoundError,
)
from midchannel.middle.customers.events import RecordLinked
from midchannel.middle.customers.models import LinkDecision, PairState, ReviewPair
from midchannel.middle.customers.standing import Row, standing, undone
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.events import actions as events

MAX_REASON = 500
MAX_PAIRS = 2_000
MAX_TOLD = 50

Pair = tuple[int, int]


@transaction.atomic
def link(viewer: Viewer, record_id: int, *, customer_id: int, reason: str = "", now: datetime) -> int:
    """Say that a record belongs to a customer, and not to whom it is with. Returns the decision's id.

    Raises RecordNotFoundError, CustomerNotFoundError, NothingToDoError.
    """
    if not queries.can_see(viewer, customer_id):
        raise CustomerNotFoundError
    was, members = _hold(viewer, record_id, customer_id)
    if was == customer_id:
        raise NothingToDoError
    there = [member for member in members if member.customer_id == customer_id]
    here = [member for member in members if member.customer_id == was and member.id != record_id]
    if not there:
        raise CustomerNotFoundError
    left = [((record_id, member.id), "cannot") for member in here]
    joined = [(pair, "must") for pair in _ties([record_id], [member.id for member in there], _anchor(there))]
    return _act(viewer, [*joined, *left], "link", to=customer_id, reason=reason, now=now)[0]


@transaction.atomic
def link_customers(
    viewer: Viewer, customer_id: int, *, into_id: int, reason: str = "", now: datetime
) -> tuple[int, ...]:
    """Say that two customers are one person. Returns the decisions' ids, those about the records of the first one first.

    Raises CustomerNotFoundError, NothingToDoError.
    """
    if customer_id == into_id:
        raise NothingToDoError
    if not (queries.can_see(viewer, customer_id) and queries.can_see(viewer, into_id)):
        raise CustomerNotFoundError
    one, two = _members_of_two(customer_id, into_id)
    if not one or not two:
        raise CustomerNotFoundError
    pairs = _ties([member.id for member in one], [member.id for member in two], _anchor(two))
    return tuple(_act(viewer, [(p, "must") for p in pairs], "link", to=into_id, reason=reason, now=now))


@transaction.atomic
def unlink(viewer: Viewer, record_id: int, *, reason: str = "", now: datetime) -> int:
    """Say that a record does not belong to its customer. What is theirs through it alone goes with it; both are as they were, for good.

    Returns the decision's id. Raises RecordNotFoundError, and NothingToDoError when it is the customer's only record.
    """
    was, members = _hold(viewer, record_id)
    rest = [member for member in members if member.id != record_id]
    if not rest:
        raise NothingToDoError(_("This is all that is known of this customer: there is nobody to take it apart from."))
    going = _going_with(record_id, rest)
    staying = [member.id for member in rest if member.id not in going]
    pairs = [(record_id, each) for each in staying]
    if len(going) * len(staying) <= MAX_PAIRS:
        pairs += [(one, each) for one in sorted(going - {record_id}) for each in staying]
    return _act(viewer, [(p, "cannot") for p in pairs], "apart", to=was, reason=reason, now=now)[0]


@transaction.atomic
def undo_decision(viewer: Viewer, decision_id: int, *, now: datetime) -> None:
    """Take a person's act back, with all decisions that were made in it.

    Raises DecisionNotFoundError, and OvertakenError when a person has said something else about one of its pairs since.
    """
    found = LinkDecision.objects.filter(pk=decision_id, by_user_id__isnull=False, reverts_id=None).first()
    if found is None:
        raise DecisionNotFoundError
    same_act = {"act_id": found.act_id} if found.act_id is not None else {"pk": found.pk}
    act = list(LinkDecision.objects.filter(**same_act, reverts_id=None).order_by("pk"))
    try:
        was, _theirs = _hold(viewer, found.record_id)
    except RecordNotFoundError as error:
        raise DecisionNotFoundError from error
    pairs = [(row.record_id, row.other_id) for row in act if row.other_id is not None]
    rows = settling.read_rows({each for pair in pairs for each in pair})
    held, gone = standing(rows), undone(rows)
    for row in act:
        pair = (min(row.record_id, row.other_id or 0), max(row.record_id, row.other_id or 0))
        if row.pk in gone or pair not in held or held[pair].id != row.pk:
            raise OvertakenError
    reverts = [((row.record_id, int(row.other_id or 0)), row.verdict, int(row.pk)) for row in act]
    _write(viewer, reverts, was, {}, act_id=None, now=now)
    execute(
        "UPDATE review_pair SET state = 0, label = '', answered_by_id = NULL, answered_at = NULL, decision_id = NULL"
        " WHERE decision_id = ANY(%s::bigint[])",
        [array(row.pk for row in act)],
    )
    moved = _settle({each for pair in pairs for each in pair}, now=now)
    _told(viewer, "undo", (found.record_id, was), moved, now=now)


@transaction.atomic
def answer_pair(viewer: Viewer, pair_id: int, *, label: str, reason: str = "", now: datetime) -> int:
    """Say of two records whether they are one customer: `label` "same" or "different". Returns the decision's id.

    It is a label for learning and a constraint for ever after. Raises PairNotFoundError, and AlreadyAnsweredError when somebody else was
    faster.
    """
    found = ReviewPair.objects.filter(pk=pair_id).first()
    if found is None:
        raise PairNotFoundError
    records = [found.left_id, found.right_id]
    settling.members_of(
        settling.customers_of(records).values()
    )  # before the pair, as whoever links them elsewhere does
    pair = ReviewPair.objects.select_for_update().filter(pk=pair_id).first()
    customers = settling.customers_of(records)
    if pair is None or len(customers) < len(records) or not all(queries.can_see(viewer, c) for c in customers.values()):
        raise PairNotFoundError
    if pair.state == PairState.ANSWERED:
        raise AlreadyAnsweredError(_person(pair.answered_by_id), pair.label)
    one, two = customers[pair.left_id], customers[pair.right_id]
    newer, older = pair.right_id, pair.left_id
    if label == "different":
        if one == two:
            return unlink(viewer, newer, reason=reason, now=now)
        return _act(viewer, [((newer, older), "cannot")], "apart", to=one, reason=reason, now=now)[0]
    first: list[tuple[Pair, str]] = [((newer, older), "must")]
    if one != two:
        there, here = _members_of_two(one, two)
        ties = _ties([member.id for member in here], [member.id for member in there], _anchor(there))
        first += [(each, "must") for each in ties if set(each) != {newer, older}]
    return _act(viewer, first, "link", to=one, reason=reason, now=now)[0]


@transaction.atomic
def undo_answer(viewer: Viewer, pair_id: int, *, now: datetime) -> None:
    """Take back the answer to a pair: both are as they were, and it is asked again.

    Raises PairNotFoundError, NothingToDoError, OvertakenError.
    """
    pair = ReviewPair.objects.select_for_update().filter(pk=pair_id).first()
    customers = settling.customers_of([pair.left_id, pair.right_id]) if pair else {}
    if pair is None or not all(queries.can_see(viewer, each) for each in customers.values()):
        raise PairNotFoundError
    if pair.decision_id is None:
        raise NothingToDoError
    undo_decision(viewer, pair.decision_id, now=now)


def _person(user_id: int | None) -> str:
    rows = fetch("SELECT name FROM account_user WHERE id = %s", [user_id])
    return rows[0][0] if rows else ""


def _hold(viewer: Viewer, record_id: int, *customer_ids: int) -> tuple[int, list[settling.Member]]:
    """Whose a record is, and all records of theirs and of some customers, held in one order, so that two people never wait in a ring.

    Raises RecordNotFoundError.
    """
    while True:
        was = settling.customers_of([record_id]).get(record_id)
        if was is None or not queries.can_see(viewer, was):
            raise RecordNotFoundError
        members = settling.members_of([was, *customer_ids])
        if any(member.id == record_id for member in members):  # else it went to somebody else while it was waited for
            return was, members


def _members_of_two(one: int, two: int) -> tuple[list[settling.Member], list[settling.Member]]:
    """The records of each of two customers, all held in one order."""
    members = settling.members_of([one, two])
    return [each for each in members if each.customer_id == one], [each for each in members if each.customer_id == two]


def _anchor(members: Sequence[settling.Member]) -> int:
    """The record that a customer's id comes from."""
    return settling.id_of(members)


def _ties(one: Sequence[int], two: Sequence[int], anchor: int) -> list[Pair]:
    """The pairs that make both one, whatever supports them otherwise: all with the anchor, and every pair that was said to be apart."""
    pairs = [(each, anchor) for each in one]
    pairs += [(each, anchor) for each in two if each != anchor]
    held = standing(settling.read_rows({*one, *two}))
    across = (
        {(min(left, right), max(left, right)) for left in one for right in two}
        if len(one) * len(two) <= MAX_PAIRS
        else set()
    )
    known = {(min(pair), max(pair)) for pair in pairs}
    wanted = [pair for pair in pairs if pair[0] in set(one) or not _is_must(held, pair)]
    return wanted + [
        pair for pair in sorted(across - known) if pair in held and held[pair].verdict in {"cannot", "apart"}
    ]


def _is_must(held: dict[Pair, Row], pair: Pair) -> bool:
    row = held.get((min(pair), max(pair)))
    return row is not None and row.verdict in {"must", "link"}


def _going_with(record_id: int, rest: Sequence[settling.Member]) -> set[int]:
    """The records that belong to the customer through this one alone: what the decisions give when it is apart from the others' anchor."""
    members = _members_with(record_id, rest)
    rows = settling.read_rows(members)
    anchor = _anchor(rest)
    apart = Row(1 << 62, record_id, anchor, "cannot", None, 0, None, None)
    parts = settling.divide(members.values(), [*rows, apart])
    return {member.id for member in next(part for part in parts if any(m.id == record_id for m in part))}


def _members_with(record_id: int, rest: Sequence[settling.Member]) -> dict[int, settling.Member]:
    return {member.id: member for member in settling.members([record_id, *(m.id for m in rest)])}


def _act(
    viewer: Viewer, decided: Sequence[tuple[Pair, str]], verb: str, *, to: int, reason: str, now: datetime
) -> list[int]:
    """Write the decisions of one act, and settle. The first decision is the one that is spoken of."""
    record_id = decided[0][0][0]
    was = fetch("SELECT customer_id FROM source_record WHERE id = %s", [record_id])[0][0]
    evidence = {"from": str(was), "to": str(to)} | ({"reason": reason.strip()[:MAX_REASON]} if reason.strip() else {})
    rows = [(pair, verdict, None) for pair, verdict in decided]
    made = _write(viewer, rows, to, evidence, act_id=0, now=now)
    moved = _settle({each for pair, _ in decided for each in pair}, now=now)
    _answer_pairs(viewer, decided, made, now=now)
    _told(viewer, verb, (record_id, was), moved, now=now)
    return made


def _write(
    viewer: Viewer,
    rows: Sequence[tuple[Pair, str, int | None]],
    customer_id: int,
    evidence: dict[str, str],
    *,
    act_id: int | None,
    now: datetime,
) -> list[int]:
    taken = ids.take_many(len(rows), now=now)
    LinkDecision.objects.bulk_create(
        LinkDecision(
            id=identifier,
            record_id=pair[0],
            other_id=pair[1],
            customer_id=customer_id,
            verdict=verdict,
            by_user_id=viewer.user_id,
            evidence=evidence,
            at=now,
            reverts_id=reverts,
            act_id=taken[0] if act_id is not None else None,
        )
        for identifier, (pair, verdict, reverts) in zip(taken, rows, strict=True)
    )
    return taken


def _settle(record_ids: Iterable[int], *, now: datetime) -> dict[int, tuple[int, int]]:
    """Settle, and say which records moved: id to (from, to)."""
    touched, _rows = settling.component_of(set(record_ids))
    before = settling.customers_of(touched)
    settling.settle(touched, now=now)
    after = settling.customers_of(touched)
    return {each: (before[each], after[each]) for each in sorted(touched) if before[each] != after[each]}


def _answer_pairs(viewer: Viewer, decided: Sequence[tuple[Pair, str]], made: Sequence[int], *, now: datetime) -> None:
    """Open questions about these pairs are answered by it."""
    labels = {"must": "same", "cannot": "different"}
    execute(
        "UPDATE review_pair p SET state = 1, label = d.label, answered_by_id = %s, answered_at = %s, decision_id = d.id"
        " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[]) AS d(id, l, r, label)"
        " WHERE p.left_id = d.l AND p.right_id = d.r",
        [
            viewer.user_id,
            now,
            array(made),
            array(min(pair) for pair, _ in decided),
            array(max(pair) for pair, _ in decided),
            [labels[verdict] for _, verdict in decided],
        ],
    )
    execute(
        "UPDATE review_pair p SET state = 2 FROM source_record a, source_record b WHERE p.state = 0 AND a.id = p.left_id"
        " AND b.id = p.right_id AND a.customer_id = b.customer_id AND p.right_id = ANY(%s::bigint[])",
        [array({each for pair, _ in decided for each in pair})],
    )


def _told(viewer: Viewer, verb: str, about: Pair, moved: dict[int, tuple[int, int]], *, now: datetime) -> None:
    """One audit row for the act, `about` a record and the customer it was with; an event for each record that moved."""
    record_id, was = about
    to = moved.get(record_id, (was, was))[1]
    records = list(moved)[:MAX_TOLD]
    audit.record(
        viewer.actor,
        f"customer.{verb}",
        object_type="customer",
        object_id=to,
        now=now,
        record=record_id,
        was=was,
        records=records,
    )
    scopes = settling.scopes_of({each for pair in moved.values() for each in pair} | {to, was})
    for each in records or [record_id]:
        before, after = moved.get(each, (was, to))
        events.emit(
            RecordLinked(
                object_id=after,
                scope_ids=scopes,
                user_ids=(viewer.user_id,),
                record_id=str(each),
                from_id=str(before),
                verdict=verb,
            ),
            now=now,
        )
