"""What a loop is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Loop:
    """One lane of work.

    `work` does one portion, in transactions of its own, and says whether there may be more: True is called again at
    once. After False it waits for a NOTIFY on `wake_on`, `every_seconds` at most. It may run twice for the same rows
    and in several processes at once, so it takes rows with `FOR UPDATE SKIP LOCKED`.
    `on_stop` is called when the worker is asked to stop, perhaps in a signal handler: it may set marks and no more.
    """

    name: str
    work: Callable[[], bool]
    every_seconds: float
    wake_on: str | None = None
    on_stop: Callable[[], None] | None = None
