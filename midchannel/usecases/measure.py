"""Measure: facts from events, and what of the events may then go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from midchannel.insight.facts import actions as facts
from midchannel.insight.facts import queries as fact_queries
from midchannel.insight.outcomes import actions as outcomes
from midchannel.outside.channels import queries as channels
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import array, fetch
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


@dataclass(frozen=True, slots=True)
class Counted:
    """Messages from outside, and the conversations they are in, before they are taken back."""

    channel_id: int
    message_ids: list[int]
    conversation_ids: list[int]


def note_counted(channel_id: int, activity_ids: Sequence[int]) -> Counted:
    """What of some activities is counted; asked before they are taken back, given to `forget_counted` after."""
    rows = fetch(
        "SELECT id, conversation_id, direction FROM message WHERE id = ANY(%s::bigint[])", [array(activity_ids)]
    )
    received = [identifier for identifier, _conversation, direction in rows if direction == 1]
    return Counted(channel_id, received, sorted({conversation_id for _, conversation_id, _ in rows}))


def forget_counted(counted: Counted, *, now: datetime) -> None:
    """Count no longer what was taken back, and nothing of conversations that went with it. In the caller's transaction."""
    if counted.message_ids:
        facts.forget_messages(counted.channel_id, counted.message_ids, now=now)
    left = fetch("SELECT id FROM conversation WHERE id = ANY(%s::bigint[])", [array(counted.conversation_ids)])
    gone = sorted(set(counted.conversation_ids) - {identifier for (identifier,) in left})
    if gone:
        facts.forget_conversations(gone, now=now)


def forget_demo(channel_ids: list[int]) -> None:
    """Remove what was measured of the demo's channels."""
    facts.forget_channels(channel_ids)
    outcomes.forget_demo()
