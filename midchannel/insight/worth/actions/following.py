"""Whose orders or records changed is read from the events, so that only their values are computed anew."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from midchannel.insight.worth.queries import orders
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.events import queries as events

PORTION = 200


@transaction.atomic
def follow(*, limit: int = PORTION) -> tuple[set[int], bool]:
    """The customers that the next events are about: new orders, links, consents. And whether there may be more events.

    The cursor moves with the caller's transaction, so that nobody is forgotten; the state's row lets one at a time in.
    """
    execute("INSERT INTO worth_state (id, event_id) VALUES (1, 0) ON CONFLICT DO NOTHING")
    found = fetch("SELECT event_id FROM worth_state WHERE id = 1 FOR UPDATE SKIP LOCKED")
    if not found:
        return set(), False
    portion = events.list_after(found[0][0], limit=limit)
    touched: set[int] = set()
    for event in portion:
        if event.kind == "messages.arrived":
            touched.update(orders.list_buyers(event.object_id, int(event.body["first_id"]), int(event.body["last_id"])))
        elif event.object_type == "customer":
            touched |= {event.object_id, *_customers_in(event.body)}
    if portion:
        execute("UPDATE worth_state SET event_id = %s WHERE id = 1", [portion[-1].id])
    return touched, len(portion) == limit


def _customers_in(body: dict[str, object]) -> set[int]:
    """Further customers an event names: whatever it calls them, an id is a text of digits, and what is no customer has no orders."""
    flat: list[object] = []
    for value in body.values():
        flat += value if isinstance(value, list) else [value]
    named = {int(each) for each in flat if isinstance(each, str) and each.isdecimal() and len(each) <= 19}
    return {row[0] for row in fetch("SELECT id FROM customer WHERE id = ANY(%s::bigint[])", [array(_fitting(named))])}


def _fitting(values: Iterable[int]) -> list[int]:
    return sorted(value for value in values if value < 2**63)


def note_computed(*, now: datetime) -> None:
    """Everything was computed anew."""
    execute("INSERT INTO worth_state (id, event_id) VALUES (1, 0) ON CONFLICT DO NOTHING")
    execute("UPDATE worth_state SET computed_at = %s WHERE id = 1", [now])
