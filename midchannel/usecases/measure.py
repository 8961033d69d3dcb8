"""Measure: facts from events, and what of the events may then go."""

from datetime import date, datetime, timedelta

from midchannel.insight.facts import actions as facts
from midchannel.insight.facts import queries as fact_queries
from midchannel.insight.outcomes import actions as outcomes
from midchannel.outside.channels import queries as channels
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import NotAllowedError
from midchannel.platform.events import actions as events

KEEP_EVENTS = timedelta(days=90)


class MayNotSetGoalsError(NotAllowedError):
    """Only leads and administrators set goals. Ask one of them."""


def project_facts(*, now: datetime) -> bool:
    """Make facts from the next events; True when there may be more. A loop of the worker's."""
    return facts.project(now=now)


def set_goal(
    viewer: Viewer,
    *,
    measure: str,
    target: float,
    due_on: date,
    now: datetime,
    channel_id: int | None = None,
    note: str = "",
) -> int:
    """Set a goal for the company or a channel the viewer sees; it is never changed. Raises InvalidError, ChannelNotFoundError."""
    if not viewer.is_lead:
        raise MayNotSetGoalsError
    if channel_id is not None:
        channels.get_channel(viewer, channel_id)
    return outcomes.open_goal(
        measure=measure,
        target=target,
        due_on=due_on,
        channel_id=channel_id,
        note=note,
        by=viewer.actor,
        now=now,
    )


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
