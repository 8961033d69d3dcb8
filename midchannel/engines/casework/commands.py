"""What may be asked of a case. Every command is a value; `machine.apply` does it or refuses.

An item is meant by its id (or by `instance`, the number of one instance). Where several live, `state` picks the oldest in that state and
`within` the one whose holder has that id; otherwise the oldest. The case itself is `$case`.
"""

from typing import Any

import msgspec

from midchannel.engines.casework.states import FileTransition, State, Transition

THE_CASE = "$case"


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="do"):
    """Something asked; values are set first, in the same step."""

    values: dict[str, Any] = {}


class Move(Command, frozen=True, kw_only=True, tag="move"):
    """A transition that a person may ask for: any but enable, start, exit, create and what happens because of the parent."""

    transition: Transition
    item: str = ""
    instance: int | None = None
    state: State | None = None
    within: str | None = None
    reason: str = ""
    because: str = "person"


class SetValues(Command, frozen=True, kw_only=True, tag="set"):
    """New values, and names that go; what depends on them is asked again."""

    remove: tuple[str, ...] = ()


class FileEvent(Command, frozen=True, kw_only=True, tag="file"):
    """Something happened to a case file item."""

    item: str
    event: FileTransition


class AddPlanned(Command, frozen=True, kw_only=True, tag="plan"):
    """A discretionary item is planned. `roles` are the person's; None: whoever asks has them all."""

    item: str
    within: str | None = None
    instance: int | None = None
    """The instance of the stage, when several live."""
    roles: tuple[str, ...] | None = None
    reason: str = ""


class AddTask(Command, frozen=True, kw_only=True, tag="add"):
    """A task that the plan does not know."""

    title: str
    about: str = ""
    role: str | None = None
    required: bool = False
    within: int = 0
    """The instance of the stage it goes into; 0 is the case."""
    reason: str = ""


class DoAgain(Command, frozen=True, kw_only=True, tag="again"):
    """An item that has ended is wanted once more."""

    instance: int
    reason: str = ""


class Tick(Command, frozen=True, kw_only=True, tag="tick"):
    """A timer that is due goes off."""

    instance: int


AnyCommand = Move | SetValues | FileEvent | AddPlanned | AddTask | DoAgain | Tick
