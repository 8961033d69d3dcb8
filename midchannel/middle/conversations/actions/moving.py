"""From state to state, along the graph in `states`."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.conversations import states
from midchannel.middle.conversations.actions import holding
from midchannel.middle.conversations.events import ConversationReopened, ConversationResolved, ConversationSnoozed
from midchannel.middle.conversations.models import Conversation, Direction, Message, State
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError

CLOCK = Actor("clockwork")
LONGEST_SNOOZE = timedelta(days=366)
WAKE_LIMIT = 200


@transaction.atomic
def snooze(viewer: Viewer, conversation_id: int, *, until: datetime, now: datetime) -> None:
    """Put it away until a time, or until the customer writes. Raises InvalidError, IllegalMoveError."""
    if until.tzinfo is None or not now < until <= now + LONGEST_SNOOZE:
        raise InvalidError(_("Choose a time within the next year."), "until")
    conversation = holding.lock(viewer, conversation_id)
    states.check_move(conversation.state, State.SNOOZED)
    conversation.state, conversation.snoozed_until = State.SNOOZED, until
    conversation.save(update_fields=["state", "snoozed_until"])
    holding.note(holding.actor_of(viewer), "conversation.snooze", conversation, now=now, until=until.isoformat())
    holding.tell(ConversationSnoozed, conversation, now=now, until=until.isoformat())


@transaction.atomic
def wake_due(*, now: datetime, limit: int = WAKE_LIMIT) -> int:
    """Open again what was snoozed until now. Returns how many; called by the clockwork until it returns less than `limit`."""
    due = list(
        Conversation.objects.filter(state=State.SNOOZED, snoozed_until__lte=now)
        .order_by("snoozed_until")
        .select_for_update(no_key=True, skip_locked=True)[:limit]
    )
    for conversation in due:
        conversation.state, conversation.snoozed_until = State.OPEN, None
        conversation.save(update_fields=["state", "snoozed_until"])
        holding.note(CLOCK, "conversation.wake", conversation, now=now)
        holding.tell_changed(conversation, "woken", now=now)
    return len(due)


@transaction.atomic
def resolve(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """Call it done: its clocks stop. What the customer writes opens it again. Again is harmless. Raises IllegalMoveError."""
    conversation = holding.lock(viewer, conversation_id)
    if conversation.state == State.RESOLVED:
        return
    states.check_move(conversation.state, State.RESOLVED)
    conversation.state, conversation.resolved_at = State.RESOLVED, now
    conversation.waiting_since = conversation.snoozed_until = None
    conversation.save(update_fields=["state", "resolved_at", "waiting_since", "snoozed_until"])
    holding.note(holding.actor_of(viewer), "conversation.resolve", conversation, now=now)
    due = conversation.resolution_due_at
    holding.tell(
        ConversationResolved,
        conversation,
        now=now,
        seconds=max(0, int((now - ids.moment_of(conversation_id)).total_seconds())),
        answers=Message.objects.filter(conversation_id=conversation_id, direction=Direction.OUT).count(),
        in_time=None if due is None else now <= due,
    )


@transaction.atomic
def reopen(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """Open again what was resolved, snoozed or waits for the customer. Again is harmless. Spam: see `not_spam`."""
    conversation = holding.lock(viewer, conversation_id)
    if conversation.state == State.OPEN:
        return
    resolved_at = conversation.resolved_at
    was_resolved = conversation.state == State.RESOLVED
    _open(conversation, now=now)
    holding.note(holding.actor_of(viewer), "conversation.reopen", conversation, now=now)
    if was_resolved:
        seconds = int((now - (resolved_at or now)).total_seconds())
        holding.tell(ConversationReopened, conversation, now=now, seconds_resolved=max(0, seconds))
    else:
        holding.tell_changed(conversation, "opened", now=now)


@transaction.atomic
def mark_spam(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """Take it out of everybody's work as spam; further messages stay there. Again is harmless."""
    conversation = holding.lock(viewer, conversation_id)
    if conversation.state == State.SPAM:
        return
    states.check_move(conversation.state, State.SPAM)
    conversation.state = State.SPAM
    conversation.waiting_since = conversation.snoozed_until = None
    conversation.save(update_fields=["state", "waiting_since", "snoozed_until"])
    holding.note(holding.actor_of(viewer), "conversation.mark_spam", conversation, now=now)
    holding.tell_changed(conversation, "marked_spam", now=now)


@transaction.atomic
def not_spam(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """It was no spam: it waits for an answer again."""
    conversation = holding.lock(viewer, conversation_id)
    if conversation.state != State.SPAM:
        return
    _open(conversation, now=now)
    holding.note(holding.actor_of(viewer), "conversation.not_spam", conversation, now=now)
    holding.tell_changed(conversation, "not_spam", now=now)


def _open(conversation: Conversation, *, now: datetime) -> None:
    states.check_move(conversation.state, State.OPEN)
    conversation.state = State.OPEN
    conversation.resolved_at = conversation.snoozed_until = None
    conversation.waiting_since = conversation.waiting_since or now
    conversation.save(update_fields=["state", "resolved_at", "snoozed_until", "waiting_since"])
