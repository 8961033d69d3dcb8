"""What is to go out: checked and queued with its key fixed, in the transaction that writes it; taken back, or tried again by a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels import budget, documents, registry
from midchannel.outside.channels.actions import opening
from midchannel.outside.channels.actions.arriving import OWN_WORDS
from midchannel.outside.channels.errors import CannotSendError, NotOnItsWayError
from midchannel.outside.channels.models import Channel, Delivery, DeliveryState, Health
from midchannel.outside.channels.port import File, Outgoing
from midchannel.platform import ids
from midchannel.platform.database.bulk import execute


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be said and to whom; `Outgoing` without its key."""

    text: str
    to: Sequence[str]
    is_public: bool
    cc: Sequence[str] = ()
    subject: str = ""
    in_reply_to: str = ""
    references: Sequence[str] = ()
    files: Sequence[File] = ()
    conversation_id: int = 0
    automatic: bool = False
    unsubscribe: str = ""
    is_secret: bool = False


def queue_delivery(
    channel_id: int, letter: Letter, *, message_id: int, client_key: str, due_at: datetime, now: datetime
) -> int:
    """Put a message on its way, in the transaction that writes it. Returns the delivery's id. Raises CannotSendError.

    Its key is fixed here and known as seen, so that the network's echo is a duplicate and the answer to it finds the thread.
    """
    channel = Channel.objects.filter(pk=channel_id).first()
    adapter = registry.get_adapter(channel.network) if channel else None
    if channel is None or adapter is None:
        raise CannotSendError(_("This channel only listens; nothing can be sent through it."))
    check_can_send(channel)
    check_audience(channel, is_public=letter.is_public)
    if letter.automatic:
        _spend(channel_id, letter, now=now)
    key = adapter.new_key(opening.settings_of(channel_id), message_id=message_id)
    outgoing = Outgoing(
        key=key,
        text=letter.text,
        to=list(letter.to),
        cc=list(letter.cc),
        subject=letter.subject,
        in_reply_to=letter.in_reply_to,
        references=list(letter.references),
        is_public=letter.is_public,
        files=list(letter.files),
        conversation_id=str(letter.conversation_id),
        automatic=letter.automatic,
        unsubscribe=letter.unsubscribe,
        is_secret=letter.is_secret,
    )
    delivery = Delivery.objects.create(
        id=ids.take_one(now=now),
        channel=channel,
        message_id=message_id,
        client_key=client_key,
        external_key=key,
        document=msgspec.to_builtins(outgoing),
        due_at=due_at,
        queued_at=now,
    )
    know_own(channel_id, key, message_id)
    return delivery.pk


def _spend(channel_id: int, letter: Letter, *, now: datetime) -> None:
    """What a machine sends comes out of each recipient's budget. Raises CannotSendError when one is spent."""
    for address in (*letter.to, *letter.cc):
        if not budget.take(channel_id, address, now):
            reason = _("Machines of ours have written to %(address)s too often lately; a person may still write.")
            raise CannotSendError(reason % {"address": address})


def check_can_send(channel: Channel) -> None:
    """Raise CannotSendError, with the reason and the remedy, unless something can go out through this channel now."""
    if not channel.can_send:
        raise CannotSendError(_("This channel only listens; nothing can be sent through it."))
    if channel.health == Health.CLOSED:
        raise CannotSendError(_("This channel is closed."))
    if channel.health == Health.PAUSED:
        raise CannotSendError(channel.health_reason or _("This channel is paused. Resume it in Settings, Channels."))
    if channel.health != Health.OK:
        raise CannotSendError(
            _("This channel does not work now: %(reason)s") % {"reason": channel.health_reason or _("no reason known.")}
        )


def check_audience(channel: Channel, *, is_public: bool) -> None:
    """Raise CannotSendError where what is private would come to a public place."""
    if not is_public and not registry.carries_private(channel.network):
        raise CannotSendError(_("This channel is a public place; what is private cannot be said there."))


def know_own(channel_id: int, external_id: str, message_id: int) -> None:
    """Know a message of ours as seen by its key or id at the network, so that its echo is a duplicate."""
    execute(
        "INSERT INTO seen (key, content, activity_id) VALUES (%s, %s, %s) ON CONFLICT (key) DO NOTHING",
        [documents.key_of(channel_id, external_id), OWN_WORDS, message_id],
    )


def drop_deliveries(client_keys: Iterable[str]) -> int:
    """Remove what was asked for under these keys, as if it had never been. Returns how many. In the caller's transaction."""
    return Delivery.objects.filter(client_key__in=list(client_keys)).delete()[0]


def drop_queued(client_keys: Iterable[str]) -> None:
    """Of what was asked for under these keys, remove what is not on its way yet. In the caller's transaction."""
    Delivery.objects.filter(client_key__in=list(client_keys), state=DeliveryState.QUEUED).delete()


@transaction.atomic
def withdraw(message_id: int) -> None:
    """Take back a message that is still queued: it will not go out, its key is forgotten. Raises NotOnItsWayError when it is too late."""
    row = Delivery.objects.select_for_update(no_key=True).filter(message_id=message_id).order_by("-id").first()
    if row is None or row.state != DeliveryState.QUEUED or row.attempts:
        raise NotOnItsWayError(_("It is on its way already and cannot be taken back."))
    row.state = DeliveryState.WITHDRAWN
    row.document = {"conversation_id": row.document.get("conversation_id")}
    row.save(update_fields=["state", "document"])
    execute(
        "DELETE FROM seen WHERE key = %s AND content = %s AND activity_id = %s",
        [documents.key_of(row.channel_id, row.external_key), OWN_WORDS, message_id],
    )


@transaction.atomic
def requeue(message_id: int, *, now: datetime) -> None:
    """Try a failed or unknown delivery again, because a person says so, with the same key. Raises NotOnItsWayError, CannotSendError."""
    row = Delivery.objects.select_for_update(no_key=True).filter(message_id=message_id).order_by("-id").first()
    if row is None or row.state not in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
        raise NotOnItsWayError(_("Only what has failed, or whose outcome is unknown, can be tried again."))
    channel = Channel.objects.get(pk=row.channel_id)
    if not channel.can_send or channel.health in (Health.CLOSED, Health.PAUSED):
        check_can_send(channel)
    row.state, row.due_at, row.attempts, row.permanent, row.reason = DeliveryState.QUEUED, now, 1, False, ""
    row.settled_at = None
    row.save()
