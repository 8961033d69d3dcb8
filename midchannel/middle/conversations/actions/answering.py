"""What the company says in a conversation, and what that does to its state and clocks; undone when it is taken back or does not get out.

`Message.before` keeps what the reply changed until the network has taken it: then `conversation.answered` is told, once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.conversations import states
from midchannel.middle.conversations.actions import holding
from midchannel.middle.conversations.errors import ConversationNotFoundError
from midchannel.middle.conversations.events import (
    ConversationAnswered,
    ConversationStarted,
    MessageHeld,
    MessageSent,
    MessageTakenBack,
)
from midchannel.middle.conversations.models import Audience, Conversation, Direction, Draft, Message, State
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import NotAllowedError

DELIVERY = Actor("delivery")


@dataclass(frozen=True, slots=True)
class Told:
    """Where a message of ours is, for the machine that delivers it, and who may be told."""

    conversation_id: int
    scope_ids: tuple[int, ...]
    user_ids: tuple[int, ...]


def hold(viewer: Viewer, conversation_id: int) -> None:
    """Lock a conversation until the transaction ends, so that nothing is filed into it meanwhile. Raises ConversationNotFoundError."""
    holding.lock(viewer, conversation_id)


def list_unseen(conversation_id: int, viewer: Viewer, *, saw_message_id: int, saw_in_id: int | None) -> list[int]:
    """The messages others have added since somebody last looked, oldest first. Call it while the conversation is held.

    By id after the last one seen; and, since an arrival may be filed behind our own later words, by the newest from outside.
    """
    newer = Message.objects.filter(conversation_id=conversation_id, id__gt=saw_message_id)
    unseen = set(newer.exclude(author_id=viewer.user_id).values_list("id", flat=True)[:100])
    if saw_in_id is not None:
        late = Message.objects.filter(conversation_id=conversation_id, id__gt=saw_in_id, direction=Direction.IN)
        unseen |= set(late.values_list("id", flat=True)[:100])
    return sorted(unseen)


def note_held(viewer: Viewer, conversation_id: int, *, cause: str, now: datetime) -> None:
    """Tell that a reply was held, so that what this prevents can be counted."""
    conversation = holding.lock(viewer, conversation_id)
    holding.tell(MessageHeld, conversation, now=now, cause=cause)


@transaction.atomic
def write(viewer: Viewer, conversation_id: int, *, text: str, audience: Audience, now: datetime) -> int:
    """Write a reply into its thread: it waits for the customer now, its clocks stop, and it is the author's if it was nobody's.

    Returns the message's id. Raises IllegalMoveError (spam), ConversationNotFoundError.
    """
    conversation = holding.lock(viewer, conversation_id)
    if conversation.state != State.WAITING:
        states.check_move(conversation.state, State.WAITING)
    message = _add(conversation, viewer, text, audience, now=now)
    message.before = _what_it_was(conversation)
    message.save(update_fields=["before"])
    _count_as_answer(conversation, message, now=now)
    if conversation.owner_id is None:
        conversation.owner_id = viewer.user_id
        conversation.owner_epoch += 1
    conversation.save()
    Draft.objects.filter(conversation_id=conversation_id, user_id=viewer.user_id).delete()
    holding.note(holding.actor_of(viewer), "message.send", conversation, now=now, message_id=message.pk)
    holding.tell(MessageSent, conversation, now=now, message_id=str(message.pk), author_id=viewer.user_id)
    return message.pk


@transaction.atomic
def write_aside(viewer: Viewer, conversation_id: int, *, text: str, audience: Audience, now: datetime) -> int:
    """Write into a thread without touching its state, clocks or owner: word of what was done. Returns the message's id."""
    conversation = holding.lock(viewer, conversation_id)
    message = _add(conversation, viewer, text, audience, now=now)
    conversation.save(update_fields=["last_message_id"])
    holding.note(holding.actor_of(viewer), "message.send", conversation, now=now, message_id=message.pk)
    holding.tell(MessageSent, conversation, now=now, message_id=str(message.pk), author_id=viewer.user_id)
    return message.pk


@transaction.atomic
def start(
    viewer: Viewer,
    *,
    channel_id: int,
    scope_id: int | None,
    queue_id: int | None,
    handle_id: int,
    subject: str,
    text: str,
    audience: Audience,
    now: datetime,
) -> tuple[int, int]:
    """Open a conversation with the company's first word; it is the author's, and waits for the customer.

    Returns its id and the message's.
    """
    conversation_id, message_id = ids.take(2, now=now)
    conversation = Conversation.objects.create(
        id=conversation_id,
        channel_id=channel_id,
        scope_id=scope_id,
        queue_id=queue_id,
        handle_id=handle_id,
        audience=audience,
        state=State.WAITING,
        subject=subject,
        owner_id=viewer.user_id,
        owner_epoch=1,
        opened_by_us=True,
        last_message_id=message_id,
        opened_at=now,
    )
    Message.objects.create(
        id=message_id,
        conversation_id=conversation_id,
        author_id=viewer.user_id,
        direction=Direction.OUT,
        audience=audience,
        body=text,
    )
    holding.note(holding.actor_of(viewer), "conversation.start", conversation, now=now, message_id=message_id)
    holding.tell(ConversationStarted, conversation, now=now, message_id=str(message_id))
    return conversation_id, message_id


def _add(conversation: Conversation, viewer: Viewer, text: str, audience: Audience, *, now: datetime) -> Message:
    message = Message.objects.create(
        id=ids.take_one(now=now),
        conversation_id=conversation.pk,
        author_id=viewer.user_id,
        direction=Direction.OUT,
        audience=audience,
        body=text,
    )
    conversation.last_message_id = max(message.pk, conversation.last_message_id)
    return message


