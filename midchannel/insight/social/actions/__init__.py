"""The only writes of this room, all by the machine: `hearing`, `ranking`, `counting`, `forgetting`."""

from midchannel.insight.social.actions.counting import count_words
from midchannel.insight.social.actions.forgetting import forget_gone, forget_handles
from midchannel.insight.social.actions.hearing import hear, hear_late
from midchannel.insight.social.actions.ranking import HALF_LIFE, WINDOW, Ranked, rank

__all__ = ["HALF_LIFE", "WINDOW", "Ranked", "count_words", "forget_gone", "forget_handles", "hear", "hear_late", "rank"]
