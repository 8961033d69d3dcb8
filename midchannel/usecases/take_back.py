"""Take back: what arrived goes as if it had never come, with what came of it alone. The undo of an import, the end of the demo."""

from collections.abc import Sequence

from midchannel.middle.conversations.actions import removing as conversations
from midchannel.middle.customers.actions import removing as customers
from midchannel.outside.channels.actions import removing as channels
from midchannel.outside.listening import actions as listening


def take_back(activity_ids: Sequence[int], *, keys: Sequence[str] = ()) -> None:
    """Remove activities, their messages, and the conversations and people who have nothing else. In the caller's transaction.

    `keys` (of `documents.key_of`) are those of the activities, where they are known: it is faster.
    """
    people = conversations.participants_of(activity_ids)
    conversations.remove_messages(activity_ids)
    listening.remove_mentions(activity_ids)
    people |= channels.remove_activities(activity_ids, keys=keys)
    forget_people(sorted(people))


def forget_people(handle_ids: Sequence[int]) -> None:
    """Remove those of some handles that nothing is left of, and customers who were nobody else."""
    silent = channels.silent_handles(handle_ids)
    unused = sorted(set(silent) - conversations.handles_in_use(silent))
    customers.remove_records(unused)
    channels.remove_handles(unused)
