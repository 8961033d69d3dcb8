"""The only writes of this room: `recognising` on the arrival path, `linking` by people."""

from midchannel.middle.customers.actions.recognising import Face, recognise

__all__ = ["Face", "recognise"]
