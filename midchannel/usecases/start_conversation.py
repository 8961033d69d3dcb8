"""Start a conversation: the company speaks first, to an address on one of its channels."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations.models import Audience
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers import rules as customer_rules
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.errors import CannotSendError
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError
from midchannel.usecases import reply, speak_first
from midchannel.usecases.reply import Sent

MAX_ADDRESS = 2000
MAX_SUBJECT = 500


@transaction.atomic
def start(
    viewer: Viewer,
    *,
    channel_id: int,
    address: str,
    subject: str,
    text: str,
    client_key: str,
    now: datetime,
    purpose: str = "service",
) -> Sent:
    """Write to somebody first. It is the author's conversation, in the channel's queue, and waits for the customer.

    `purpose` is what it is for ("service" or "marketing"): whoever does not allow that is not written to. The same `client_key` again gives
    the same result. Raises InvalidError, CannotSendError, ChannelNotFoundError, SaidNoError.
    """
    text = reply.check_text(text)
    key = reply.key_of(viewer, client_key)
    known = channel_queries.find_delivery(key)
    if known:
        return Sent(known.message_id, channel_queries.get_conversation_id(known.id), known.due_at, is_repeat=True)
    channel = channel_queries.get_channel(viewer, channel_id)
    reason = channel_queries.why_not_send(channel_id, is_public=channel.is_public)
    if reason:
        raise CannotSendError(reason)
    address = _check_address(channel.network, address)
    handle_id = _meet(channel.network, address, now=now)
    speak_first.check_allowed(handle_id, purpose=purpose, network=channel.network)
    conversation_id, message_id = conversations.start(
        viewer,
        channel_id=channel_id,
        scope_id=channel.scope_id,
        queue_id=channel.queue_id,
        handle_id=handle_id,
        subject=subject.strip()[:MAX_SUBJECT],
        text=text,
        audience=Audience.PUBLIC if channel.is_public else Audience.PRIVATE,
        now=now,
    )
    due_at = now + timedelta(seconds=settings.UNDO_SECONDS)
    letter = channels.Letter(
        text=text,
        to=[address],
        subject=subject.strip()[:MAX_SUBJECT],
        is_public=channel.is_public,
        conversation_id=conversation_id,
        unsubscribe=speak_first.unsubscribe_address(handle_id, purpose),
    )
    channels.queue_delivery(channel_id, letter, message_id=message_id, client_key=key, due_at=due_at, now=now)
    return Sent(message_id, conversation_id, due_at)


def _check_address(network: str, address: str) -> str:
    address = address.strip()
    if network == "email":
        address = customer_rules.normal_form("email", address)
        if not address:
            raise InvalidError(_("This is no mail address."), "address")
    if not address or len(address) > MAX_ADDRESS or "\0" in address:
        raise InvalidError(_("Say to whom it goes."), "address")
    return address


def _meet(network: str, address: str, *, now: datetime) -> int:
    """The handle of an address, with a customer behind it."""
    known = channels.know_handles(network, {address: channels.Met("", "", True)}, now=now)
    handle_ids, first_met = known.ids, known.first_met
    handle_id = handle_ids[address]
    customers.recognise([customers.Face(handle_id, "", address, handle_id in first_met)], now=now)
    return handle_id
