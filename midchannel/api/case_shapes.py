"""The shapes of cases: what goes out, and commands as they come in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from midchannel.api.shapes import NO_NUL, AnyId, Asked, Id, In, Line, Out, PageOut
from midchannel.engines.casework import commands, reasons
from midchannel.engines.casework.commands import AnyCommand
from midchannel.engines.casework.states import Transition
from midchannel.middle.cases.queries import CaseDetail
from midchannel.platform.errors import InvalidError

NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,63}$"
MOST_VALUES = 100
Text = Annotated[str, Field(pattern=NO_NUL, max_length=2000)]
Number = (
    Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)] | Annotated[int, Field(ge=-(10**15), le=10**15)]
)
Scalar = Text | bool | Number | None
Values = Annotated[
    dict[Annotated[str, Field(pattern=NAME)], Scalar | Annotated[list[Scalar], Field(max_length=50)]],
    Field(max_length=MOST_VALUES, description="Values of the case by name: texts, numbers, yes or no, lists of these."),
]
ItemName = Annotated[str, Field(pattern=NO_NUL, max_length=200)]
BIG_WORDS: Mapping[str, Callable[[], str]] = {
    "item": lambda: _("Say which item: by `instance`, or by `item`."),
    "title": lambda: _("A task needs a title."),
}


class OneCase(Asked):
    """A case."""

    case_id: AnyId


class CaseRowOut(Out):
    """A case in a list. `now`: what is to be done in it."""

    id: Id
    title: str
    state: str
    plan_title: str
    owner_id: Id | None
    opened_at: datetime
    changed_at: datetime
    now: list[str]


class CasePage(PageOut):
    """A page of cases."""

    items: list[CaseRowOut]


class ItemOut(Out):
    """An item in one of the lists. `instance` names it in commands."""

    instance: int
    item: str
    kind: str
    title: str
    about: str
    state: str
    role: str | None
    required: bool
    origin: str = Field(description="plan, repeat, again, planned (added from the plan) or free (added by somebody)")
    stages: list[str]
    show: list[str] = Field(description="The data it needs, by name.")
    reason: str
    changed_at: datetime | None
    due: datetime | None


class AdditionOut(Out):
    """Something that may be added; where it may not, `objection` says why in one word and `what` about what."""

    item: str
    title: str
    about: str
    stage: str
    roles: list[str]
    possible: bool
    objection: str
    what: str


class MilestoneOut(Out):
    """A milestone, and when it was reached."""

    key: str
    title: str
    reached_at: datetime | None


class BlockerOut(Out):
    """Something that keeps the case open."""

    instance: int
    title: str
    state: str
    required: bool


class CaseOut(Out):
    """A case with its five lists: do now, may start, may add, waiting for, done."""

    id: Id
    title: str
    state: str
    plan: str
    plan_title: str
    plan_number: int
    is_changed: bool = Field(description="Whether it follows a plan of its own.")
    owner_id: Id | None
    parent_id: Id | None
    children: list[Id]
    conversation_ids: list[Id]
    revision: int = Field(description="Send it with a command, so that nobody acts on the past.")
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    values: dict[str, Any]
    do_now: list[ItemOut]
    may_start: list[ItemOut]
    may_add: list[AdditionOut]
    waiting: list[ItemOut]
    done: list[ItemOut]
    milestones: list[MilestoneOut]
    keeps_open: list[BlockerOut]


def shown(case: CaseDetail) -> CaseOut:
    """A case as it is told."""
    names = (
        "title", "state", "plan", "plan_title", "plan_number", "is_changed", "revision", "opened_at", "changed_at", "ended_at", "values",
    )  # fmt: skip
    lists = ("do_now", "may_start", "waiting", "done")
    known: dict[str, Any] = {name: getattr(case, name) for name in names}
    known |= {name: [ItemOut.model_validate(each) for each in getattr(case.lists, name)] for name in lists}
    return CaseOut(
        **known,
        id=str(case.id),
        owner_id=None if case.owner_id is None else str(case.owner_id),
        parent_id=None if case.parent_id is None else str(case.parent_id),
        children=[str(each) for each in case.children],
        conversation_ids=[str(each) for each in case.conversation_ids],
        may_add=[AdditionOut.model_validate(each) for each in case.lists.may_add],
        milestones=[MilestoneOut.model_validate(each) for each in case.lists.milestones],
        keeps_open=[BlockerOut.model_validate(each) for each in case.openness.blockers],
    )


class PartOut(Out):
    """An event that is waited for, in plain words."""

    phrase: str
    done: bool


class WayOut(Out):
    """One way on: all parts, and the condition as the plan writes it with what it comes to now (null: it cannot be answered)."""

    parts: list[PartOut]
    condition: str
    holds: bool | None

    @classmethod
    def of(cls, awaited: reasons.Awaited) -> Self:
        """A way on as it is told."""
        asked = awaited.condition
        return cls(
            parts=[PartOut.model_validate(each) for each in awaited.parts],
            condition=asked.text if asked else "",
            holds=asked.holds if asked else None,
        )


class ItemWhyOut(Out):
    """Why an item is here, and what would move it. `because`: person, clock, rule, parent, work, or a criterion."""

    title: str
    state: str
    because: str
    reason: str
    enters: list[WayOut]
    leaves: list[WayOut]
    possible: list[str]
    due: datetime | None

    @classmethod
    def of(cls, why: reasons.Why, moves: reasons.Movable) -> Self:
        """Both answers together."""
        return cls(
            title=why.title, state=why.state, because=why.because, reason=why.reason, enters=[WayOut.of(each) for each in moves.enters],
            leaves=[WayOut.of(each) for each in moves.leaves], possible=list(moves.possible), due=moves.due,
        )  # fmt: skip


class ChangeOut(Out):
    """An item before and after."""

    instance: int
    title: str
    kind: str
    before: str | None
    after: str | None


class PreviewOut(Out):
    """What a command would change; `refused` says why it would not be done."""

    opens: list[ChangeOut]
    ends: list[ChangeOut]
    others: list[ChangeOut]
    case_state: str | None
    reaches: list[str] = Field(description="Titles of milestones.")
    refused: str


class CaseSignalOut(Out):
    """Whether the case has moved."""

    is_moved: bool


class HappeningOut(Out):
    """Something that happened in a case."""

    seq: int
    at: datetime
    by: str
    body: dict[str, Any]


class HappeningPage(Out):
    """What happened, the newest first."""

    items: list[HappeningOut]


Instance = Annotated[int, Field(ge=0, le=2_000_000_000)]


def _trimmed(text: str) -> str:
    return text.strip()


class Command(In):
    """What to do. Items by `instance`, or by `item` (their id in the plan; `$case` is the case itself)."""

    do: Literal[
        "complete", "start", "terminate", "disable", "reenable", "suspend", "resume", "fault", "reactivate", "occur", "close",
        "add", "add_task", "again", "set",
    ]  # fmt: skip
    instance: Instance | None = None
    item: ItemName = ""
    title: Annotated[Line, AfterValidator(_trimmed)] = Field(
        default="", description="Of the task that `add_task` adds."
    )
    about: Text = ""
    role: ItemName | None = None
    reason: Text = ""
    values: Values = {}

    def command(self) -> AnyCommand:
        """The command of the engine. Raises InvalidError where something it needs is missing."""
        values: dict[str, Any] = dict(self.values)
        if self.do == "set":
            return commands.SetValues(values=values)
        if self.do == "add_task":
            if not self.title:
                raise InvalidError(BIG_WORDS["title"](), "title")
            return commands.AddTask(
                title=self.title, about=self.about, role=self.role, within=self.instance or 0, reason=self.reason, values=values
            )  # fmt: skip
        if self.instance is None and (not self.item or self.do == "again"):
            raise InvalidError(BIG_WORDS["item"](), "instance")
        if self.do == "add":
            return commands.AddPlanned(item=self.item, instance=self.instance, reason=self.reason, values=values)
        if self.do == "again":
            return commands.DoAgain(instance=self.instance or 0, reason=self.reason, values=values)
        transition = Transition.MANUAL_START if self.do == "start" else Transition(self.do)
        return commands.Move(
            transition=transition, item=self.item, instance=self.instance, reason=self.reason, values=values
        )  # fmt: skip


class Does(Command):
    """The same, done. With `revision`, only while the case is still as it was read."""

    revision: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
