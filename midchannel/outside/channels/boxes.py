"""The seam of a network that lives inside the house: it can be looked at, spoken in as anybody, hurried, troubled and removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from midchannel.platform.errors import NotFoundError

TROUBLES = ("none", "refuse", "refuse_for_good", "lose_receipt", "lose_both", "down")


class NobodyThereError(NotFoundError):
    """There is no such person or post in the simulated network. It may have been removed meanwhile."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A made-up person."""

    handle: str
    name: str
    language: str
    temper: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that stands in the network. `author` None: the company said it. `partner` is whom a private one is with."""

    external_id: str
    author: Someone | None
    partner: Someone | None
    text: str
    topic: str
    at: datetime
    is_public: bool
    is_addressed: bool
    is_edited: bool
    is_deleted: bool
    answers: str
    answers_id: str
    position: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How the network runs, and how much is in it."""

    per_minute: float
    is_paused: bool
    trouble: str
    people: int
    posts: int
    plans: int
    lived_until: datetime


class Box(Protocol):
    """One network in the box for each channel. What it says is read by its adapter, as from any other network."""

    def found(self, channel_id: int, *, seed: int, per_minute: float, now: datetime) -> None:
        """Make it and its people; as it is when it exists."""

    def is_there(self, channel_id: int) -> bool:
        """Whether a channel has one."""

    def live(self, channel_id: int, *, now: datetime) -> int:
        """Let time pass until `now`; returns how much happened."""

    def get_pace(self, channel_id: int) -> Pace | None:
        """How it runs; None when there is none."""

    def set_pace(
        self,
        channel_id: int,
        *,
        per_minute: float | None = None,
        is_paused: bool | None = None,
        trouble: str | None = None,
    ) -> None:
        """Change what is given: posts a minute, the pause, one of TROUBLES."""

    def list_people(self, channel_id: int) -> list[Someone]:
        """Everybody, by name."""

    def list_public(self, channel_id: int, *, before: int | None = None, limit: int = 30) -> list[Utterance]:
        """The public network, newest first; `before` a position."""

    def list_private(self, channel_id: int, handle: str, *, limit: int = 50) -> list[Utterance]:
        """One person's private messages with the company, oldest first."""

    def say(
        self,
        channel_id: int,
        handle: str,
        text: str,
        *,
        now: datetime,
        is_public: bool = True,
        is_addressed: bool = True,
        answers_id: str = "",
        topic: str = "",
    ) -> str:
        """Speak as somebody; returns the external id. Raises NobodyThereError."""

    def edit(self, channel_id: int, external_id: str, text: str, *, now: datetime) -> None:
        """Change what somebody said. Raises NobodyThereError."""

    def delete(self, channel_id: int, external_id: str, *, now: datetime) -> None:
        """Take back what somebody said. Raises NobodyThereError."""

    def ask(self, channel_id: int, handle: str, *, topic: str = "", salt: str = "") -> str:
        """A request in somebody's words, to be said; the same salt gives the same words."""

    def overhear(self, channel_id: int, *, salt: str = "") -> str:
        """Something said about the company, not to it."""

    def remove(self, channel_id: int) -> None:
        """Remove it with everybody and everything in it."""
