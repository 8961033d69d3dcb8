"""What a case is now. A value: `machine` never changes one, it makes another; `msgspec` writes it as JSON and reads it back."""

from datetime import datetime
from typing import Any

import msgspec

from midchannel.engines.casework.states import State

CASE = 0
"""The instance that is the case itself."""
FREE = "+"
"""The key of a task that no plan knows: somebody added it."""


class Instance(msgspec.Struct, gc=False):
    """One plan item that is, or was, there. `item` is its key in the plan: ids from the first level down, joined by `/`; "" is the case."""

    id: int
    item: str
    parent: int
    state: State
    before: State | None = None
    """The state that parentResume leads back to."""
    by_parent: bool = False
    """Suspended because what holds it was."""
    marks: int = 0
    """The on-parts that have happened, a bit each, entry criteria before exit criteria."""
    blocked: int = 0
    """Entry criteria that wait for their condition to become false first, a bit each."""
    required: bool = False
    count: int = 1
    """How often the item has been there, this time included."""
    origin: str = "plan"
    """plan, repeat, again (a person asked for it once more), planned (discretionary) or free."""
    due: datetime | None = None
    repeats: int = 0
    children: tuple[int, ...] = ()
    """What is alive in it, oldest first."""
    pending: tuple[str, ...] = ()
    """Discretionary items planned before it has started."""
    planned: tuple[str, ...] = ()
    """Discretionary items that were ever planned in it."""
    title: str | None = None
    about: str = ""
    role: str | None = None
    created_at: datetime | None = None
    changed_at: datetime | None = None
    because: str = ""
    """Why it is in this state: `person`, `clock`, `rule`, `parent`, `work`, or the criterion: `entry:0`, `exit:1`."""
    reason: str = ""
    """What the person said who did it."""


class CaseState(msgspec.Struct):
    """A whole case: what is in it, what it knows, and which plan version it follows."""

    plan: str
    version: str = ""
    instances: dict[int, Instance] = {}
    live: dict[str, tuple[int, ...]] = {}
    """The living instances by key of their item, oldest first."""
    values: dict[str, Any] = {}
    file: dict[str, int] = {}
    """How many of each case file item there are."""
    next_id: int = 0
    events: int = 0
    """How many events have made it what it is."""
    held: bool = False
    """Re-opened, and nothing has happened in it since: it does not complete by itself."""
    changed_at: datetime | None = None

    @property
    def case(self) -> Instance:
        """The case as an instance."""
        return self.instances[CASE]


def is_live(state: CaseState, instance: Instance) -> bool:
    """Whether it has not ended, and nothing that holds it has."""
    return instance.id in state.live.get(instance.item, ())


def encode(state: CaseState) -> bytes:
    """The state as JSON."""
    return msgspec.json.encode(state)


def decode(data: bytes) -> CaseState:
    """The state from JSON. Raises `msgspec.ValidationError`."""
    return msgspec.json.decode(data, type=CaseState)
