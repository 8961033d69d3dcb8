"""The only writes of this room: rooms and who may come in, what is said, what is shared."""

from midchannel.inside.partners.actions.forgetting import forget_cases
from midchannel.inside.partners.actions.inviting import (
    accept,
    close,
    close_with_cases,
    invite,
    note_seen,
    revoke,
    send_away,
)
from midchannel.inside.partners.actions.saying import answer, say
from midchannel.inside.partners.actions.sharing import share, stop_sharing

__all__ = [
    "accept",
    "answer",
    "close",
    "close_with_cases",
    "forget_cases",
    "invite",
    "note_seen",
    "revoke",
    "say",
    "send_away",
    "share",
    "stop_sharing",
]
