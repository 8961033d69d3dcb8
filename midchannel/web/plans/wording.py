"""Events, conditions and times of a plan in plain words. All of it is said by us: nothing here comes from strangers."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.engines.casework import checking, expressions, plan, times
from midchannel.engines.casework.errors import ExpressionError
from midchannel.engines.casework.plan import Kind, OnPart, Source

Titles = Mapping[str, tuple[str, Kind]]
"""What people read for an item, and what it is, by its id."""


def kind_word(kind: Kind) -> str:
    """What an item is."""
    words = {
        Kind.STAGE: _("Stage"),
        Kind.HUMAN_TASK: _("Task"),
        Kind.TASK: _("Step"),
        Kind.PROCESS_TASK: _("Process"),
        Kind.CASE_TASK: _("Case of its own"),
        Kind.DECISION_TASK: _("Decision"),
        Kind.MILESTONE: _("Milestone"),
        Kind.EVENT_LISTENER: _("From outside"),
        Kind.USER_LISTENER: _("Somebody says so"),
        Kind.TIMER: _("Time"),
    }
    return words.get(kind, _("Case"))


def titles_of(said: plan.Plan) -> Titles:
    """Every item's title and kind."""
    return {each.id: (each.title, each.kind) for each in checking.walk(said.root)}


def event(part: OnPart, titles: Titles, files: Mapping[str, str]) -> str:
    """What is waited for: `“Look into it” is done`."""
    if part.kind is Source.FILE:
        name = files.get(part.source) or part.source
        return _file_words().get(part.event, "“%s” " + part.event) % name
    if part.kind is Source.VARIABLE:
        return _value_words().get(part.event, "“%s” " + part.event) % spoken(part.source)
    title, kind = titles.get(part.source, (part.source, Kind.HUMAN_TASK))
    if part.event == "occur":
        return (_("“%s” is reached") if kind is Kind.MILESTONE else _("“%s” happens")) % title
    return _item_words().get(part.event, "“%s” " + part.event) % title


def _item_words() -> dict[str, str]:
    return {
        "create": _("“%s” is there"),
        "enable": _("“%s” is offered"),
        "start": _("“%s” begins"),
        "manualStart": _("somebody starts “%s”"),
        "disable": _("“%s” is left out"),
        "reenable": _("“%s” is offered again"),
        "complete": _("“%s” is done"),
        "terminate": _("“%s” is skipped"),
        "exit": _("“%s” ends early"),
        "fault": _("“%s” fails"),
        "reactivate": _("“%s” is taken up again"),
        "suspend": _("“%s” is put on hold"),
        "resume": _("“%s” goes on"),
        "parentSuspend": _("“%s” is put on hold with its stage"),
        "parentResume": _("“%s” goes on with its stage"),
        "parentTerminate": _("“%s” ends with its stage"),
        "close": _("“%s” is closed"),
    }


def _file_words() -> dict[str, str]:
    return {
        "create": _("“%s” comes into the case file"),
        "update": _("“%s” changes"),
        "replace": _("“%s” is replaced"),
        "delete": _("“%s” is removed from the case file"),
        "addChild": _("“%s” gets a part"),
        "removeChild": _("“%s” loses a part"),
        "addReference": _("“%s” gets a reference"),
        "removeReference": _("“%s” loses a reference"),
    }


def file_event_word(event: str) -> str:
    """What happens to something in the case file."""
    words = {"create": _("comes"), "update": _("changes"), "replace": _("is replaced"), "delete": _("is removed")}
    return words.get(event, event)


def file_event(item: str, event: str, said: plan.Plan) -> str:
    """What happened to something in the case file, as a sentence."""
    name = next((each.name for each in checking.walk_files(said.file) if each.id == item and each.name), item)
    return _file_words().get(event, "“%s” " + event) % name


def _value_words() -> dict[str, str]:
    return {
        "create": _("it becomes known: %s"),
        "update": _("it changes: %s"),
        "delete": _("it is not known any more: %s"),
    }


def spoken(name: str) -> str:
    """A name of a value as one says it."""
    return name.replace("_", " ").replace(".", " ")


def condition(text: str | None) -> str:
    """A condition as a clause, for behind "if"; as it is written where it cannot be read."""
    return _read(text, _clause)


def _read(text: str | None, say: Callable[[expressions.Node], str]) -> str:
    if text is None or expressions.is_blank(text):
        return ""
    try:
        return say(expressions.parse(text))
    except ExpressionError:
        return text


