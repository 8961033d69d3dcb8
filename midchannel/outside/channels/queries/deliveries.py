"""Reading what is on its way out, and what a reply has to name to stand behind a message. Pages prove the conversation first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from midchannel.outside.channels import documents, registry
from midchannel.outside.channels.actions.queueing import check_audience, check_can_send
from midchannel.outside.channels.errors import CannotSendError
from midchannel.outside.channels.models import Channel
from midchannel.outside.channels.port import File
from midchannel.outside.channels.queries.activities import get_original
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """How a message of ours fares. `state`: queued, sending, sent, confirmed, failed, unknown or withdrawn."""

    id: int
    message_id: int
    channel_id: int
    state: str
    reason: str
    is_permanent: bool
    attempts: int
    queued_at: datetime
    due_at: datetime
    settled_at: datetime | None
    external_key: str
    external_id: str
    subject: str
    files: tuple[File, ...] = ()


DELIVERY = (
    "SELECT id, message_id, channel_id, state, reason, permanent, attempts, queued_at, due_at, settled_at, external_key, external_id,"
    " coalesce(document ->> 'subject', ''), (document -> 'files')::text FROM delivery"
)
_files = msgspec.json.Decoder(list[File]).decode


def _row(row: Sequence[Any]) -> DeliveryRow:
    known = DeliveryRow(*row[:-1])
    return replace(known, files=tuple(_files(row[-1]))) if row[-1] and row[-1] != "[]" else known


def get_deliveries(message_ids: Iterable[int]) -> dict[int, DeliveryRow]:
    """The delivery of each message that has one, by message."""
    wanted = array(message_ids)
    if wanted == "{}":
        return {}
    rows = fetch(f"{DELIVERY} WHERE message_id = ANY(%s::bigint[]) ORDER BY id", [wanted])
    return {row[1]: _row(row) for row in rows}


def find_delivery(client_key: str) -> DeliveryRow | None:
    """The delivery that was asked for under a client's key."""
    rows = fetch(f"{DELIVERY} WHERE client_key = %s", [client_key])
    return _row(rows[0]) if rows else None


def get_delivery(delivery_id: int) -> DeliveryRow:
    """One delivery. Raises NotFoundError."""
    rows = fetch(f"{DELIVERY} WHERE id = %s", [delivery_id])
    if not rows:
        raise NotFoundError
    return _row(rows[0])


def get_conversation_id(delivery_id: int) -> int:
    """The conversation that a delivery's message was written in, as its document says."""
    return int(
        fetch("SELECT coalesce(document ->> 'conversation_id', '0') FROM delivery WHERE id = %s", [delivery_id])[0][0]
    )


@dataclass(frozen=True, slots=True)
class Origin:
    """What a reply has to know of the message it answers. `references` are the ids before it, oldest first; `people` those in copy."""

    external_id: str
    references: tuple[str, ...]
    subject: str
    address: str
    people: tuple[str, ...]


def get_origin(activity_id: int, *, now: datetime) -> Origin | None:
    """Read it from the document as it arrived; None when its words were taken back."""
    try:
        envelope = documents.read(get_original(activity_id), now=now)
    except (NotFoundError, documents.CannotApplyError):
        return None
    references = [parent for parent in reversed(envelope.parents) if not parent.startswith("mc:conversation:")]
    people = tuple(other.id for other in envelope.participants if other.id)
    return Origin(envelope.external_id, tuple(references), envelope.subject, envelope.address, people)


def why_not_send(channel_id: int, *, is_public: bool) -> str:
    """Why nothing can be said through a channel now, as a sentence with the remedy; "" when it can."""
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        return NotFoundError().reason
    try:
        check_can_send(channel)
        if registry.get_adapter(channel.network) is not None:
            check_audience(channel, is_public=is_public)
    except CannotSendError as error:
        return error.reason
    return ""
