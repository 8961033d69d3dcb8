"""The only writes of this room."""

from midchannel.inside.assistance.actions.asking import ask
from midchannel.inside.assistance.actions.configuring import note_try, save_endpoint
from midchannel.inside.assistance.actions.forgetting import forget_conversations, forget_old
from midchannel.inside.assistance.actions.queueing import Task, give_up, hold, settle, spend, take_next

__all__ = [
    "Task",
    "ask",
    "forget_conversations",
    "forget_old",
    "give_up",
    "hold",
    "note_try",
    "save_endpoint",
    "settle",
    "spend",
    "take_next",
]
