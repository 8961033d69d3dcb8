"""Whose orders or records changed is read from the events, so that only their values are computed anew."""

from collections.abc import Iterable
from datetime import datetime

from midchannel.insight.worth.queries import orders
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.events import queries as events

PORTION = 200


def follow(*, limit: int = PORTION) -> tuple[set[int], int, bool]:
    """The customers that the next events are about (new orders, links, consents), how far that is, and whether there may be more.

    Writes nothing: whoever has done with them what is to be done calls `note_followed`, so that nobody is forgotten by a crash.
    """
    rows = fetch("SELECT event_id FROM worth_state WHERE id = 1")
    cursor = rows[0][0] if rows else 0
    portion = events.list_after(cursor, limit=limit)
    touched: set[int] = set()
    for event in portion:
        if event.kind == "messages.arrived":
            touched.update(orders.list_buyers(event.object_id, int(event.body["first_id"]), int(event.body["last_id"])))
        elif event.object_type == "customer":
            touched |= {event.object_id, *_customers_in(event.body)}
    return touched, portion[-1].id if portion else cursor, len(portion) == limit


def note_followed(event_id: int) -> None:
    """What the events up to this one are about has been done."""
    execute(
        "INSERT INTO worth_state (id, event_id) VALUES (1, %s) ON CONFLICT (id) DO UPDATE SET event_id = excluded.event_id"
        " WHERE worth_state.event_id < excluded.event_id",
        [event_id],
    )


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
