"""What is taken back (an import undone, the demo removed) is no longer counted: as if it had never come."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from django.db import transaction

from midchannel.insight.facts.actions import projecting
from midchannel.insight.facts.kinds import TIMED, Fact
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, execute, fetch


@transaction.atomic
def forget_channels(channel_ids: Iterable[int]) -> None:
    """Remove all facts of some channels."""
    gone = array(channel_ids)
    for table in ("fact", "fact_hour", "fact_day"):
        execute(f"DELETE FROM {table} WHERE channel_id = ANY(%s::int[])", [gone])
    projecting.note_late([ids.EPOCH])


@transaction.atomic
def forget_messages(channel_id: int, message_ids: Sequence[int], *, now: datetime) -> None:
    """Count some messages of a channel, received before, no longer. What was told of them is counted first."""
    _catch_up(now=now)
    hours = fetch(
        "SELECT scope_id, hour, first_id, last_id FROM fact_hour WHERE kind = %s AND channel_id = %s AND hour = ANY(%s)",
        [int(Fact.MESSAGE), channel_id, sorted({_hour_of(identifier) for identifier in message_ids})],
    )
    projecting.note_late(hour for _scope_id, hour, _first_id, _last_id in hours)
    for scope_id, hour, first_id, last_id in hours:
        count = sum(first_id <= identifier <= last_id and _hour_of(identifier) == hour for identifier in message_ids)
        execute(
            "UPDATE fact_hour SET count = greatest(count - %s, 0)"
            " WHERE kind = %s AND scope_id = %s AND hour = %s AND channel_id = %s",
            [count, int(Fact.MESSAGE), scope_id, hour, channel_id],
        )


@transaction.atomic
def forget_conversations(conversation_ids: Sequence[int], *, now: datetime) -> None:
    """Remove the facts of conversations that are gone."""
    _catch_up(now=now)
    gone = fetch(
        "DELETE FROM fact WHERE conversation_id = ANY(%s::bigint[]) RETURNING kind, scope_id, date_trunc('hour', at, 'UTC'), channel_id",
        [array(conversation_ids)],
    )
    counts = Counter(gone)
    if not counts:
        return
    projecting.note_late(hour for _kind, _scope, hour, _channel in counts)
    rows = [(*key, count) for key, count in counts.items()]
    execute(
        "UPDATE fact_hour h SET count = h.count - g.count FROM unnest(%s::smallint[], %s::int[], %s::timestamptz[], %s::int[], %s::int[])"
        " AS g(kind, scope_id, hour, channel_id, count) WHERE h.kind = g.kind AND h.scope_id = g.scope_id AND h.hour = g.hour"
        " AND h.channel_id = g.channel_id",
        [list(column) for column in zip(*rows, strict=True)],
    )
    days: set[date] = {hour.astimezone(UTC).date() for kind, _scope, hour, _channel in counts if kind in TIMED}
    projecting.sum_up_again(days)


def _catch_up(*, now: datetime) -> None:
    while projecting.project(now=now):
        pass


def _hour_of(identifier: int) -> datetime:
    return ids.EPOCH + projecting.HOUR * ids.hour_of(identifier)
