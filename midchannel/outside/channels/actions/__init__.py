"""The only writes of this room: `arriving` (what comes in), `filing` (activities), `delivering` (what goes out), `opening` (channels)."""

from midchannel.outside.channels.actions.arriving import ItemOutcome, Received, receive, replay_parked
from midchannel.outside.channels.actions.filing import (
    Applying,
    Met,
    Taken,
    apply_versions,
    know_handles,
    mark_applied,
    park_item,
    take_waiting,
    write_activities,
)

__all__ = [
    "Applying",
    "ItemOutcome",
    "Met",
    "Received",
    "Taken",
    "apply_versions",
    "know_handles",
    "mark_applied",
    "park_item",
    "receive",
    "replay_parked",
    "take_waiting",
    "write_activities",
]
