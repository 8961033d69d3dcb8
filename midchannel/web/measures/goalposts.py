"""Goals and baselines, as the page and a channel's page show them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from midchannel.inside.improvements.queries import Closure
from midchannel.insight.outcomes.queries import BaselineRecord, GoalRecord
from midchannel.web.components import records, words
from midchannel.web.measures.panels import percent

UNITS: dict[str, str | Promise] = {
    "contacts": gettext_lazy("Contacts a week"),
    "messages": gettext_lazy("Messages a week"),
    "first_answer": gettext_lazy("Median time to first answer, in minutes"),
    "resolution": gettext_lazy("Median time to resolution, in hours"),
    "loop_closure": gettext_lazy("Loop closure, in per cent"),
}


CHART_UNITS: dict[str, tuple[str | Promise, float]] = {
    "first_answer": (gettext_lazy("min"), 60.0),
    "resolution": (gettext_lazy("h"), 3600.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A goal with how far it is. `percent` of the way; `state` is met, on_the_way, missed or unknown."""

    title: str
    of: str
    purpose: str
    note: str
    target: str
    value: str
    percent: int
    state: str
    words: str
    due_on: date
    set_at: datetime
    by_name: str
    series: tuple[records.Series, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A baseline with its chart."""

    channel_id: int
    channel: str
    purpose: str
    frozen_at: datetime
    is_none: bool
    contacts: int
    messages: int
    series: tuple[records.Series, ...]


def choices() -> list[tuple[str, str]]:
    """The measures a goal may be of, with their units."""
    return [(identifier, str(unit)) for identifier, unit in UNITS.items()]


def post(goal: GoalRecord, *, closure: Closure) -> Post:
    """A goal as a page shows it."""
    value, percent, is_met = goal.value, goal.share, goal.is_met
    if goal.measure.id == "loop_closure":
        value = closure.told / closure.asked if closure.asked else None
        percent = min(1.0, value / goal.target) if value is not None and goal.target else float(value is not None)
        is_met = percent >= 1
    state = "unknown" if value is None else "met" if is_met else "missed" if goal.is_over else "on_the_way"
    said = {
        "unknown": _("Nothing counted yet"),
        "met": _("Reached"),
        "missed": _("Not reached in time"),
        "on_the_way": _("On the way"),
    }
    return Post(
        title=str(goal.measure.name),
        of=goal.channel_name or _("The whole company"),
        purpose=goal.purpose,
        note=goal.note,
        target=_shown(goal.measure.id, goal.target, less=goal.measure.less_is_better),
        value="\N{EN DASH}" if value is None else _plain(goal.measure.id, value),
        percent=round(100 * percent),
        state=state,
        words=said[state],
        due_on=goal.due_on,
        set_at=goal.created_at,
        by_name=goal.by_name,
        series=_lines(goal),
        unit=str(CHART_UNITS.get(goal.measure.id, ("", 1.0))[0]),
    )


def before(record: BaselineRecord) -> Before:
    """A baseline as a page shows it."""
    labels = [formats.date_format(timezone.localtime(week.since), "j M") for week in record.weeks]
    contacts = [
        records.Mark(label=label, value=week.contacts) for label, week in zip(labels, record.weeks, strict=True)
    ]
    messages = [
        records.Mark(label=label, value=week.messages, tone="1")
        for label, week in zip(labels, record.weeks, strict=True)
    ]
    return Before(
        channel_id=record.channel_id,
        channel=record.channel_name,
        purpose=record.purpose,
        frozen_at=record.frozen_at,
        is_none=record.is_none,
        contacts=record.contacts,
        messages=record.messages,
        series=(
            records.Series(label=_("Contacts"), marks=tuple(contacts)),
            records.Series(label=_("Messages received"), marks=tuple(messages), tone="1"),
        )
        if record.weeks
        else (),
    )


def _lines(goal: GoalRecord) -> tuple[records.Series, ...]:
    """The measure week by week, and the line it is to reach."""
    if not goal.history:
        return ()
    _unit, scale = CHART_UNITS.get(goal.measure.id, ("", 1.0))
    labels = [formats.date_format(week.first_on, "j M") for week in goal.history]
    values = [None if week.value is None else round(week.value / scale, 1) for week in goal.history]
    reached = [records.Mark(label=label, value=value) for label, value in zip(labels, values, strict=True)]
    wanted = [records.Mark(label=label, value=round(goal.target / scale, 1), tone="7") for label in labels]
    return (
        records.Series(label=str(goal.measure.name), marks=tuple(reached)),
        records.Series(label=_("Goal"), marks=tuple(wanted), tone="7", is_reference=True),
    )


def _shown(measure_id: str, target: float, *, less: bool) -> str:
    plain = _plain(measure_id, target)
    return (_("at most %s") if less else _("at least %s")) % plain


def _plain(measure_id: str, value: float) -> str:
    if measure_id in {"first_answer", "resolution"}:
        return words.duration(value)
    if measure_id == "loop_closure":
        return percent(value)
    return _("%s a week") % words.number(round(value, 1))
