"""Plan versions ready to run: read and compiled once in a process, since a version never changes."""

import functools

from midchannel.engines.casework import compiled, yaml_reading
from midchannel.engines.casework.errors import InvalidPlanError
from midchannel.middle.cases.errors import PlanNotFoundError, PlanWrongError
from midchannel.middle.cases.models import PlanVersion


@functools.lru_cache(maxsize=256)
def ready(version_id: int) -> compiled.CompiledPlan:
    """The plan of a version, ready to run. Raises PlanNotFoundError."""
    text = PlanVersion.objects.filter(pk=version_id).values_list("text", flat=True).first()
    if text is None:
        raise PlanNotFoundError
    return compiled.compile_plan(yaml_reading.read(text))


def read(text: str) -> compiled.CompiledPlan:
    """A text that somebody wrote, ready to run. Raises PlanWrongError with every problem and its place."""
    try:
        return compiled.compile_plan(yaml_reading.read(text))
    except InvalidPlanError as wrong:
        raise PlanWrongError(wrong.problems) from wrong
