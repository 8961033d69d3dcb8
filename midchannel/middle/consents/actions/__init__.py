"""The only writes of this room: `consenting` (what people allowed), `requesting` (what they ask), `keeping` (how long things stay)."""

from midchannel.middle.consents.actions.consenting import confirm, erase_consents, record_consent

__all__ = ["confirm", "erase_consents", "record_consent"]
