"""Small changes to the text of a plan that leave all the rest of it, comments and layout too, as it was."""

import re

import yaml

from midchannel.engines.casework import checking, plan, yaml_reading
from midchannel.engines.casework.errors import InvalidPlanError, Problem

_PLAIN = re.compile(r"[^\W\d_][\w ,()'/.-]*")


def add_option(text: str, title: str, *, role: str = "") -> str:
    """The text with one more task that may be added to the case; its name is made of its title. Raises `InvalidPlanError`.

    The text must be a plan that can be used, as it was before and afterwards.
    """
    said = yaml_reading.read(text)
    name = free_name(said, title)
    indent, line = _place(text)
    lines = text.splitlines()
    made = [f"- task: {name}", f"  title: {_scalar(title)}"]
    if role in {each.id for each in said.roles}:
        made.append(f"  for: {role}")
    if line is None:
        lines = [*lines, "may_add:"] if _has_no_table(text) else _not_ours()
        line = len(lines)
    lines[line:line] = [" " * indent + each for each in made]
    changed = "\n".join(lines) + "\n"
    yaml_reading.read(changed)
    return changed


def free_name(said: plan.Plan, title: str) -> str:
    """A name that no item of the plan has: `call_the_courier`."""
    words = re.findall(r"\w+", title.lower())
    name = "_".join(words)[:60].strip("_") or "task"
    if name[0].isdigit():
        name = f"task_{name}"
    taken = {each.id for each in checking.walk(said.root)}
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def _not_ours() -> list[str]:
    raise InvalidPlanError([Problem(0, 0, "`may_add` is written on one line here: write it as a list, and try again.")])


def _has_no_table(text: str) -> bool:
    return _table(text) is None


def _table(text: str) -> yaml.Node | None:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for key, value in root.value if key.value == "may_add"), None)


def _place(text: str) -> tuple[int, int | None]:
    """How far to indent, and before which line (from 0), where the case has a list of what may be added."""
    table = _table(text)
    if isinstance(table, yaml.MappingNode) and not table.flow_style:
        table = next((value for key, value in table.value if key.value == "items"), None)
    if not isinstance(table, yaml.SequenceNode) or table.flow_style or not table.value:
        return 2, None
    column = table.start_mark.column
    last = table.value[-1].end_mark
    line = last.line if last.column == 0 else last.line + 1
    lines = text.splitlines()
    line = min(line, len(lines))
    while line > 0 and (not lines[line - 1].strip() or lines[line - 1].lstrip().startswith("#")):
        line -= 1
    return column, line


def _scalar(text: str) -> str:
    said = " ".join(text.split())
    if (
        _PLAIN.fullmatch(said)
        and said.lower() not in {"yes", "no", "on", "off", "true", "false", "null"}
        and ": " not in said
    ):
        return said
    return "'" + said.replace("'", "''") + "'"
