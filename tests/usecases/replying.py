"""Answers as agents give them, and how they stand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NoReturn

from midchannel.middle.conversations import queries
from midchannel.middle.conversations.queries import MessageItem
from midchannel.outside.channels.port import Outgoing
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.events.models import StoredEvent
from midchannel.usecases import deliver, reply
from midchannel.usecases.reply import Held, Sent
from tests.desk import after


def answer(
    viewer: Viewer, conversation_id: int, text: str = "It is on its way", key: str = "k1", **more: Any
) -> Sent | Held:
    row = queries.get_conversation(viewer, conversation_id).row
    given = {"saw_message_id": row.last_message_id, "saw_in_id": row.last_in_id, "now": after(minutes=10), **more}
    return reply.send(viewer, conversation_id, text=text, client_key=key, **given)


def sent(viewer: Viewer, conversation_id: int, *args: str, **more: Any) -> Sent:
    result = answer(viewer, conversation_id, *args, **more)
    assert isinstance(result, Sent)
    return result


def deliver_all(now: datetime) -> int:
    count = 0
    while deliver.send_due(now):
        count += 1
    return count


def bubble(viewer: Viewer, conversation_id: int) -> MessageItem:
    return queries.list_messages(viewer, conversation_id).items[-1]


def state_of(message: MessageItem) -> str:
    assert message.delivery is not None
    return message.delivery.state


def kinds() -> list[str]:
    return list(StoredEvent.objects.order_by("id").values_list("kind", flat=True))


def failing(error: BaseException) -> Callable[[Outgoing], NoReturn]:
    def fail(outgoing: Outgoing) -> NoReturn:
        raise error

    return fail
