"""Deliver: queued messages are brought to their networks, a few lanes a worker, and what became of each is written down.

`sending` is committed before the network is called, no transaction is open during the call. What a crash leaves in `sending` becomes
*unknown*; the network is asked about it where it can be asked, else it is shown. Nothing is sent twice but by a person's word.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.conversations import actions as conversations
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels import registry
from midchannel.outside.channels.actions import Doubt, Failure, Sending
from midchannel.outside.channels.port import NetworkError, OutcomeUnknownError, Receipt
from midchannel.usecases import move_cases

log = structlog.get_logger("deliver")

EVERY_SECONDS = 1.0
LANES = 4
"""So many networks are written to at once by a worker."""
HAPPENED = frozenset({"sent", "confirmed"})


def send_due(now: datetime) -> bool:
    """Send one message whose time has come. False when there was none."""
    sending = channels.take_due(now=now)
    if sending is None:
        return False
    try:
        _settle(sending.delivery_id, sending.message_id, _bring_out(sending), now=now)
    finally:
        channels.let_go(sending.delivery_id)
    return True


def _bring_out(sending: Sending) -> Receipt | Failure | Doubt:
    if not conversations.may_leave(sending.message_id):
        return Failure(_("This is not meant for outside. It was not sent."), is_lasting=True)
    adapter = registry.get_adapter(sending.network)
    if adapter is None:
        return Failure(_("This channel only listens; nothing can be sent through it."), is_lasting=True)
    settings = channels.settings_of(sending.channel_id)
    try:
        return adapter.send(settings, sending.outgoing)
    except NetworkError as error:
        return Failure(error.reason, is_lasting=error.permanent, is_channel_wide=error.is_channel_wide)
    except OutcomeUnknownError as error:
        return Doubt(str(error) or _("The connection broke before the network said that it has the message."))
    except Exception as error:  # what an adapter did not foresee may have happened after the network took it
        log.exception("an adapter failed", network=sending.network, delivery=sending.delivery_id)
        return Doubt(_("The program failed while sending (%(error)s).") % {"error": type(error).__name__})


@transaction.atomic
def _settle(delivery_id: int, message_id: int, result: Receipt | Failure | Doubt, *, now: datetime) -> None:
    told = conversations.whom_to_tell(message_id)
    settled = channels.settle(
        delivery_id,
        result,
        scope_ids=told.scope_ids if told else (),
        user_ids=told.user_ids if told else (),
        now=now,
    )
    if settled is None:
        return
    if settled.state in HAPPENED:
        conversations.note_sent(message_id, now=now)
        move_cases.hear_our_reply(message_id, now=now)
    elif settled.state == "failed":
        conversations.note_failed(message_id, now=now)


def reconcile(now: datetime) -> bool:
    """Make unknown what a crash left in `sending`, and ask one network about one unknown delivery. False when there was nothing to ask."""
    for delivery_id in channels.list_abandoned():
        reason = _("The program stopped between sending and the network's answer.")
        message_id = channel_queries.get_delivery(delivery_id).message_id
        _settle(delivery_id, message_id, Doubt(reason), now=now)
    with channels.asking(now=now) as sending:
        if sending is None:
            return False
        answer = _ask(sending)
        if answer is None:
            channels.ask_later(sending.delivery_id, now=now)
        else:
            _settle(sending.delivery_id, sending.message_id, answer, now=now)
    return True


def _ask(sending: Sending) -> Receipt | Failure | None:
    """What the network says about a message; None when it cannot say now."""
    adapter = registry.get_adapter(sending.network)
    if adapter is None:
        return None
    settings = channels.settings_of(sending.channel_id)
    try:
        receipt = adapter.lookup(settings, sending.outgoing)
    except (NetworkError, OutcomeUnknownError):
        return None
    except Exception:  # it is asked again later
        log.exception("an adapter failed", network=sending.network, delivery=sending.delivery_id)
        return None
    return receipt or Failure(_("The network does not have it, so it was not sent. Try again."), is_given_up=True)


@transaction.atomic
def note_receipt(channel_id: int, external_id: str, *, failure: Failure | None = None, now: datetime) -> bool:
    """The network says later that a person got a message of ours, or (a bounce) did not. False when it is not ours."""
    settled = channels.note_receipt(channel_id, external_id, failure=failure, now=now)
    if settled is None:
        return False
    if settled.state == "failed":
        conversations.note_failed(settled.message_id, now=now)
    else:
        conversations.note_sent(settled.message_id, now=now)
        move_cases.hear_our_reply(settled.message_id, now=now)
    return True
