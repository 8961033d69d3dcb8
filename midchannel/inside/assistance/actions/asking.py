"""Somebody asks for something; it waits in its row until the loop takes it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.engines.assistance.asking import Purpose
from midchannel.inside.assistance import queries
from midchannel.inside.assistance.errors import SwitchedOffError, TooManyAskedError
from midchannel.inside.assistance.events import AssistanceAsked
from midchannel.inside.assistance.models import ASKED, WAITING, Assistance
from midchannel.middle.conversations import queries as conversations
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.database.bulk import execute
from midchannel.platform.errors import InvalidError
from midchannel.platform.events import actions as events

MOST_OPEN = 3
WAKE = "assistance"


@transaction.atomic
def ask(
    viewer: Viewer, conversation_id: int, *, purpose: Purpose, message_id: int | None = None, language: str, now: datetime
) -> int:  # fmt: skip
    """Ask for a summary, a draft or a translation of one message of a conversation the viewer sees. What is being done is not asked twice.

    Returns its id. Raises ConversationNotFoundError, SwitchedOffError, TooManyAskedError, InvalidError for a message without text.
    """
    scope_id = conversations.get_conversation(viewer, conversation_id).row.scope_id
    if purpose not in queries.list_purposes(viewer):
        raise SwitchedOffError
    if purpose is not Purpose.TRANSLATION:
        message_id = None
    elif not any(m.text.strip() for m in conversations.get_messages(viewer, conversation_id, [message_id or 0])):
        raise InvalidError(_("Choose a message with a text."), "message")
    open_ones = Assistance.objects.filter(conversation_id=conversation_id, state__in=[WAITING, ASKED])
    same = open_ones.filter(purpose=purpose, message_id=message_id, asked_by_id=viewer.user_id).first()
    if same is not None:
        return same.pk
    if open_ones.count() >= MOST_OPEN:
        raise TooManyAskedError
    row = Assistance.objects.create(
        id=ids.take_one(now=now), conversation_id=conversation_id, message_id=message_id, purpose=purpose.value, language=language,
        asked_by_id=viewer.user_id, asked_by_name=viewer.name, asked_at=now,
    )  # fmt: skip
    audit.record(
        viewer.actor, "assistance.ask", object_type="conversation", object_id=conversation_id, now=now, purpose=purpose
    )
    told = AssistanceAsked(
        object_id=row.pk, purpose=purpose, conversation_id=str(conversation_id), scope_ids=(scope_id,) if scope_id else (),
        user_ids=(viewer.user_id,),
    )  # fmt: skip
    events.emit(told, now=now)
    execute("SELECT pg_notify(%s, '')", [WAKE])
    return row.pk
