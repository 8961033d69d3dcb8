"""What swarms may tell. `about_id` is the case; `scope_ids` are those who see it, `user_ids` who is in the swarm."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class SwarmTold(Event, frozen=True, kw_only=True):
    """What all events about a swarm carry."""

    object_type: ClassVar[str] = "swarm"

    about_type: str = "case"
    about_id: str


class SwarmStarted(SwarmTold, frozen=True, kw_only=True):
    """People were gathered around a case. `teams` counts the departments they are from."""

    kind: ClassVar[str] = "swarm.started"

    people: int
    teams: int


class SwarmJoined(SwarmTold, frozen=True, kw_only=True):
    """Somebody came to a swarm."""

    kind: ClassVar[str] = "swarm.joined"

    user_id: str


class SwarmLeft(SwarmTold, frozen=True, kw_only=True):
    """Somebody left a swarm, and with it the case."""

    kind: ClassVar[str] = "swarm.left"

    user_id: str


class SwarmEnded(SwarmTold, frozen=True, kw_only=True):
    """A swarm is over, so many seconds after it began. `why` is case (it ended with the case) or person; `people` all who were in it."""

    kind: ClassVar[str] = "swarm.ended"

    why: str
    seconds: int
    people: int


class SkillsChanged(Event, frozen=True, kw_only=True):
    """Somebody said anew what they can help with."""

    kind: ClassVar[str] = "skills.changed"
    object_type: ClassVar[str] = "account"
