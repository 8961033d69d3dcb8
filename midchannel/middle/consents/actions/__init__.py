"""The only writes of this room: `consenting` (what people allowed)."""

from midchannel.middle.consents.actions.consenting import confirm, record_consent

__all__ = ["confirm", "record_consent"]
