"""The only writes of this room: `mentions`, `searching`, `hitting`, `alerting`, `voices`, `rising`."""

from midchannel.outside.listening.actions.mentions import (
    await_searching,
    note_dismissed,
    note_mentions,
    note_taken_up,
    remove_mentions,
    take_back_hits,
)

__all__ = [
    "await_searching",
    "note_dismissed",
    "note_mentions",
    "note_taken_up",
    "remove_mentions",
    "take_back_hits",
]
