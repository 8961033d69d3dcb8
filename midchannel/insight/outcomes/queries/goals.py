"""Goals with how far they are, and baselines."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from midchannel.insight.facts import queries as facts
from midchannel.insight.facts import spreads
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.outcomes import definitions, periods
from midchannel.insight.outcomes.definitions import Measure
from midchannel.insight.outcomes.models import Baseline, Goal
from midchannel.insight.outcomes.periods import Period
from midchannel.outside.channels import queries as channels
from midchannel.platform.accounts.queries import Viewer

WINDOW_DAYS = 28
WEEKS = 13
FACT_OF = {
    "contacts": Fact.OPENED,
    "messages": Fact.MESSAGE,
    "first_answer": Fact.FIRST_ANSWER,
    "resolution": Fact.RESOLVED,
}


@dataclass(frozen=True, slots=True)
class WeekValue:
    """A measure in one week; None without any fact to time."""

    first_on: date
    value: float | None


@dataclass(frozen=True, slots=True)
class GoalRecord:
    """A goal. `value` is the measure now: a week's mean of the last 28 days for counts, their median for times; None without any fact.

    `history` is the measure in each of the last 13 weeks (empty for what is only counted now). `share` is how much of the way is gone
    (0 to 1); `is_met` whether it is there; `is_over` whether its day has passed.
    """

    id: int
    measure: Measure
    channel_id: int | None
    channel_name: str
    purpose: str
    target: float
    due_on: date
    note: str
    created_at: datetime
    by_name: str
    value: float | None
    share: float
    is_met: bool
    is_over: bool
    history: tuple[WeekValue, ...] = ()


@dataclass(frozen=True, slots=True)
class WeekCount:
    """One week of a baseline, from its first moment."""

    since: datetime
    contacts: int
    messages: int


@dataclass(frozen=True, slots=True)
class BaselineRecord:
    """How it was before a channel. `is_none`: there was nothing."""

    channel_id: int
    channel_name: str
    purpose: str
    frozen_at: datetime
    contacts: int
    messages: int
    since: datetime | None
    weeks: tuple[WeekCount, ...]

    @property
    def is_none(self) -> bool:
        """Nothing had been counted before."""
        return self.contacts + self.messages == 0


def list_goals(viewer: Viewer, *, now: datetime, zone: str = "UTC") -> list[GoalRecord]:
    """Goals of the company and of the channels the viewer sees, next due first."""
    seen = {channel.id: channel for channel in channels.list_channels(viewer, with_closed=True)}
    goals = [g for g in Goal.objects.order_by("due_on", "pk") if g.channel_id is None or g.channel_id in seen]
    values = _Values(viewer, periods.last_days(WINDOW_DAYS, zone=zone, now=now))
    today = values.period.last_on
    records = []
    for goal in goals:
        measure = definitions.BY_ID[goal.measure]
        channel = seen.get(goal.channel_id) if goal.channel_id else None
        value = values.of(measure, goal.channel_id)
        share = progress(goal.target, value, less_is_better=measure.less_is_better)
        records.append(
            GoalRecord(
                id=goal.pk,
                measure=measure,
                channel_id=goal.channel_id,
                channel_name=channel.name if channel else "",
                purpose=channel.purpose if channel else "",
                target=goal.target,
                due_on=goal.due_on,
                note=goal.note,
                created_at=goal.created_at,
                by_name=goal.by_name,
                value=value,
                share=share,
                is_met=share >= 1,
                is_over=goal.due_on < today,
                history=values.by_week(measure, goal.channel_id),
            )
        )
    return records


def list_goals_of(viewer: Viewer, channel_id: int, *, now: datetime, zone: str = "UTC") -> list[GoalRecord]:
    """The goals of one channel, for its page."""
    return [goal for goal in list_goals(viewer, now=now, zone=zone) if goal.channel_id == channel_id]


def list_baselines(viewer: Viewer) -> list[BaselineRecord]:
    """The baselines of the channels the viewer sees, newest first."""
    seen = {channel.id: channel for channel in channels.list_channels(viewer, with_closed=True)}
    found = Baseline.objects.filter(channel_id__in=list(seen)).order_by("-frozen_at", "-pk")
    return [_baseline(b, seen[b.channel_id].name, seen[b.channel_id].purpose) for b in found]


def get_baseline(viewer: Viewer, channel_id: int) -> BaselineRecord | None:
    """What was frozen when a channel opened; None when it was opened without. Raises ChannelNotFoundError."""
    channel = channels.get_channel(viewer, channel_id)
    found = Baseline.objects.filter(channel_id=channel_id).first()
    return _baseline(found, channel.name, channel.purpose) if found else None


def progress(target: float, value: float | None, *, less_is_better: bool) -> float:
    """How much of the way to a goal is gone, from 0 to 1."""
    if value is None:
        return 0.0
    if less_is_better:
        return 1.0 if value <= target else max(0.0, target / value)
    return 1.0 if value >= target else max(0.0, value / target)


def _baseline(found: Baseline, name: str, purpose: str) -> BaselineRecord:
    weeks: Iterable[tuple[str, int, int]] = found.weeks
    return BaselineRecord(
        channel_id=found.channel_id,
        channel_name=name,
        purpose=purpose,
        frozen_at=found.frozen_at,
        contacts=found.contacts,
        messages=found.messages,
        since=found.since,
        weeks=tuple(
            WeekCount(datetime.fromisoformat(since), contacts, messages) for since, contacts, messages in weeks
        ),
    )


class _Values:
    """Values of measures, each read once however many goals ask for it."""

    def __init__(self, viewer: Viewer, period: Period) -> None:
        self.viewer = viewer
        self.period = period
        self.weeks = _weeks(period)
        self._counts: dict[str, list[facts.Counted]] = {}
        self._spreads: dict[tuple[str, Period], dict[int, Counter[int]]] = {}

    def of(self, measure: Measure, channel_id: int | None) -> float | None:
        """The value now."""
        if measure.id == "loop_closure":
            return None
        if measure.is_timed:
            return self._median(measure, channel_id, self.period)
        return self._count(measure, channel_id, self.period) * 7 / WINDOW_DAYS

    def by_week(self, measure: Measure, channel_id: int | None) -> tuple[WeekValue, ...]:
        """The value in each of the last weeks."""
        if measure.id == "loop_closure":
            return ()
        read = self._median if measure.is_timed else self._count
        return tuple(WeekValue(week.first_on, read(measure, channel_id, week)) for week in self.weeks)

    def _count(self, measure: Measure, channel_id: int | None, period: Period) -> float:
        if measure.id not in self._counts:
            self._counts[measure.id] = facts.count_by_day(
                self.viewer,
                [FACT_OF[measure.id]],
                since=self.weeks[0].since,
                until=self.period.until,
                zone=self.period.zone,
            )
        return float(
            sum(
                each.count
                for each in self._counts[measure.id]
                if channel_id in (None, each.channel_id) and period.first_on <= each.day <= period.last_on
            )
        )

    def _median(self, measure: Measure, channel_id: int | None, period: Period) -> float | None:
        key = (measure.id, period)
        if key not in self._spreads:
            self._spreads[key] = facts.spread(self.viewer, FACT_OF[measure.id], since=period.since, until=period.until)
        chosen: Counter[int] = Counter()
        for each, spread in self._spreads[key].items():
            if channel_id in (None, each):
                chosen.update(spread)
        median = spreads.quantile(chosen, 0.5)
        return median.value if median else None


def _weeks(period: Period) -> list[Period]:
    """The last 13 whole weeks of seven days, ending where the period does; oldest first."""
    weeks = []
    for back in range(WEEKS - 1, -1, -1):
        last_on = period.last_on - timedelta(days=7 * back)
        weeks.append(Period(last_on - timedelta(days=6), last_on, period.zone))
    return weeks
