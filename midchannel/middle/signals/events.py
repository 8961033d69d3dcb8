"""What signals may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class Understood(Event, frozen=True, kw_only=True):
    """The texts of a batch were read; `object_id` is the channel. `ids` are activities that say something that presses
    (urgent, a complaint, a churn risk, a cancellation), at most 200 of them; `count` is how many were read.
    """

    kind: ClassVar[str] = "texts.understood"
    object_type: ClassVar[str] = "channel"

    first_id: str
    last_id: str
    count: int
    ids: list[str] = []


class SignalCorrected(Event, frozen=True, kw_only=True):
    """A person said what a text says; `object_id` is its activity. `what` is one of `labels.WHATS`."""

    kind: ClassVar[str] = "signal.corrected"
    object_type: ClassVar[str] = "signal"

    what: str


class ModelChanged(Event, frozen=True, kw_only=True):
    """Texts are read by another model from now on; `object_id` is its number, `version` its name."""

    kind: ClassVar[str] = "signal.model_changed"
    object_type: ClassVar[str] = "signal"

    version: str


class SecondReadingSwitched(Event, frozen=True, kw_only=True):
    """Texts are read twice from now on, or no longer."""

    kind: ClassVar[str] = "signal.second_switched"
    object_type: ClassVar[str] = "signal"

    is_on: bool
