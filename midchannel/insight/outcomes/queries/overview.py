"""All numbers of a period, for one viewer, with those of the period before."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from midchannel.insight.facts import queries as facts
from midchannel.insight.facts import spreads
from midchannel.insight.facts.kinds import Fact
from midchannel.insight.facts.spreads import Quantile
from midchannel.insight.outcomes.periods import Period
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch

COUNTED = (Fact.OPENED, Fact.REOPENED, Fact.MESSAGE, Fact.RESOLVED, Fact.REPLY_SENT, Fact.DELIVERY_FAILED)


@dataclass(frozen=True, slots=True)
class ChannelName:
    """A channel as charts name it."""

    id: int
    name: str
    network: str


@dataclass(frozen=True, slots=True)
class ChannelValue:
    """A number of one channel."""

    channel_id: int
    count: int
    before: int


@dataclass(frozen=True, slots=True)
class Timed:
    """How long something took: of one channel, or of all (`channel_id` None)."""

    channel_id: int | None
    count: int
    median: Quantile | None
    p90: Quantile | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of a period. `by_day` and `by_channel` are keyed by the kind of fact; `timed` likewise, all channels first."""

    period: Period
    channels: dict[int, ChannelName]
    totals: dict[int, int]
    totals_before: dict[int, int]
    by_day: dict[int, dict[date, int]]
    by_channel: dict[int, list[ChannelValue]]
    timed: dict[int, list[Timed]]
    median_before: dict[int, float | None]

    @property
    def is_empty(self) -> bool:
        """Nothing happened in this period nor before it."""
        return not any(self.totals.values()) and not any(self.totals_before.values())


def get_overview(viewer: Viewer, period: Period) -> Overview:
    """Everything the Measures page shows of facts: six reads, none of which walks over single facts of days that are over."""
    before = period.before
    counted = facts.count_by_day(viewer, COUNTED, since=before.since, until=period.until, zone=period.zone)
    now_by, then_by = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    by_day: dict[int, dict[date, int]] = {int(kind): {} for kind in COUNTED}
    for each in counted:
        if each.day >= period.first_on:
            now_by[each.kind, each.channel_id] += each.count
            days = by_day[each.kind]
            days[each.day] = days.get(each.day, 0) + each.count
        else:
            then_by[each.kind, each.channel_id] += each.count
    channel_ids = {channel_id for _, channel_id in (*now_by, *then_by)}
    timed, median_before = {}, {}
    for kind in (Fact.FIRST_ANSWER, Fact.RESOLVED):
        spread = facts.spread(viewer, kind, since=period.since, until=period.until)
        timed[int(kind)] = _timed(spread)
        channel_ids |= set(spread)
        earlier = facts.spread(viewer, kind, since=before.since, until=before.until, by_channel=False)
        median = spreads.quantile(_sum(earlier), 0.5)
        median_before[int(kind)] = median.value if median else None
    return Overview(
        period=period,
        channels=name_channels(channel_ids),
        totals={int(kind): sum(n for (k, _), n in now_by.items() if k == kind) for kind in COUNTED},
        totals_before={int(kind): sum(n for (k, _), n in then_by.items() if k == kind) for kind in COUNTED},
        by_day=by_day,
        by_channel={int(kind): _by_channel(int(kind), now_by, then_by) for kind in COUNTED},
        timed=timed,
        median_before=median_before,
    )


def name_channels(channel_ids: set[int]) -> dict[int, ChannelName]:
    """Names of channels whose numbers the viewer has before them already."""
    rows = fetch("SELECT id, name, network FROM channel WHERE id = ANY(%s::int[]) ORDER BY name", [array(channel_ids)])
    return {row[0]: ChannelName(*row) for row in rows}


def _by_channel(kind: int, now_by: Counter[tuple[int, int]], then_by: Counter[tuple[int, int]]) -> list[ChannelValue]:
    ids = {channel_id for k, channel_id in (*now_by, *then_by) if k == kind}
    values = [ChannelValue(channel_id, now_by[kind, channel_id], then_by[kind, channel_id]) for channel_id in ids]
    return sorted(values, key=lambda value: (-value.count, value.channel_id))


def _timed(spread: dict[int, Counter[int]]) -> list[Timed]:
    channels = sorted(spread, key=lambda channel_id: -sum(spread[channel_id].values()))
    return [_one(None, _sum(spread)), *(_one(channel_id, spread[channel_id]) for channel_id in channels)]


def _one(channel_id: int | None, spread: Counter[int]) -> Timed:
    return Timed(channel_id, sum(spread.values()), spreads.quantile(spread, 0.5), spreads.quantile(spread, 0.9))


def _sum(spread: dict[int, Counter[int]]) -> Counter[int]:
    total: Counter[int] = Counter()
    for one in spread.values():
        total.update(one)
    return total