def _what_it_was(conversation: Conversation) -> dict[str, Any]:
    def said(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "state": conversation.state,
        "waiting_since": said(conversation.waiting_since),
        "resolved_at": said(conversation.resolved_at),
        "snoozed_until": said(conversation.snoozed_until),
        "is_first": conversation.first_answered_at is None and not conversation.opened_by_us,
    }


def _count_as_answer(conversation: Conversation, message: Message, *, now: datetime) -> None:
    conversation.state = State.WAITING
    conversation.waiting_since = conversation.snoozed_until = conversation.resolved_at = None
    if message.before and message.before["is_first"] and conversation.first_answered_at is None:
        conversation.first_answered_at = now


def _undo_answer(conversation: Conversation, before: dict[str, Any]) -> None:
    """Put back what the reply changed, as far as nothing has happened since."""

    def read(name: str) -> datetime | None:
        return datetime.fromisoformat(before[name]) if before[name] else None

    if before["is_first"]:
        conversation.first_answered_at = None
    waited = read("waiting_since")
    if conversation.state == State.WAITING:
        conversation.state = before["state"]
        conversation.waiting_since = waited
        conversation.resolved_at, conversation.snoozed_until = read("resolved_at"), read("snoozed_until")
    elif conversation.state == State.OPEN and waited:
        conversation.waiting_since = min(waited, conversation.waiting_since or waited)


@transaction.atomic
def take_back(viewer: Viewer, message_id: int, *, now: datetime) -> tuple[int, str]:
    """Remove the viewer's own message that never went out, and restore what it changed. Returns the conversation's id and the text.

    In the transaction in which its delivery was withdrawn. Raises ConversationNotFoundError, NotAllowedError.
    """
    message = Message.objects.filter(pk=message_id, direction=Direction.OUT).first()
    if message is None:
        raise ConversationNotFoundError
    conversation = holding.lock(viewer, message.conversation_id)
    if message.author_id != viewer.user_id:
        raise NotAllowedError(_("Only its author can take a message back."))
    text, before = message.body, message.before
    message.delete()
    newest = (
        Message.objects.filter(conversation_id=conversation.pk).order_by("-id").values_list("id", flat=True).first()
    )
    conversation.last_message_id = newest or conversation.pk
    if before:
        _undo_answer(conversation, before)
    elif newest is None:
        conversation.state, conversation.resolved_at = State.RESOLVED, now
    conversation.save()
    holding.note(holding.actor_of(viewer), "message.take_back", conversation, now=now, message_id=message_id)
    holding.tell(MessageTakenBack, conversation, now=now, message_id=str(message_id))
    return conversation.pk, text


@transaction.atomic
def note_sent(message_id: int, *, now: datetime) -> None:
    """The network has taken it: tell that the customer was answered, once."""
    message, conversation = _of_machine(message_id)
    if message is None or conversation is None or not message.before:
        return
    before, message.before = message.before, None
    message.save(update_fields=["before"])
    written_at = ids.moment_of(message_id)
    waited = datetime.fromisoformat(before["waiting_since"]) if before["waiting_since"] else None
    due = conversation.first_answer_due_at
    holding.tell(
        ConversationAnswered,
        conversation,
        now=now,
        message_id=str(message_id),
        seconds=max(0, int((written_at - waited).total_seconds())) if waited else None,
        is_first=before["is_first"],
        in_time=written_at <= due if due and before["is_first"] else None,
    )


@transaction.atomic
def note_failed(message_id: int, *, now: datetime) -> None:
    """It did not get out: the customer still waits, so it is open work again."""
    message, conversation = _of_machine(message_id)
    if message is None or conversation is None:
        return
    if message.before:
        _undo_answer(conversation, message.before)
    if conversation.state in (State.WAITING, State.SNOOZED):
        conversation.state, conversation.snoozed_until = State.OPEN, None
    conversation.save()
    holding.note(DELIVERY, "message.failed", conversation, now=now, message_id=message_id)
    holding.tell_changed(conversation, "delivery_failed", now=now)


@transaction.atomic
def note_retried(viewer: Viewer, message_id: int, *, now: datetime) -> None:
    """A person sends it again: it counts as the answer again."""
    message = Message.objects.filter(pk=message_id, direction=Direction.OUT).first()
    if message is None:
        raise ConversationNotFoundError
    conversation = holding.lock(viewer, message.conversation_id)
    if message.before and conversation.state == State.OPEN:
        _count_as_answer(conversation, message, now=now)
        conversation.save()
    holding.note(holding.actor_of(viewer), "message.retry", conversation, now=now, message_id=message_id)
    holding.tell_changed(conversation, "retried", now=now)


def _of_machine(message_id: int) -> tuple[Message | None, Conversation | None]:
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        return None, None
    conversation = Conversation.objects.select_for_update(no_key=True).filter(pk=message.conversation_id).first()
    return message, conversation


def may_leave(message_id: int) -> bool:
    """Whether a message may go to a network: not when it is for partners alone. Asked again at the moment of sending."""
    return not Message.objects.filter(pk=message_id, audience=Audience.PARTNER).exists()


def whom_to_tell(message_id: int) -> Told | None:
    """Who may know how a message fares; for the machine that delivers."""
    message = Message.objects.filter(pk=message_id).first()
    conversation = Conversation.objects.filter(pk=message.conversation_id).first() if message else None
    if conversation is None:
        return None
    return Told(conversation.pk, *holding.audience_of(conversation))
