"""Reading measures: `overview` (all numbers of a period), `rows` (what is behind one), `now` (open, overdue), `goals`, `own`."""

from midchannel.insight.outcomes.queries.goals import (
    BaselineRecord,
    GoalRecord,
    get_baseline,
    list_baselines,
    list_goals,
    list_goals_of,
)
from midchannel.insight.outcomes.queries.now import CAP, NowCount, count_now
from midchannel.insight.outcomes.queries.overview import (
    ChannelName,
    ChannelValue,
    Overview,
    Timed,
    get_overview,
    name_channels,
)
from midchannel.insight.outcomes.queries.own import Own, get_own
from midchannel.insight.outcomes.queries.rows import Behind, BehindRow, list_behind

__all__ = [
    "CAP",
    "BaselineRecord",
    "Behind",
    "BehindRow",
    "ChannelName",
    "ChannelValue",
    "GoalRecord",
    "NowCount",
    "Overview",
    "Own",
    "Timed",
    "count_now",
    "get_baseline",
    "get_overview",
    "get_own",
    "list_baselines",
    "list_behind",
    "list_goals",
    "list_goals_of",
    "name_channels",
]
