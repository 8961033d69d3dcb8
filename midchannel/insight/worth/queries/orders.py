"""Orders as they stand now: each activity of that kind in its newest version.

They are part of a customer's record, as what a business system says of them is: whoever may see the customer sees them all.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from midchannel.insight.worth.rules import Order, order_of
from midchannel.outside.channels.kinds import Kind
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, fetch

MOST = 5_000
ORDERS = """
FROM activity a LEFT JOIN LATERAL (SELECT v.data FROM activity_version v WHERE v.activity_id = a.id AND a.flags & 16 <> 0
 ORDER BY v.id DESC LIMIT 1) v ON true
"""
WHERE = f"a.kind = {int(Kind.ORDER)} AND a.flags & 32 = 0"
COLUMNS = "a.id, a.at, coalesce(v.data, a.data)::text, a.channel_id, a.handle_id"


def list_orders(handle_ids: Sequence[int], *, limit: int = MOST) -> list[Order]:
    """What some handles ordered, the newest first. For callers who have proved the customer. One query."""
    rows = fetch(
        f"SELECT {COLUMNS} {ORDERS} WHERE a.handle_id = ANY(%s::bigint[]) AND {WHERE} ORDER BY a.at DESC, a.id DESC LIMIT %s",
        [array(handle_ids), limit],
    )
    return [_order(row) for row in rows]


def read_by_customer(customer_ids: Iterable[int] | None = None) -> Iterator[tuple[int, list[Order]]]:
    """Every customer (or these) with their orders, oldest first; one customer at a time, however many there are. For the machine."""
    wanted = "" if customer_ids is None else "r.customer_id = ANY(%s::bigint[]) AND "
    values = [] if customer_ids is None else [array(customer_ids)]
    sql = (
        f"SELECT {COLUMNS}, r.customer_id {ORDERS} JOIN source_record r ON r.handle_id = a.handle_id"
        f" WHERE {wanted}{WHERE} ORDER BY r.customer_id, a.at, a.id"
    )
    current: int | None = None
    orders: list[Order] = []
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(sql, values)
        for row in cursor:
            if row[5] != current:
                if current is not None:
                    yield current, orders
                current, orders = row[5], []
            orders.append(_order(row))
        if current is not None:
            yield current, orders


def _order(row: Sequence[Any]) -> Order:
    identifier, at, data, channel_id, handle_id = row[:5]
    return order_of(identifier, at, msgspec.json.decode(data) if data else None, channel_id, handle_id)


def list_buyers(channel_id: int, first_id: int, last_id: int) -> list[int]:
    """The customers who ordered in a batch that arrived. For the machine."""
    rows = fetch(
        "SELECT DISTINCT r.customer_id FROM activity a JOIN source_record r ON r.handle_id = a.handle_id"
        f" WHERE a.id BETWEEN %s AND %s AND a.channel_id = %s AND a.kind = {int(Kind.ORDER)}",
        [first_id, last_id, channel_id],
    )
    return [row[0] for row in rows]


def list_edited(since: datetime) -> list[int]:
    """The customers one of whose orders got a new version that arrived since a moment. For the machine."""
    rows = fetch(
        "SELECT DISTINCT r.customer_id FROM activity_version v JOIN activity a ON a.id = v.activity_id"
        f" JOIN source_record r ON r.handle_id = a.handle_id WHERE v.id >= %s AND a.kind = {int(Kind.ORDER)}",
        [ids.at(since)],
    )
    return [row[0] for row in rows]


def count_open(handle_ids: Sequence[int]) -> int:
    """Conversations of some handles that are not resolved. A number for a rule, which tells nothing of what is said there."""
    rows = fetch(
        "SELECT count(*) FROM conversation c WHERE c.handle_id = ANY(%s::bigint[]) AND c.state IN (1, 2, 3) AND c.joined_into_id IS NULL",
        [array(handle_ids)],
    )
    return int(rows[0][0])


def count_open_of(customer_ids: Iterable[int]) -> dict[int, int]:
    """The same for many customers at once."""
    rows = fetch(
        "SELECT r.customer_id, count(*) FROM source_record r JOIN conversation c ON c.handle_id = r.handle_id"
        " WHERE r.customer_id = ANY(%s::bigint[]) AND c.state IN (1, 2, 3) AND c.joined_into_id IS NULL GROUP BY 1",
        [array(customer_ids)],
    )
    return dict(rows)
