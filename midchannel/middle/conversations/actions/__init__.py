"""The only writes of this room: `filing` on the arrival path; people's stories beside it."""

from midchannel.middle.conversations.actions.answering import (
    Told,
    hold,
    list_unseen,
    may_leave,
    note_failed,
    note_held,
    note_retried,
    note_sent,
    start,
    take_back,
    whom_to_tell,
    write,
    write_aside,
)
from midchannel.middle.conversations.actions.claiming import claim, reassign, release
from midchannel.middle.conversations.actions.filing import Filed, Incoming, Place, file_messages
from midchannel.middle.conversations.actions.looking import (
    forget_presence,
    mark_read,
    mark_unread,
    note_presence,
    save_draft,
)
from midchannel.middle.conversations.actions.moving import (
    mark_spam,
    not_spam,
    reopen,
    resolve,
    snooze,
    wake_due,
)

__all__ = [
    "Filed",
    "Incoming",
    "Place",
    "Told",
    "claim",
    "file_messages",
    "forget_presence",
    "hold",
    "list_unseen",
    "mark_read",
    "mark_spam",
    "mark_unread",
    "may_leave",
    "not_spam",
    "note_failed",
    "note_held",
    "note_presence",
    "note_retried",
    "note_sent",
    "reassign",
    "release",
    "reopen",
    "resolve",
    "save_draft",
    "snooze",
    "start",
    "take_back",
    "wake_due",
    "whom_to_tell",
    "write",
    "write_aside",
]
