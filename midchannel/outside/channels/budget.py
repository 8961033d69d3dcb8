"""How much a machine of ours may send to one address: what stops two machines that answer each other."""

from datetime import datetime, timedelta

from django.db import transaction

from midchannel.platform.database.bulk import execute, fetch

PER_HOUR = 5
PER_DAY = 20
KEPT = timedelta(days=2)


@transaction.atomic
def take(channel_id: int, address: str, now: datetime) -> bool:
    """Take one automatic message to an address out of its budget. False when it is spent: then nothing may be sent there by machine.

    For machines only; what a person writes is never counted. In the transaction that queues the message.
    """
    address = address.strip().lower()
    hour = now.replace(minute=0, second=0, microsecond=0)
    execute(
        "DELETE FROM send_budget WHERE channel_id = %s AND address = %s AND hour < %s",
        [channel_id, address, now - KEPT],
    )
    spent_today = fetch(
        "SELECT coalesce(sum(count), 0) FROM send_budget WHERE channel_id = %s AND address = %s AND hour > %s",
        [channel_id, address, hour - timedelta(days=1)],
    )[0][0]
    if spent_today >= PER_DAY:
        return False
    return bool(
        fetch(
            "INSERT INTO send_budget AS b (channel_id, address, hour, count) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (channel_id, address, hour) DO UPDATE SET count = b.count + 1 WHERE b.count < %s RETURNING count",
            [channel_id, address, hour, PER_HOUR],
        )
    )
