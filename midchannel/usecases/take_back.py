"""Take back: what arrived goes as if it had never come, with what came of it alone. The undo of an import, the end of the demo."""

from collections.abc import Sequence
from datetime import datetime

from midchannel.inside.teamwork import queries as teamwork
from midchannel.middle.consents import actions as consents
from midchannel.middle.conversations.actions import removing as conversations
from midchannel.middle.customers.actions import removing as customers
from midchannel.middle.signals import actions as signals
from midchannel.outside.channels import documents
from midchannel.outside.channels.actions import removing as channels
from midchannel.outside.listening import actions as listening
from midchannel.platform.errors import ConflictError
from midchannel.platform.imports.models import RowOutcome
from midchannel.platform.imports.queries import RowDetail
from midchannel.usecases import measure, restore_profiles


class StillArrivingError(ConflictError):
    """Some of this is still being applied. Try again in a moment; what was taken back stays taken back."""


def take_back(activity_ids: Sequence[int], *, keys: Sequence[str] = (), now: datetime) -> None:
    """Remove activities, their messages, and the conversations and people who have nothing else. In the caller's transaction.

    `keys` (of `documents.key_of`) are those of the activities, where they are known: it is faster.
    """
    people = conversations.participants_of(activity_ids)
    conversations.remove_messages(activity_ids)
    listening.take_back_hits(activity_ids)
    signals.forget(activity_ids)
    people |= channels.remove_activities(activity_ids, keys=keys)
    forget_people(sorted(people), now=now)


def forget_people(handle_ids: Sequence[int], *, now: datetime) -> None:
    """Remove those of some handles that nothing is left of, and customers who were nobody else and of whom nothing is noted."""
    silent = channels.silent_handles(handle_ids)
    unused = sorted(set(silent) - conversations.handles_in_use(silent))
    noted = teamwork.list_with_posts("customer", customers.list_behind(unused))
    records = customers.list_records(unused)
    customers.remove_records(unused, keep=noted, now=now)
    consents.erase_consents(sorted(records - customers.list_records(unused)))
    channels.remove_handles(sorted(set(unused) - customers.list_kept(unused)))


def take_back_rows(channel_id: int, rows: Sequence[RowDetail], *, now: datetime) -> None:
    """Take back the rows of an import, and what was counted of them, so that the channel's sum stays true. In the caller's transaction."""
    channels.hold_applying(channel_id)
    accepted = [row for row in rows if row.outcome is RowOutcome.ACCEPTED and row.item_id]
    edits = [row for row in rows if row.outcome is RowOutcome.EDIT and row.item_id and row.mark != documents.DELETED]
    made = [row.item_id for row in [*accepted, *edits] if row.item_id]
    blocks = channels.open_blocks(channel_id, made)
    if any(block.is_waiting for block in blocks):
        raise StillArrivingError
    fell_out = channels.remove_parked(channel_id, [block.hash for block in blocks if block.id in set(made)])
    parked = channels.remove_parked(channel_id, [row.item_key for row in rows if row.outcome is RowOutcome.PARKED])
    profiles = restore_profiles.note(made, now=now)
    duplicates = sum(row.outcome is RowOutcome.DUPLICATE for row in rows)
    counted = measure.note_counted(channel_id, [row.item_id for row in accepted if row.item_id])
    take_back(
        [row.item_id for row in accepted if row.item_id],
        keys=[documents.key_of(channel_id, row.item_key) for row in accepted],
        now=now,
    )
    measure.forget_counted(counted, now=now)
    channels.remove_versions([row.item_id for row in edits if row.item_id])
    channels.forget_versions(
        [(documents.key_of(channel_id, row.item_key), row.mark) for row in edits if row.mark is not None]
    )
    channels.remove_blocks(channel_id, made)
    restore_profiles.restore(profiles, now=now)
    forget_people(sorted(profiles.named), now=now)
    channels.uncount(
        channel_id,
        received=len(made) + parked + duplicates,
        duplicate=duplicates,
        applied=len(made) - fell_out,
    )
