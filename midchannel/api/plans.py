"""Case plans: list, read, check, save a new version."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from midchannel.api.access import Right, viewer_of
from midchannel.api.operations import answers, once
from midchannel.api.shapes import NO_NUL, WORDS, Asked, Id, In, Line, Out
from midchannel.engines.casework.errors import Problem
from midchannel.middle.cases import actions, queries
from midchannel.middle.cases.errors import PlanNotFoundError
from midchannel.platform import clock

router = Router(tags=["Case plans"])
READ = Right("read:cases")
WRITE = Right("write:plans")
PlanText = Annotated[
    str, Field(pattern=NO_NUL, max_length=500_000, description="The plan as YAML; see docs/casework.md.")
]


class PlanOut(Out):
    """The current version of a plan, and how many open cases follow a version of it."""

    id: Id
    name: str
    number: int
    title: str
    made_at: datetime
    made_by: str
    cases: int


class PlansOut(Out):
    """All plans."""

    items: list[PlanOut]


class PlanTextOut(Out):
    """A plan as text."""

    name: str
    text: str


class ProblemOut(Out):
    """Something that is wrong: where (0: nowhere in particular), what, and what was probably meant."""

    line: int
    column: int
    message: str
    hint: str


class CheckedOut(Out):
    """What is wrong with a plan, and what is only probably not meant."""

    problems: list[ProblemOut]
    hints: list[ProblemOut]


class OnePlan(Asked):
    """A plan by its name."""

    name: Annotated[str, Field(pattern=NO_NUL, max_length=200)]


class TextIn(In):
    """A plan."""

    text: PlanText


class SaveIn(In):
    """A plan, and why it is saved."""

    text: Annotated[PlanText, Field(pattern=WORDS)]
    reason: Line = ""


@router.get("/plans", auth=READ, response=answers(PlansOut), summary="List case plans")
def list_plans(request: HttpRequest) -> PlansOut:
    """Every plan by its current version."""
    return PlansOut(items=[PlanOut.model_validate(row) for row in queries.list_plans(viewer_of(request))])


@router.get("/plans/{name}", auth=READ, response=answers(PlanTextOut, 404), summary="Get a case plan")
def get_plan(request: HttpRequest, path: Path[OnePlan]) -> PlanTextOut:
    """The text of the current version."""
    return PlanTextOut(name=path.name, text=queries.get_plan_text(viewer_of(request), path.name))


@router.post("/plan-check", auth=READ, response=answers(CheckedOut, body=True), summary="Check a case plan")
def check(request: HttpRequest, body: TextIn) -> CheckedOut:
    """Everything that is wrong with a plan, with line and column. Nothing is kept."""
    problems, hints = queries.check_plan(viewer_of(request), body.text)
    return CheckedOut(problems=[_problem(each) for each in problems], hints=[_problem(each) for each in hints])


@router.post("/plans", auth=WRITE, response=answers(PlanOut, body=True), summary="Save a case plan")
@once()
def save(request: HttpRequest, body: SaveIn) -> PlanOut:
    """A new version of the plan that the text names, current from now on; running cases keep theirs. The same text is the same one."""
    viewer = viewer_of(request)
    version_id = actions.save_plan(viewer, body.text, reason=body.reason, now=clock.now())
    found = next((row for row in queries.list_plans(viewer) if row.id == version_id), None)
    if found is None:
        raise PlanNotFoundError
    return PlanOut.model_validate(found)


def _problem(found: Problem) -> ProblemOut:
    return ProblemOut(line=found.line or 0, column=found.column or 0, message=found.message, hint=found.hint or "")
