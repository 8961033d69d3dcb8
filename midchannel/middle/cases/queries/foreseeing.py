"""What would come of something, without doing it."""

from datetime import datetime

from midchannel.engines.casework import changing, checking, previews, yaml_reading
from midchannel.engines.casework.commands import AnyCommand
from midchannel.engines.casework.errors import InvalidPlanError, Problem
from midchannel.middle.cases import plans
from midchannel.middle.cases.queries import reading
from midchannel.platform.accounts.queries import Viewer


def preview(viewer: Viewer, case_id: int, command: AnyCommand, *, now: datetime) -> previews.Difference:
    """What a command would change in a case, or why it would be refused. Raises CaseNotFoundError."""
    ready, current = reading.ready_of(reading.find(viewer, case_id))
    return previews.preview(ready, current, command, now=now)


def preview_plan(viewer: Viewer, case_id: int, text: str, *, now: datetime) -> changing.PlanChange:
    """What another plan would come to in a case. Raises CaseNotFoundError, PlanWrongError with every problem and its place."""
    case = reading.find(viewer, case_id)
    ready, current = reading.ready_of(case)
    return changing.preview(ready, current, plans.with_hours(plans.read(text), case.scope_id), now=now)


def check_plan(viewer: Viewer, text: str) -> tuple[list[Problem], list[Problem]]:
    """What is wrong with the text of a plan, and what is only probably not meant: for an editor, at every keystroke."""
    try:
        said = yaml_reading.read(text)
    except InvalidPlanError as wrong:
        return wrong.problems, []
    return [], checking.hints(said)
