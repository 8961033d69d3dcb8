"""The only writes of this room: `recognising` on the arrival path, `linking` by people."""

from midchannel.middle.customers.actions.attesting import Alias, Device, attest
from midchannel.middle.customers.actions.linking import (
    answer_pair,
    link,
    link_customers,
    undo_answer,
    undo_decision,
    unlink,
)
from midchannel.middle.customers.actions.modelling import keep_model
from midchannel.middle.customers.actions.recognising import forget_attributes, recognise, rename
from midchannel.middle.customers.actions.scoring import forget_orphans, forget_scores, set_scores
from midchannel.middle.customers.facing import KINDS, TRUST, About, Face, Tie

__all__ = [
    "KINDS",
    "TRUST",
    "About",
    "Alias",
    "Device",
    "Face",
    "Tie",
    "answer_pair",
    "attest",
    "forget_attributes",
    "forget_orphans",
    "forget_scores",
    "keep_model",
    "link",
    "link_customers",
    "recognise",
    "rename",
    "set_scores",
    "undo_answer",
    "undo_decision",
    "unlink",
]
