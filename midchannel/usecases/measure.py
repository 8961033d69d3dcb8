"""Measure: facts from events, and what of the events may then go."""

from datetime import datetime, timedelta

from midchannel.insight.facts import actions as facts
from midchannel.insight.facts import queries as fact_queries
from midchannel.insight.outcomes import actions as outcomes
from midchannel.platform.events import actions as events

KEEP_EVENTS = timedelta(days=90)


def project_facts(*, now: datetime) -> bool:
    """Make facts from the next events; True when there may be more. A loop of the worker's."""
    return facts.project(now=now)


def prune_events(*, now: datetime) -> int:
    """Remove old events, never one that facts have not been made from. Returns how many went."""
    removed, until = events.prune(before=now - KEEP_EVENTS, up_to=fact_queries.events_until())
    if removed:
        facts.note_pruned(until)
    return removed


def forget_demo(channel_ids: list[int]) -> None:
    """Remove what was measured of the demo's channels."""
    facts.forget_channels(channel_ids)
    outcomes.forget_demo()
