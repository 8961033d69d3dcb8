"""The only writes of this room: `recognising` on the arrival path, `linking` by people."""

from midchannel.middle.customers.actions.linking import link, link_customers, undo_decision, unlink
from midchannel.middle.customers.actions.recognising import Face, recognise, rename

__all__ = ["Face", "link", "link_customers", "recognise", "rename", "undo_decision", "unlink"]
