"""The six plans that a company begins with, as text that people read and change: one file each in this folder."""

import functools
from datetime import datetime
from importlib import resources

from midchannel.engines.casework import compiled, plan, yaml_reading
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.platform.accounts.queries import Viewer


def list_names() -> list[str]:
    """The plans by name, in the order of the alphabet."""
    files = resources.files(__name__).iterdir()
    return sorted(each.name.removesuffix(".yaml") for each in files if each.name.endswith(".yaml"))


def get_text(name: str) -> str:
    """The text of a plan. Raises `FileNotFoundError` where there is none of that name."""
    return resources.files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def get_plan(name: str) -> plan.Plan:
    """A plan, read."""
    return yaml_reading.read(get_text(name))


@functools.cache
def get_ready(name: str) -> compiled.CompiledPlan:
    """A plan, ready to run."""
    return compiled.compile_plan(get_plan(name))


def seed(viewer: Viewer, *, now: datetime) -> list[str]:
    """Makes every plan that the company does not have yet its own; returns their names. One that was changed stays as it is."""
    there = {each.name for each in queries.list_plans(viewer)}
    wanted = [name for name in list_names() if name not in there]
    for name in wanted:
        cases.save_plan(viewer, get_text(name), now=now)
    return wanted
