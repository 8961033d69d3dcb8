"""Reading facts: `counting` (numbers by hour, day, channel), `rows` (what is behind a number), `company` (totals for baselines).

The viewer comes first and only facts of their scopes are read, for numbers and rows alike.
"""

from midchannel.insight.facts.queries.company import Totals, count_all_before, count_all_by_week, events_until
from midchannel.insight.facts.queries.counting import Counted, count_by_day, count_own, own_spread, spread
from midchannel.insight.facts.queries.rows import FactRow, list_messages, list_rows

__all__ = [
    "Counted",
    "FactRow",
    "Totals",
    "count_all_before",
    "count_all_by_week",
    "count_by_day",
    "count_own",
    "events_until",
    "list_messages",
    "list_rows",
    "own_spread",
    "spread",
]
