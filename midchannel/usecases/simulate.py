"""Simulate: time passes in every network in the box. What its people say is read by its adapter, as from any other network."""

from datetime import datetime

from midchannel.outside.channels import registry
from midchannel.outside.channels.queries import reading

EVERY_SECONDS = 1.0
NETWORK = "simulator"


def live(*, now: datetime) -> bool:
    """Let time pass until `now` in every open simulator channel. There is never more to do at once."""
    box = registry.get_box(NETWORK)
    for readable in reading.list_readable():
        if readable.network == NETWORK and box.get_pace(readable.id) is not None:
            box.live(readable.id, now=now)
    return False
