"""Simulate: time passes in every network in the box, and people may steer one, or speak as anybody in it.

What is said there is read by the simulator's adapter, as from any other network.
"""

import time
from datetime import datetime
from functools import lru_cache

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels import registry
from midchannel.outside.channels.boxes import Box
from midchannel.outside.channels.queries import reading
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import NotAllowedError, NotFoundError

EVERY_SECONDS = 1.0
REMEMBERED_SECONDS = 30
NETWORK = "simulator"


class NoSimulatorError(NotFoundError):
    """There is no simulated network here. `midchannel channel add simulator --name NAME` opens one."""


def live(*, now: datetime) -> bool:
    """Let time pass until `now` in every open simulator channel. There is never more to do at once."""
    box = registry.get_box(NETWORK)
    for readable in reading.list_readable():
        if readable.network == NETWORK and box.is_there(readable.id):
            box.live(readable.id, now=now)
    return False


def is_open() -> bool:
    """Whether there is a simulated network; asked by every page, so the answer may be half a minute old."""
    return _is_open(int(time.monotonic() // REMEMBERED_SECONDS))


@lru_cache(maxsize=1)
def _is_open(_moment: int) -> bool:
    return any(readable.network == NETWORK for readable in reading.list_readable())


def find_channel(viewer: Viewer) -> int:
    """The first simulator channel there is. Raises NoSimulatorError."""
    for channel in channel_queries.list_channels(viewer):
        if channel.network == NETWORK and registry.get_box(NETWORK).is_there(channel.id):
            return channel.id
    raise NoSimulatorError


def enter(viewer: Viewer, channel_id: int) -> Box:
    """The network inside a channel that the viewer may see, to look at it and to speak in it. Raises NotFoundError."""
    if channel_queries.get_channel(viewer, channel_id).network != NETWORK:
        raise NoSimulatorError
    return registry.get_box(NETWORK)


def steer(
    viewer: Viewer,
    channel_id: int,
    *,
    now: datetime,
    per_minute: float | None = None,
    is_paused: bool | None = None,
    trouble: str | None = None,
) -> None:
    """Set the pace, the pause and the trouble of a network in the box. For leads and administrators."""
    if not viewer.is_lead:
        raise NotAllowedError(_("Only leads and administrators steer the simulator. Ask one."))
    box = enter(viewer, channel_id)
    with transaction.atomic():
        box.set_pace(channel_id, per_minute=per_minute, is_paused=is_paused, trouble=trouble)
        audit.record(
            Actor(viewer.name, viewer.user_id),
            "simulator.steer",
            object_type="channel",
            object_id=channel_id,
            now=now,
            per_minute=per_minute,
            is_paused=is_paused,
            trouble=trouble,
        )