def _clause(node: expressions.Node) -> str:
    """What holds or does not: a name alone is a question of yes or no."""
    if isinstance(node, expressions.Name):
        return _("%s is yes") % _quoted(node)
    if isinstance(node, expressions.Unary) and node.op == "not" and isinstance(node.operand, expressions.Name):
        return _("%s is no, or not known") % _quoted(node.operand)
    return _said(node)


def _quoted(name: expressions.Name) -> str:
    return f"“{_said(name)}”"


def _said(node: expressions.Node) -> str:
    if isinstance(node, expressions.Name | expressions.Literal):
        return spoken(".".join(node.path)) if isinstance(node, expressions.Name) else _constant(node.value)
    if isinstance(node, expressions.Unary):
        return _unary(node)
    if isinstance(node, expressions.Binary):
        return _binary(node)
    if isinstance(node, expressions.Choice):
        return _("%(yes)s if %(test)s, otherwise %(no)s") % {
            "test": _clause(node.test), "yes": _said(node.yes), "no": _said(node.no),
        }  # fmt: skip
    if isinstance(node, expressions.ListOf):
        return alternatives([_said(each) for each in node.items])
    return expressions.write(node)


def _constant(value: expressions.Constant) -> str:
    if value is None:
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"“{value}”" if isinstance(value, str) else str(value)


def _unary(node: expressions.Unary) -> str:
    inner = _said(node.operand)
    if node.op == "empty":
        return _("%s is not known") % inner
    if node.op == "-":
        return f"-{inner}"
    if isinstance(node.operand, expressions.Unary) and node.operand.op == "empty":
        return _("%s is known") % _said(node.operand.operand)
    return _("not: %s") % inner


def _binary(node: expressions.Binary) -> str:
    left, right = _said(node.left), _said(node.right)
    for side, other, swapped in ((node.right, left, False), (node.left, right, True)):
        if isinstance(side, expressions.Literal) and side.value is None and node.op in {"==", "!="}:
            return (_("%s is not known") if node.op == "==" else _("%s is known")) % other
        if swapped:
            break
    if node.op in {"and", "or"}:
        parts = [_bracketed(each, node.op) for each in (node.left, node.right)]
        return (_("%(one)s, and %(other)s") if node.op == "and" else _("%(one)s, or %(other)s")) % {
            "one": parts[0], "other": parts[1],
        }  # fmt: skip
    words = _compare_words().get(node.op)
    return words % {"left": left, "right": right} if words else f"{left} {node.op} {right}"


def _bracketed(node: expressions.Node, op: str) -> str:
    is_other = isinstance(node, expressions.Binary) and node.op in {"and", "or"} and node.op != op
    return f"({_clause(node)})" if is_other else _clause(node)


def _compare_words() -> dict[str, str]:
    return {
        "==": _("%(left)s is %(right)s"),
        "!=": _("%(left)s is not %(right)s"),
        "<": _("%(left)s is below %(right)s"),
        "<=": _("%(left)s is at most %(right)s"),
        ">": _("%(left)s is above %(right)s"),
        ">=": _("%(left)s is at least %(right)s"),
        "in": _("%(left)s is one of %(right)s"),
        "not-in": _("%(left)s is none of %(right)s"),
    }


def together(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def alternatives(parts: Sequence[str]) -> str:
    """`a, b or c`."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s or %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def duration(text: str) -> str:
    """A timer's time in words: `2 days`, `every hour, 3 times`; as written where it is something else."""
    if text.strip()[:2] in {"${", "#{"}:
        return _read(text, _said)
    try:
        schedule = times.read_schedule(text)
    except (ValueError, OverflowError):
        return text
    if schedule.every is None:
        return f"{schedule.at:%Y-%m-%d %H:%M}" if schedule.at else text
    length = _length(schedule.every)
    if schedule.repeats == times.FOR_EVER:
        return _("%s, again and again") % length
    if schedule.repeats:
        return _("%(length)s, %(count)s times") % {"length": length, "count": schedule.repeats + 1}
    return length


def _length(given: times.Duration) -> str:
    seconds = int(given.seconds)
    years, months = divmod(given.months, 12)
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [
        ngettext("%(n)s year", "%(n)s years", years) % {"n": years} if years else "",
        ngettext("%(n)s month", "%(n)s months", months) % {"n": months} if months else "",
        ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else "",
        ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours} if hours else "",
        ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes} if minutes else "",
        ngettext("%(n)s second", "%(n)s seconds", rest) % {"n": rest} if rest else "",
    ]
    return together([each for each in parts if each]) or _("at once")
