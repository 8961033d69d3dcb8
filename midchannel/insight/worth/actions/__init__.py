"""The only writes of this room: `fitting` by the machine, `offering` by people, `following` what happened."""

from midchannel.insight.worth.actions.fitting import HORIZON, NEEDED, Valued, fit, value
from midchannel.insight.worth.actions.following import follow, note_computed, note_followed
from midchannel.insight.worth.actions.offering import forget_demo, keep_rule, move_rule, remove_rule

__all__ = [
    "HORIZON",
    "NEEDED",
    "Valued",
    "fit",
    "follow",
    "forget_demo",
    "keep_rule",
    "move_rule",
    "note_computed",
    "note_followed",
    "remove_rule",
    "value",
]
