"""The only write of events."""

from datetime import datetime

import msgspec
from django.db import connection

from midchannel.platform.events.base import AUDIENCE_FIELDS, Event
from midchannel.platform.events.models import StoredEvent

CHANNEL = "events"


def emit(event: Event, *, now: datetime) -> int:
    """Write an event in the caller's transaction and wake the listeners when it commits. Returns its id."""
    body = {key: value for key, value in msgspec.to_builtins(event).items() if key not in AUDIENCE_FIELDS}
    stored = StoredEvent.objects.create(
        at=now,
        kind=event.kind,
        object_type=event.object_type,
        object_id=event.object_id,
        scope_ids=list(event.scope_ids),
        user_ids=list(event.user_ids),
        body=body,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return stored.pk


def prune(*, before: datetime, up_to: int) -> tuple[int, int]:
    """Remove events older than a moment, none behind `up_to` (what has been counted). Returns how many, and the last one's id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM event WHERE id <= %s AND at < %s RETURNING id) SELECT count(*), coalesce(max(id), 0) FROM gone",
            [up_to, before],
        )
        removed, last = cursor.fetchone()
    return removed, last
