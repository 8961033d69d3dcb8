"""The only writes of this room: plans, opening, what people and the outside do in a case, whose it is, another plan for one case."""

from midchannel.middle.cases.actions.changing import change_plan, take_back_plan
from midchannel.middle.cases.actions.doing import apply_signal, do, pass_time
from midchannel.middle.cases.actions.opening import (
    Beginning,
    attach_conversation,
    begin_case,
    detach_conversation,
    open_case,
)
from midchannel.middle.cases.actions.owning import assign, hand_over
from midchannel.middle.cases.actions.planning import save_plan

__all__ = [
    "Beginning",
    "apply_signal",
    "assign",
    "attach_conversation",
    "begin_case",
    "change_plan",
    "detach_conversation",
    "do",
    "hand_over",
    "open_case",
    "pass_time",
    "save_plan",
    "take_back_plan",
]
