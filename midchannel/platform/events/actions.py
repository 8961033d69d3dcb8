"""The only write of events."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import connection

from midchannel.platform.database import bulk
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


def emit_many(told: Sequence[Event], *, now: datetime) -> None:
    """Write many events at once, in order."""
    if not told:
        return
    at = now.isoformat()
    bulk.copy_rows(
        "event",
        ("at", "kind", "object_type", "object_id", "scope_ids", "user_ids", "body"),
        (
            (
                at,
                event.kind,
                event.object_type,
                event.object_id,
                bulk.array(event.scope_ids),
                bulk.array(event.user_ids),
                _body(event),
            )
            for event in told
        ),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def _body(event: Event) -> str:
    told = {k: v for k, v in msgspec.to_builtins(event).items() if k not in AUDIENCE_FIELDS}
    return msgspec.json.encode(told).decode()


def prune(*, before: datetime, up_to: int, limit: int = 10_000) -> tuple[int, int]:
    """Remove the oldest events, if older than a moment; none behind `up_to` (what has been counted), `limit` at once.

    Returns how many, and the last one's id.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM event WHERE at < %s AND id IN (SELECT id FROM event WHERE id <= %s ORDER BY id LIMIT"
            " (SELECT CASE WHEN (SELECT at FROM event ORDER BY id LIMIT 1) < %s THEN %s ELSE 0 END)) RETURNING id)"
            " SELECT count(*), coalesce(max(id), 0) FROM gone",
            [before, up_to, before, limit],
        )
        removed, last = cursor.fetchone()
    return removed, last
