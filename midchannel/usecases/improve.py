"""Improve: what customers ask for becomes a change with an owner; when it is done, everybody who asked is told.

Open -> doing -> done. When it is done, a person approves the words, and each asker hears them once, on the channel where they asked.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.inside.improvements import actions as improvements
from midchannel.inside.improvements import rules
from midchannel.inside.improvements.actions import Asking, Due
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.customers import queries as customers
from midchannel.outside.channels import queries as channels
from midchannel.outside.channels.port import NetworkError
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import fetch
from midchannel.platform.errors import MidchannelError
from midchannel.usecases import reply, speak_first


@transaction.atomic
def begin(
    viewer: Viewer,
    title: str,
    *,
    now: datetime,
    change: str = "",
    owner_id: int | None = None,
    conversation_id: int | None = None,
    is_demo: bool = False,
) -> int:
    """Begin an improvement; returns its id. Whoever asked in the conversation is the first asker. Without an owner it is the viewer's."""
    improvement_id = improvements.begin(viewer, title, change=change, owner_id=owner_id, now=now, is_demo=is_demo)
    if conversation_id is not None:
        tie(viewer, conversation_id, improvement_id, now)
    return improvement_id


@transaction.atomic
def tie(viewer: Viewer, conversation_id: int, improvement_id: int, now: datetime) -> bool:
    """Say that a conversation asks for an improvement. Again is harmless: False when that was known."""
    return improvements.tie(viewer, improvement_id, _asking(viewer, conversation_id), now=now)


@transaction.atomic
def untie(viewer: Viewer, conversation_id: int, improvement_id: int, now: datetime) -> bool:
    """Take that back. Whoever has been told stays in the ledger."""
    return improvements.untie(viewer, improvement_id, _asking(viewer, conversation_id), now=now)


def edit(
    viewer: Viewer,
    improvement_id: int,
    *,
    now: datetime,
    title: str | None = None,
    change: str | None = None,
    owner_id: int | None = None,
) -> None:
    """Change what is given and leave the rest."""
    improvements.edit(viewer, improvement_id, title=title, change=change, owner_id=owner_id, now=now)


def move(viewer: Viewer, improvement_id: int, state: str, *, now: datetime) -> None:
    """Say that it is begun, done, or not yet after all. Raises IllegalStateError."""
    improvements.move(viewer, improvement_id, state, now=now)


def tell(viewer: Viewer, improvement_id: int, text: str, now: datetime) -> int:
    """Approve the words for everybody who asked and has not been told; returns how many that is. The loop `tell_next` brings them.

    `{first_name}` is filled in for each. Raises NotYetDoneError, NobodyToTellError, UnusableWordsError, NotYoursToTellError,
    OnlyPeopleApproveError.
    """
    return improvements.approve(viewer, improvement_id, text, now=now)


def check_tellable(viewer: Viewer, improvement_id: int, text: str) -> None:
    """Raise what `tell` would, before anybody approves."""
    improvements.check_may_tell(viewer, improvement_id)
    improvements.check_words(text)


def preview(viewer: Viewer, text: str, name: str) -> str:
    """The words as one person will read them."""
    return rules.fill(text, name)


@transaction.atomic
def tell_next(*, now: datetime) -> bool:
    """Bring the approved words to the next asker: a loop of the worker's. True when there may be more.

    The message, its delivery and the ledger's row are one transaction, and the delivery's key is the asker's: nobody is told twice.
    """
    due = improvements.take_due(now=now)
    if due is None:
        return False
    try:
        with transaction.atomic():
            message_id = _say(due, now=now)
    except (MidchannelError, NetworkError) as error:
        improvements.note_owed(due, error.reason, now=now)
    else:
        improvements.note_told(due, message_id, now=now)
    return True


class CannotBeToldError(MidchannelError):
    """They cannot be told."""


def _say(due: Due, *, now: datetime) -> int:
    handle = channels.get_handles([due.handle_id]).get(due.handle_id)
    if handle is None:
        raise CannotBeToldError(_("This person's data has been erased."))
    if handle.blocked_at is not None:
        raise CannotBeToldError(_("This person is blocked."))
    speak_first.check_allowed(due.handle_id, purpose="service", network=handle.network)
    where = _where(due.conversation_id)
    if where is None:
        raise CannotBeToldError(_("The conversation they asked in is no longer here."))
    conversation_id, scope_id = where
    known = customers.get_names([due.handle_id]).get(due.handle_id)
    name = (known.name if known else "") or handle.name
    sent = reply.tell(
        _speaker(due.approved_by_id, scope_id),
        conversation_id,
        text=rules.fill(due.text, name),
        client_key=due.client_key,
        now=now,
    )
    return sent.message_id


def _where(conversation_id: int) -> tuple[int, int | None] | None:
    """The conversation to speak in: where its messages are now, if it turned out to be part of another."""
    for _step in range(8):
        rows = fetch("SELECT joined_into_id, scope_id FROM conversation WHERE id = %s", [conversation_id])
        if not rows:
            return None
        joined_into_id, scope_id = rows[0]
        if joined_into_id is None:
            return conversation_id, scope_id
        conversation_id = joined_into_id
    return None


def _speaker(user_id: int, scope_id: int | None) -> Viewer:
    """Whoever approved, where the asker is: the approval was for everybody, in whatever team's conversation they asked."""
    user = accounts.User.objects.get(pk=user_id)
    viewer = accounts.viewer_for(user)
    return replace(viewer, scope_ids=(scope_id,)) if scope_id else viewer


def _asking(viewer: Viewer, conversation_id: int) -> Asking:
    row = conversations.get_conversation(viewer, conversation_id).row
    return Asking(row.id, row.handle_id, row.channel_id, row.opened_at, row.scope_id)
