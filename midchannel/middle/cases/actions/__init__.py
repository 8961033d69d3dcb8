"""The only writes of this room: plans, opening, what people and the outside do in a case, whose it is, another plan for one case."""

from midchannel.middle.cases.actions.changing import change_plan, take_back_plan
from midchannel.middle.cases.actions.doing import apply_signal, do, pass_time
from midchannel.middle.cases.actions.hearing import (
    Taken,
    Told,
    follow_joined,
    note_activities,
    note_messages,
    note_signal,
    settle_waiting,
    take_waiting,
)
from midchannel.middle.cases.actions.nesting import Nested, tend_children
from midchannel.middle.cases.actions.opening import (
    Beginning,
    attach_conversation,
    begin_case,
    detach_conversation,
    open_case,
)
from midchannel.middle.cases.actions.owning import assign, hand_over
from midchannel.middle.cases.actions.planning import save_plan
from midchannel.middle.cases.actions.ruling import note_begun, order_rules, remove_rule, save_rule, take_begun
from midchannel.middle.cases.actions.tracing import trace_cases

__all__ = [
    "Beginning",
    "Nested",
    "Taken",
    "Told",
    "apply_signal",
    "assign",
    "attach_conversation",
    "begin_case",
    "change_plan",
    "detach_conversation",
    "do",
    "follow_joined",
    "hand_over",
    "note_activities",
    "note_begun",
    "note_messages",
    "note_signal",
    "open_case",
    "order_rules",
    "pass_time",
    "remove_rule",
    "save_plan",
    "save_rule",
    "settle_waiting",
    "take_back_plan",
    "take_begun",
    "take_waiting",
    "tend_children",
    "trace_cases",
]
