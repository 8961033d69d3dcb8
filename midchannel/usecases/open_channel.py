"""Open a channel: why, what it is to bring by when, what was true before, and whose work it will be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.inside.service import actions as service
from midchannel.inside.service.models import Queue
from midchannel.insight.outcomes import actions as outcomes
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import registry
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.models import User
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError, NotAllowedError

TERMINAL = Actor("terminal")
POSTS_PER_MINUTE = 1.0
DEFAULT_TEAM, DEFAULT_QUEUE = "Everybody", "Inbox"


class MayNotOpenChannelsError(NotAllowedError):
    """Only an administrator opens channels. Ask one."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What the channel is to make true: a measure (one of `outcomes.definitions.GOALS`), its value, and the day."""

    measure: str
    target: float
    due_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The new channel, how it was before it, and the token of one that is pushed to; the token is shown this once."""

    channel_id: int
    baseline: outcomes.Frozen
    token: str = ""


def open_channel(
    viewer: Viewer | None,
    *,
    network: str,
    name: str,
    now: datetime,
    purpose: str = "",
    goal: Goal | None = None,
    address: str = "",
    queue_id: int | None = None,
    config: Mapping[str, object] | None = None,
    secrets: Mapping[str, str] | None = None,
    is_demo: bool = False,
) -> Opened:
    """Open it in one transaction. `viewer` None is the machine itself: the terminal, the demo.

    Without a queue it gets the first there is; without any, a team of everybody and its queue are made, unless there is nobody yet.
    """
    if viewer is not None and not viewer.is_administrator:
        raise MayNotOpenChannelsError
    by = Actor(viewer.name, viewer.user_id) if viewer else TERMINAL
    with transaction.atomic():
        queue = _queue(viewer, queue_id, by=by, now=now)
        channel_id = channels.open_channel(
            network=network,
            name=name,
            purpose=purpose,
            address=address,
            scope_id=queue.team.scope_id if queue else None,
            queue_id=queue.pk if queue else None,
            config=config,
            secrets=secrets,
            is_demo=is_demo,
            by=by,
            now=now,
        )
        if registry.has_box(network):
            registry.get_box(network).found(channel_id, seed=channel_id, per_minute=POSTS_PER_MINUTE, now=now)
        if goal is not None:
            outcomes.open_goal(
                measure=goal.measure,
                target=goal.target,
                due_on=goal.due_on,
                note=goal.note,
                channel_id=channel_id,
                is_demo=is_demo,
                by=by,
                now=now,
            )
        baseline = outcomes.freeze_baseline(channel_id, is_demo=is_demo, by=by, now=now)
        token = channels.issue_token(channel_id, by=by, now=now).token if network in registry.PUSHED else ""
    return Opened(channel_id, baseline, token)


def _queue(viewer: Viewer | None, queue_id: int | None, *, by: Actor, now: datetime) -> Queue | None:
    """Where its conversations wait. None while there is nobody: then leads see what comes, until a queue is chosen."""
    queues = Queue.objects.select_related("team").order_by("pk")
    if queue_id is not None:
        found = queues.filter(pk=queue_id).first()
        if found is None:
            raise InvalidError(_("There is no such queue."), "queue_id")
        return found
    first = queues.first()
    everybody = list(User.objects.filter(is_active=True).values_list("pk", flat=True))
    if first is not None or not everybody:
        return first
    team = accounts.create_team(name=DEFAULT_TEAM, now=now, by=by)
    accounts.set_members(team, everybody, now=now, by=by)
    return queues.get(pk=service.create_queue(viewer, name=DEFAULT_QUEUE, team_id=team.pk, now=now))
