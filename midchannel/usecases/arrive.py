"""Arrive: what was stored is recognised, filed into conversations and told, in one transaction a batch.

`channels.actions.receive` stored it (the collector, an import or a reader called that); here a worker takes it on:
handles, activities, customers, conversations, the queue's clocks, mentions, what the texts say, one event.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import OperationalError, transaction

from midchannel.inside.service import queries as service
from midchannel.middle.cases import actions as cases
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations.events import MessagesArrived
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import documents
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.actions import Applying
from midchannel.outside.channels.kinds import TALK, Flag, Kind, Verdict
from midchannel.outside.channels.queries import Source
from midchannel.outside.listening import actions as listening
from midchannel.platform import ids
from midchannel.platform.events import actions as events
from midchannel.usecases import attest, deliver, move_cases, recognise, route, understand

TALKS = frozenset(map(int, TALK))
ADDRESSED, PRIVATE, OUTGOING, AUTOMATIC = map(int, (Flag.ADDRESSED, Flag.PRIVATE, Flag.OUTGOING, Flag.AUTOMATIC))
CHATS = frozenset({int(Kind.MESSAGE), int(Kind.CALL)})
NEW, EDIT = int(Verdict.NEW), int(Verdict.EDIT)
# What people do without saying anything to anybody: nobody has to take it up.
DOES = frozenset(map(int, (Kind.ORDER, Kind.VISIT, Kind.EVENT, Kind.PROFILE)))
THREAD_PREFIX = "mc:conversation:"


def apply_waiting(*, now: datetime) -> bool:
    """Take one channel's oldest waiting batch and apply it. False when there was nothing to do.

    A document that cannot be applied is parked and the rest goes on; only the database being away is left to the caller.
    """
    with transaction.atomic():
        taken = channels.take_waiting(now=now)
        if taken is None:
            return False
        source = channel_queries.get_source(taken.channel_id)
        try:
            with transaction.atomic():
                apply(source, taken.items, now=now)
            parked = 0
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 - whatever one document did, the others must not wait for it
            parked = _apply_one_by_one(source, taken.items, now=now)
        channels.mark_applied(taken, applied=taken.size - parked)
    return True


def _apply_one_by_one(source: Source, items: Sequence[Applying], *, now: datetime) -> int:
    parked = 0
    for item in items:
        try:
            with transaction.atomic():
                apply(source, [item], now=now)
        except OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - it is parked, whole, with this as its reason
            channels.park_item(source.id, item, error, now=now)
            parked += 1
    return parked


def apply(source: Source, items: Sequence[Applying], *, now: datetime) -> None:
    """The story of a batch, in the caller's transaction."""
    new = [item for item in items if item.verdict == NEW]
    later = [item for item in items if item.verdict != NEW]
    if new:
        said = understand.read_new(source, new)
        people = recognise.people_of(new)
        known = channels.know_handles(source.network, people, now=now)
        channels.write_activities(source.id, new, known.ids)
        addressed = [item for item in new if item.envelope.flags & ADDRESSED]
        recognise.recognise(source, addressed, known, now=now)
        attest.attest(source, new, known, now=now)
        filed = _file(source, addressed, known.ids, known.blocked, now=now)
        overheard = [item.id for item in new if not item.envelope.flags & ADDRESSED and item.envelope.kind not in DOES]
        listening.note_mentions(source.id, overheard)
        listening.await_searching(source.id, [item.id for item in new if item.envelope.kind in TALKS])
        _settle_bounces(source, new, now=now)
        understand.keep(source, said, now=now)
        _tell(source, new, filed, now=now)
        route.route(filed.opened, now=now)
        move_cases.hear_batch(new, filed.joined, now=now)
        cases.note_begun(filed.opened, now=now)
    if later:
        channels.apply_versions(later)
        listening.await_searching(source.id, (), [item.target for item in later if item.verdict == EDIT])
        understand.understand_again(source, later, now=now)
        recognise.hear_again(source, later, now=now)
        move_cases.hear_changes(later, now=now)


def _file(
    source: Source, items: Sequence[Applying], handle_ids: dict[str, int], blocked: set[int], *, now: datetime
) -> conversations.Filed:
    batch = [_incoming(source.id, item, handle_ids, blocked) for item in items if item.envelope.kind in TALKS]
    keys = {key for incoming in batch for key in incoming.parents}
    targets = service.get_targets(source.queue_id)
    place = conversations.Place(source.id, source.scope_id, source.queue_id, targets.first_answer, targets.resolution)
    return conversations.file_messages(place, batch, channel_queries.find_activities(keys), now=now)


def _incoming(channel_id: int, item: Applying, handle_ids: dict[str, int], blocked: set[int]) -> conversations.Incoming:
    envelope = item.envelope
    handle_id, flags = handle_ids[envelope.address], envelope.flags
    parents: list[str] = []
    named = None
    for parent in envelope.parents:
        if not parent.startswith(THREAD_PREFIX):
            parents.append(documents.key_of(channel_id, parent))
        elif named is None:
            named = int(parent.removeprefix(THREAD_PREFIX))
    return conversations.Incoming(
        id=item.id,
        key=documents.key_of(channel_id, envelope.external_id),
        handle_id=handle_id,
        at=envelope.at,
        subject=envelope.subject,
        is_private=flags & PRIVATE != 0,
        is_outgoing=flags & OUTGOING != 0,
        is_automatic=flags & AUTOMATIC != 0,
        is_blocked=handle_id in blocked,
        continues=envelope.kind in CHATS,
        parents=tuple(parents),
        conversation_id=named,
        participants=tuple([handle_ids[p.id] for p in envelope.participants if p.id]) if envelope.participants else (),
    )


def _settle_bounces(source: Source, items: Sequence[Applying], *, now: datetime) -> None:
    """A message of ours came back (a mail's bounce names it): it has failed, with the network's reason."""
    for item in items:
        if not item.envelope.flags & AUTOMATIC or not item.envelope.data:
            continue
        bounced = item.envelope.data.get("bounced")
        if isinstance(bounced, dict):
            failure = channels.Failure(
                str(bounced.get("reason", "")), is_lasting=bool(bounced.get("permanent")), is_given_up=True
            )
            deliver.note_receipt(source.id, str(bounced.get("id", "")), failure=failure, now=now)


def _tell(source: Source, new: Sequence[Applying], filed: conversations.Filed, *, now: datetime) -> None:
    events.emit(
        MessagesArrived(
            object_id=source.id,
            scope_ids=(source.scope_id,) if source.scope_id else (),
            first_id=str(new[0].id),
            last_id=str(max(item.id for item in new)),
            count=len(new),
            opened=[str(identifier) for identifier in filed.opened],
            reopened=[str(identifier) for identifier in filed.reopened],
            touched=[str(identifier) for identifier in filed.touched[:100]],
            messages=Counter(str(ids.hour_of(identifier)) for identifier in filed.received),
        ),
        now=now,
    )
