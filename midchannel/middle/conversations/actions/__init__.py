"""The only writes of this room: `filing` on the arrival path; people's stories beside it."""

from midchannel.middle.conversations.actions.filing import Filed, Incoming, Place, file_messages

__all__ = ["Filed", "Incoming", "Place", "file_messages"]
