"""Move cases: what happens outside (a reply, an order, a payment, a mood, a mention, an answer) reaches the cases it is about, once each.

`hear_*` write a row a case, in the transaction in which it happened; `work` takes the rows of one case at a time and lets them move it.
What plans may name is in `docs/casework.md`: the file items `reply`, `our_reply`, `order`, `payment`, `mood`, `mention` and `answer`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from midchannel.engines.casework.states import FileTransition
from midchannel.insight.worth import rules as worth
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases.actions import Told
from midchannel.middle.cases.actions.hearing import Waiting
from midchannel.middle.conversations.models import Direction
from midchannel.middle.signals import queries as signals
from midchannel.outside.channels.actions import Applying
from midchannel.outside.channels.kinds import TALK, Flag, Kind
from midchannel.platform.database.bulk import array, fetch

# What systems call an order that was paid.
PAID = frozenset({"paid", "completed", "captured", "settled", "bezahlt", "payment received"})
AUTOMATIC, ADDRESSED, OUTGOING = int(Flag.AUTOMATIC), int(Flag.ADDRESSED), int(Flag.OUTGOING)
TALKS, ORDER = frozenset(map(int, TALK)), int(Kind.ORDER)
# From here on a text is called good or bad, of a mood from -1 to 1.
CLEAR = 0.33


def hear_batch(new: Sequence[Applying], joined: Sequence[int], *, now: datetime) -> None:
    """What a batch says to open cases, on the arrival path after filing. A few statements, none where nobody talks or orders."""
    cases.follow_joined(joined, now=now)
    said = [each.id for each in new if _is_reply(each)]
    cases.note_messages("reply", said, direction=Direction.IN, now=now)
    overheard = [
        each for each in new if each.envelope.kind in TALKS and not each.envelope.flags & (ADDRESSED | OUTGOING)
    ]
    cases.note_activities("mention", {f"mention:{each.id}": each.id for each in overheard}, now=now)
    cases.note_activities(
        "order", {f"order:{each.id}": each.id for each in new if each.envelope.kind == ORDER}, now=now
    )


def hear_changes(later: Sequence[Applying], *, now: datetime) -> None:
    """What is said anew of orders (sent, paid, given back), on the arrival path after it was written."""
    changed = {f"order:{each.target}:{each.id}": each.target for each in later if each.envelope.kind == ORDER}
    cases.note_activities("order", changed, now=now)


def _is_reply(item: Applying) -> bool:
    flags = item.envelope.flags
    return item.envelope.kind in TALKS and bool(flags & ADDRESSED) and not flags & (AUTOMATIC | OUTGOING)


def hear_our_reply(message_id: int, *, now: datetime) -> None:
    """A message of ours has gone out: the cases of its conversation have answered. Again is harmless."""
    cases.note_messages("our_reply", [message_id], direction=Direction.OUT, now=now)


def hear_answer(
    case_id: int, *, key: str, question_id: int | None = None, is_partner: bool = False, now: datetime
) -> None:
    """A colleague has answered a question about a case, or a partner has written in its room; `key` is that of what was written."""
    body = {"is_partner": is_partner, **({"question_id": str(question_id)} if question_id is not None else {})}
    cases.note_signal("answer", [case_id], key=f"answer:{key}", at=now, body=body, now=now)


def work(*, now: datetime) -> bool:
    """Let what waits for one case move it. False when nothing waits. As many processes as one likes may do it side by side."""
    with transaction.atomic():
        taken = cases.take_waiting()
        if taken is None:
            return False
        cases.settle_waiting(taken, _told_of(taken.signals), now=now)
    return True


def _told_of(waiting: Sequence[Waiting]) -> dict[int, list[Told]]:
    """What each signal says: the texts' signals and the orders' data are read for all of them at once."""
    said = signals.of_known(_ids(waiting, "reply", "message_id"))
    orders = _orders(_ids(waiting, "order", "activity_id"))
    told: dict[int, list[Told]] = {}
    for each in waiting:
        at = each.happened_at.isoformat()
        if each.kind == "reply":
            told[each.id] = _reply(said.get(int(each.body.get("message_id", 0))), at)
        elif each.kind == "our_reply":
            told[each.id] = [Told("our_reply", {"answered": True}, counts=("our_replies",))]
        elif each.kind == "order":
            found = orders.get(int(each.body.get("activity_id", 0)))
            told[each.id] = _order(found, is_new=each.key.count(":") == 1) if found else []
        elif each.kind == "mention":
            told[each.id] = [Told("mention", counts=("mentions",))]
        elif each.kind == "answer":
            told[each.id] = [Told("answer", {"by_partner": bool(each.body.get("is_partner"))}, counts=("answers",))]
    return told


def _ids(waiting: Iterable[Waiting], kind: str, name: str) -> list[int]:
    return [int(each.body[name]) for each in waiting if each.kind == kind and name in each.body]


def _reply(signal: signals.Signal | None, at: str) -> list[Told]:
    steps = []
    if signal is not None and signal.sentiment:
        mood = "good" if signal.mood >= CLEAR else "bad" if signal.mood <= -CLEAR else "neutral"
        mark = f"{at}#{signal.id}"
        steps.append(Told("mood", {"mood": mood, "mood_at": mark}, event=FileTransition.UPDATE, latest="mood"))
    values: dict[str, Any] = {}
    if signal is not None:
        values = {"intents": list(signal.intents), "urgent": signal.is_urgent}
    return [*steps, Told("reply", values, counts=("replies",))]


def _orders(activity_ids: Sequence[int]) -> dict[int, worth.Order]:
    if not activity_ids:
        return {}
    rows = fetch(
        "SELECT a.id, a.at, coalesce((SELECT v.data FROM activity_version v WHERE v.activity_id = a.id ORDER BY v.id DESC LIMIT 1),"
        " a.data)::text FROM activity a WHERE a.id = ANY(%s::bigint[])",
        [array(activity_ids)],
    )
    return {row[0]: worth.order_of(row[0], row[1], msgspec.json.decode(row[2]) if row[2] else None) for row in rows}


def _order(order: worth.Order, *, is_new: bool) -> list[Told]:
    known = {"number": order.number, "state": order.state, "total": order.net, "currency": order.currency}
    event = FileTransition.CREATE if is_new else FileTransition.UPDATE
    steps = [Told("order", {"order": known}, counts=("orders",) if is_new else (), event=event)]
    if order.state in PAID:
        steps.append(Told("payment", {"paid": order.net}, counts=("payments",)))
    return steps
