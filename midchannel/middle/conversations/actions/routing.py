"""New conversations are put into another queue by a rule. For the machine: nobody's rights are asked."""

from datetime import datetime, timedelta

from midchannel.middle.conversations.actions import holding
from midchannel.middle.conversations.models import Conversation, State
from midchannel.platform.audit.actions import Actor


def route(
    conversation_id: int,
    *,
    queue_id: int,
    scope_id: int,
    first_answer: timedelta | None,
    resolution: timedelta | None,
    rule: str,
    now: datetime,
) -> bool:
    """Put a conversation that nobody has into a queue; its team sees it from now on, and what that queue promises holds.

    Returns whether it went anywhere. In the caller's transaction.
    """
    row = (
        Conversation.objects.select_for_update(no_key=True)
        .filter(pk=conversation_id, owner_id=None, state=State.OPEN, joined_into_id=None)
        .exclude(queue_id=queue_id)
        .first()
    )
    if row is None:
        return False
    before = row.queue_id
    row.queue_id, row.scope_id = queue_id, scope_id
    if row.waiting_since is not None and row.first_answered_at is None:
        row.first_answer_due_at = row.waiting_since + first_answer if first_answer else None
        row.resolution_due_at = row.waiting_since + resolution if resolution else None
    row.save(update_fields=["queue_id", "scope_id", "first_answer_due_at", "resolution_due_at"])
    holding.note(
        Actor("routing"), "conversation.route", row, now=now, queue_id=queue_id, from_queue_id=before, rule=rule
    )
    holding.tell_changed(row, "reassigned", now=now)
    return True
