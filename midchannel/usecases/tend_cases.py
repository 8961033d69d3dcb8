"""Tend cases: the loop behind them. What waits outside moves them, rules open them, plan items open and close
cases of their own, and what they have gone through is kept."""

from datetime import datetime

from midchannel.middle.cases import actions as cases
from midchannel.usecases import move_cases, open_by_rule

EVERY_SECONDS = 10.0


def work(*, now: datetime) -> bool:
    """One round; True when there may be more. Several workers may do it side by side."""
    is_opened = open_by_rule.work(now=now)
    is_moved = move_cases.work(now=now)
    nested = cases.tend_children(now=now)
    traced = cases.trace_cases(now=now)
    return bool(is_opened or is_moved or nested.begun or nested.ended or traced)


def work_all(*, now: datetime, most: int = 1000) -> None:
    """Rounds until nothing is left to do, or so many."""
    for _ in range(most):
        if not work(now=now):
            return
