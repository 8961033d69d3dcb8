"""A case with all that its page says: why each item is there, what would move it, what doing it would bring. Read once."""

from dataclasses import dataclass
from datetime import datetime

from midchannel.engines.casework import checking, commands, lists, previews, questions, reasons, state
from midchannel.engines.casework.compiled import CompiledPlan
from midchannel.engines.casework.plan import Kind
from midchannel.engines.casework.questions import Question
from midchannel.engines.casework.states import ENDED, Transition
from midchannel.middle.cases.models import PlanVersion
from midchannel.middle.cases.queries import reading
from midchannel.middle.cases.queries.reading import CaseDetail
from midchannel.platform.accounts.queries import Viewer

PRIMARY = (
    Transition.COMPLETE, Transition.MANUAL_START, Transition.OCCUR, Transition.REENABLE, Transition.RESUME, Transition.REACTIVATE,
)  # fmt: skip
"""What one would most probably do with an item, the likeliest first."""
FORESEEN = (*PRIMARY, Transition.TERMINATE, Transition.DISABLE, Transition.SUSPEND, Transition.FAULT)
OF_CASE = (Transition.COMPLETE, Transition.SUSPEND, Transition.REACTIVATE, Transition.TERMINATE)
SMALL = 300
RANKS = {
    Kind.STAGE.value: 1,
    Kind.USER_LISTENER.value: 2,
    Kind.EVENT_LISTENER.value: 2,
    Kind.TIMER.value: 3,
    Kind.MILESTONE.value: 4,
}


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """What one item can tell. `main` is what one would most probably do; `then` what each transition that is possible would bring, and
    `again`, of something that has ended, doing it once more; `asks` are the values whose conditions wait for this item.
    """

    why: reasons.Why
    moves: reasons.Movable
    main: str
    then: dict[str, previews.Difference]
    asks: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A kind of thing in the case file, and how many there are."""

    id: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case and what its items can tell, by number of the instance; `possible` is what may be done with the case itself, `adding` what
    adding something would bring, by its id and its holder.
    """

    detail: CaseDetail
    about: str
    items: dict[int, ItemDetail]
    stages: dict[int, reasons.Openness]
    adding: dict[tuple[str, int], previews.Difference]
    possible: tuple[str, ...]
    case_then: dict[str, previews.Difference]
    questions: tuple[Question, ...]
    files: tuple[FileLine, ...]
    roles: dict[str, str]


def in_order(rows: tuple[lists.Row, ...]) -> tuple[lists.Row, ...]:
    """Rows of a list as a page shows them: tasks, then stages, what may happen, clocks and milestones."""
    return tuple(sorted(rows, key=lambda each: RANKS.get(each.kind, 0)))


def get_page(viewer: Viewer, case_id: int, *, now: datetime, most: int = 25) -> CasePage:
    """A case for its page; the first `most` items of each list tell about themselves (0: a page that shows
    no items). Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    detail = reading.detail_of(viewer, case)
    ready, current = reading.ready_of(case)
    asked = questions.list_questions(ready)
    found = detail.lists
    told = (
        *found.do_now[:most],
        *in_order(found.may_start)[:most],
        *in_order(found.waiting)[:most],
        *found.done[:most],
    )
    possible = reasons.what_moves(ready, current, state.CASE).possible
    foresee = _Foresight(ready, current, now, is_small=len(current.instances) <= SMALL)
    return CasePage(
        detail=detail,
        about=ready.plan.about,
        items={row.instance: _item(foresee, row, asked) for row in told},
        stages={each.instance: reasons.what_keeps_open(ready, current, each.instance) for each in found.stages},
        adding={
            (each.item, each.holder): foresee.of(commands.AddPlanned(item=each.item, instance=each.holder))
            for each in found.may_add
            if each.possible and most
        },
        possible=possible,
        case_then={
            each.value: foresee.of(commands.Move(item=commands.THE_CASE, transition=each))
            for each in OF_CASE
            if each.value in possible
        },
        questions=asked.all,
        files=tuple(
            FileLine(each.id, each.name or each.id, current.file.get(each.id, 0))
            for each in checking.walk_files(ready.plan.file)
        ),
        roles={each.id: each.name or each.id for each in ready.plan.roles},
    )


@dataclass(frozen=True, slots=True)
class _Foresight:
    """What commands would bring. A large case is asked command by command, when somebody wants to know."""

    ready: CompiledPlan
    current: state.CaseState
    now: datetime
    is_small: bool

    def of(self, command: commands.AnyCommand) -> previews.Difference:
        if not self.is_small:
            return previews.Difference()
        return previews.preview(self.ready, self.current, command, now=self.now)


def _item(foresee: _Foresight, row: lists.Row, asked: questions.Questions) -> ItemDetail:
    moves = reasons.what_moves(foresee.ready, foresee.current, row.instance)
    main = next((each.value for each in PRIMARY if each.value in moves.possible), "")
    wanted = [each for each in FORESEEN if each.value in moves.possible]
    then = {each.value: foresee.of(commands.Move(instance=row.instance, transition=each)) for each in wanted}
    if row.state in ENDED and row.kind == Kind.HUMAN_TASK:
        then["again"] = foresee.of(commands.DoAgain(instance=row.instance))
    names = asked.after.get(row.item.rpartition("/")[2], ()) if main else ()
    return ItemDetail(
        reasons.why_here(foresee.ready, foresee.current, row.instance),
        moves,
        main,
        then,
        tuple(each for each in asked.all if each.name in names),
    )


@dataclass(frozen=True, slots=True)
class OwnPlan:
    """The plan a case follows: its text, which version, and, where it was changed for this case, why and by whom."""

    name: str
    number: int
    text: str
    is_changed: bool
    reason: str
    made_by: str
    made_at: datetime


def get_plan_of(viewer: Viewer, case_id: int) -> OwnPlan:
    """The plan that a case follows now. Raises CaseNotFoundError."""
    case = reading.find(viewer, case_id)
    found = PlanVersion.objects.get(pk=case.plan_version_id)
    return OwnPlan(
        found.name, found.number, found.text, found.case_id is not None, found.reason, found.made_by_name, found.made_at
    )
