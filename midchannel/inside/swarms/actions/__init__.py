"""The only writes of this room: what one can help with, and gathering people around a case."""

from midchannel.inside.swarms.actions.forgetting import forget_cases
from midchannel.inside.swarms.actions.gathering import end, end_with_cases, gather, leave, start
from midchannel.inside.swarms.actions.knowing import set_skills

__all__ = ["end", "end_with_cases", "forget_cases", "gather", "leave", "set_skills", "start"]
