"""What every event is. Rooms declare theirs in `events.py`, one small class each."""

from typing import ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact somebody may want to count or to be told.

    `kind` is "<object>.<past participle>", `object_type` one word of words.md. `scope_ids` and `user_ids` say who may be told:
    members of these scopes, and these people.
    """

    kind: ClassVar[str]
    object_type: ClassVar[str]

    object_id: int
    scope_ids: tuple[int, ...] = ()
    user_ids: tuple[int, ...] = ()


AUDIENCE_FIELDS = frozenset({"object_id", "scope_ids", "user_ids"})
