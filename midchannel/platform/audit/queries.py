"""Reading the audit trail; for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from midchannel.platform.audit.models import Entry
from midchannel.platform.database.paging import Page, check_limit, cut, decode_cursor
from midchannel.platform.errors import NotAllowedError


class Reader(Protocol):
    """Whoever looks; `accounts.queries.Viewer` is one."""

    @property
    def is_administrator(self) -> bool:
        """May administer."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One write."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    action: str
    object_type: str
    object_id: int
    details: dict[str, Any]


def list_entries(
    viewer: Reader,
    cursor: str | None = None,
    *,
    actor_id: int | None = None,
    object_type: str = "",
    object_id: int | None = None,
    limit: int = 50,
) -> Page[EntryRow]:
    """The newest writes first; an actor or an object narrows. Raises NotAllowedError for all but administrators."""
    if not viewer.is_administrator:
        raise NotAllowedError
    limit = check_limit(limit)
    keys = decode_cursor(cursor, int)
    entries = Entry.objects.order_by("-pk")
    if keys:
        entries = entries.filter(pk__lt=keys[0])
    if actor_id is not None:
        entries = entries.filter(actor_id=actor_id)
    if object_type:
        entries = entries.filter(object_type=object_type)
    if object_id is not None:
        entries = entries.filter(object_id=object_id)
    return cut([_row(entry) for entry in entries[: limit + 1]], limit, lambda row: (row.id,))


def list_object_types(viewer: Reader) -> Sequence[str]:
    """The kinds of object that anything was ever written about. Walks the index from kind to kind."""
    if not viewer.is_administrator:
        return []
    found: list[str] = []
    kind = ""
    while True:
        kind = (
            Entry.objects.filter(object_type__gt=kind)
            .order_by("object_type")
            .values_list("object_type", flat=True)
            .first()
            or ""
        )
        if not kind or len(found) > 100:
            return found
        found.append(kind)


def _row(entry: Entry) -> EntryRow:
    return EntryRow(
        entry.pk,
        entry.at,
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.details,
    )
