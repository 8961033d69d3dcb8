"""Whose a conversation is."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from midchannel.middle.conversations.actions import holding
from midchannel.middle.conversations.errors import AlreadyClaimedError, ConversationNotFoundError
from midchannel.middle.conversations.events import ConversationClaimed
from midchannel.middle.conversations.models import Conversation
from midchannel.platform import ids
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, NotAllowedError


@transaction.atomic
def claim(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """Make the viewer its owner if it has none, in one statement: of two, one wins. Again by its owner is harmless.

    Raises AlreadyClaimedError with the winner, ConversationNotFoundError.
    """
    free = Conversation.objects.visible_to(viewer).filter(pk=conversation_id, owner_id=None, joined_into_id=None)
    won = free.update(owner_id=viewer.user_id, owner_epoch=F("owner_epoch") + 1)
    conversation = Conversation.objects.visible_to(viewer).filter(pk=conversation_id, joined_into_id=None).first()
    if conversation is None:
        raise ConversationNotFoundError
    if not won:
        if conversation.owner_id != viewer.user_id:
            raise _claimed_by(viewer, conversation)
        return
    holding.note(holding.actor_of(viewer), "conversation.claim", conversation, now=now)
    seconds = max(0, int((now - ids.moment_of(conversation_id)).total_seconds()))
    holding.tell(ConversationClaimed, conversation, now=now, owner_id=viewer.user_id, seconds=seconds)


def _claimed_by(viewer: Viewer, conversation: Conversation) -> AlreadyClaimedError:
    owner_id = conversation.owner_id or 0
    people = accounts.list_people(viewer, ids=[owner_id])
    return AlreadyClaimedError(owner_id, people[0].name if people else _("A colleague"))


@transaction.atomic
def release(viewer: Viewer, conversation_id: int, *, now: datetime) -> None:
    """Give it back to its queue: the owner may, and a lead. Nobody's stays nobody's."""
    conversation = holding.lock(viewer, conversation_id)
    if conversation.owner_id is None:
        return
    if conversation.owner_id != viewer.user_id and not viewer.is_lead:
        raise NotAllowedError(_("Only its owner or a lead can release it."))
    _set_owner(conversation, None)
    conversation.save(update_fields=["owner_id", "owner_epoch"])
    holding.note(holding.actor_of(viewer), "conversation.release", conversation, now=now)
    holding.tell_changed(conversation, "released", now=now)


@transaction.atomic
def reassign(
    viewer: Viewer,
    conversation_id: int,
    *,
    owner_id: int | None = None,
    queue_id: int | None = None,
    scope_id: int | None = None,
    now: datetime,
) -> None:
    """Hand it to a colleague, or to a queue; with a queue goes its team's scope, so those who see it change (`usecases.reassign` knows it).

    A colleague must be able to see it there. Raises InvalidError when they cannot, ConversationNotFoundError.
    """
    conversation = holding.lock(viewer, conversation_id)
    if (queue_id is None) != (scope_id is None):
        raise InvalidError(_("A queue comes with its team."), "queue_id")
    before = (conversation.owner_id, conversation.queue_id)
    if queue_id is not None:
        if scope_id != conversation.scope_id:
            _set_owner(conversation, None)
        conversation.queue_id, conversation.scope_id = queue_id, scope_id
    if owner_id is not None:
        _check_can_own(viewer, conversation, owner_id)
        _set_owner(conversation, owner_id)
    if before == (conversation.owner_id, conversation.queue_id):
        return
    conversation.save(update_fields=["owner_id", "owner_epoch", "queue_id", "scope_id"])
    holding.note(
        holding.actor_of(viewer),
        "conversation.reassign",
        conversation,
        now=now,
        owner_id=conversation.owner_id,
        queue_id=conversation.queue_id,
        from_owner_id=before[0],
        from_queue_id=before[1],
    )
    holding.tell_changed(conversation, "reassigned", now=now)


def _set_owner(conversation: Conversation, owner_id: int | None) -> None:
    if conversation.owner_id != owner_id:
        conversation.owner_id = owner_id
        conversation.owner_epoch += 1


def _check_can_own(viewer: Viewer, conversation: Conversation, owner_id: int) -> None:
    other = accounts.get_viewer(owner_id)
    if other is None:
        raise InvalidError(_("There is no such colleague."), "owner_id")
    sees = conversation.scope_id in other.scope_ids if conversation.scope_id else other.is_lead
    if not sees:
        raise InvalidError(
            _("%(name)s is not in the team of this queue. Choose a queue of theirs, or ask them with an @mention.")
            % {"name": other.name},
            "owner_id",
        )
