"""Reading events on from a cursor. Only insight, api and web do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from midchannel.platform.events.models import StoredEvent


def list_after(cursor: int, *, limit: int = 1000) -> list[StoredEvent]:
    """The next events behind an id, oldest first, stopping before any that an open transaction may still write into the gap.

    Ids are drawn before commit, so a reader that trusted the highest id could pass over an event that commits later. `tx` is the
    writing transaction (column default); rows of transactions not older than the oldest one still running wait for the next call.
    """
    rows = StoredEvent.objects.raw(
        "SELECT id, at, kind, object_type, object_id, scope_ids, user_ids, body FROM event"
        " WHERE id > %s AND tx < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY id LIMIT %s",
        [cursor, limit],
    )
    return list(rows)


def latest_id() -> int:
    """The id behind which a new listener starts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM event")
        return int(cursor.fetchone()[0])


def list_about(object_type: str, object_ids: Sequence[int], *, since: datetime | None = None) -> list[dict[str, Any]]:
    """Events about some objects, oldest first: for tests and for explaining one object."""
    events = StoredEvent.objects.filter(object_type=object_type, object_id__in=object_ids)
    if since:
        events = events.filter(at__gte=since)
    return [{"kind": e.kind, "object_id": e.object_id, "at": e.at, **e.body} for e in events.order_by("id")]
