"""The only write of the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.platform.audit.models import Entry

Detail = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person (`user_id` set) or a part of the machine, such as "arrival" or an API token's name."""

    name: str
    user_id: int | None = None


def record(
    actor: Actor, action: str, *, object_type: str, object_id: int, now: datetime, **details: Detail | list[int]
) -> None:
    """Write one row, in the caller's transaction. Details are ids, states and names of fields, not content."""
    Entry.objects.create(
        at=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        action=action,
        object_type=object_type,
        object_id=object_id,
        details=details,
    )
