"""The six plans that a company begins with, as text that people read and change: one file each in this folder."""

import functools
from importlib import resources

from midchannel.engines.casework import compiled, plan, yaml_reading


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
