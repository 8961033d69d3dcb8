"""What cases may tell."""

from typing import ClassVar

from midchannel.platform.events.base import Event


class CaseToldEvent(Event, frozen=True, kw_only=True):
    """What all events about a case carry; `scope_ids` is its scope, `user_ids` its owner."""

    object_type: ClassVar[str] = "case"

    plan: str


class CaseOpened(CaseToldEvent, frozen=True, kw_only=True):
    """A case began."""

    kind: ClassVar[str] = "case.opened"

    version: int


class CaseMoved(CaseToldEvent, frozen=True, kw_only=True):
    """Something in a case has changed. `opened` and `ended` are keys of plan items, `added` how many of them no plan had foreseen."""

    kind: ClassVar[str] = "case.moved"

    opened: list[str]
    ended: list[str]
    added: int = 0


class MilestoneReached(CaseToldEvent, frozen=True, kw_only=True):
    """A milestone was reached, so many seconds after the case began."""

    kind: ClassVar[str] = "case.milestone_reached"

    milestone: str
    seconds: int


class CaseEnded(CaseToldEvent, frozen=True, kw_only=True):
    """A case is over: completed or terminated. `again` counts repetitions, `added` what was added by hand, `items` all there was."""

    kind: ClassVar[str] = "case.ended"

    state: str
    seconds: int
    items: int
    again: int
    added: int


class CaseTakenBack(CaseToldEvent, frozen=True, kw_only=True):
    """Somebody's last step was taken back, and what was told of it: `milestones` were not reached; `is_open`, so it has not ended."""

    kind: ClassVar[str] = "case.taken_back"

    milestones: list[str]
    is_open: bool


class CasePlanChanged(CaseToldEvent, frozen=True, kw_only=True):
    """A running case follows another plan."""

    kind: ClassVar[str] = "case.plan_changed"

    version: int
