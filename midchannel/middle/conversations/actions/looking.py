"""What a person does without changing the conversation for others: reading, drafting, looking at it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.middle.conversations.errors import ConversationNotFoundError
from midchannel.middle.conversations.models import Conversation, Draft, Looking
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import execute, fetch
from midchannel.platform.errors import InvalidError

PRESENCE_LIFE = timedelta(minutes=1)
PRESENCE_CHANNEL = "presence"
MODES = {"viewing": Looking.VIEWING, "typing": Looking.TYPING}
MAX_DRAFT = 100_000


def check_visible(viewer: Viewer, conversation_id: int) -> None:
    """Raise ConversationNotFoundError unless the viewer may see it."""
    if not Conversation.objects.visible_to(viewer).filter(pk=conversation_id).exists():
        raise ConversationNotFoundError


@transaction.atomic
def mark_read(viewer: Viewer, conversation_id: int, *, up_to: int | None = None) -> None:
    """Note that the viewer has read up to a message (the newest when not said). It never goes back; their own matter, so not audited."""
    found = Conversation.objects.visible_to(viewer).filter(pk=conversation_id).values_list("last_message_id", flat=True)
    if not found:
        raise ConversationNotFoundError
    execute(
        "INSERT INTO conversation_read AS r (conversation_id, user_id, read_id) VALUES (%s, %s, %s)"
        " ON CONFLICT (conversation_id, user_id) DO UPDATE SET read_id = excluded.read_id WHERE r.read_id < excluded.read_id",
        [conversation_id, viewer.user_id, min(up_to or found[0], found[0])],
    )


@transaction.atomic
def mark_unread(viewer: Viewer, conversation_id: int) -> None:
    """Make the newest message from outside unread for the viewer again."""
    check_visible(viewer, conversation_id)
    execute(
        "UPDATE conversation_read r SET read_id = coalesce(c.last_in_id, 1) - 1 FROM conversation c"
        " WHERE c.id = r.conversation_id AND r.conversation_id = %s AND r.user_id = %s",
        [conversation_id, viewer.user_id],
    )


@transaction.atomic
def save_draft(
    viewer: Viewer, conversation_id: int, *, text: str, saw_message_id: int | None = None, now: datetime
) -> None:
    """Keep the viewer's unsent text on the server; an empty one removes it."""
    check_visible(viewer, conversation_id)
    if len(text) > MAX_DRAFT:
        raise InvalidError(_("A draft has at most %(most)d characters.") % {"most": MAX_DRAFT}, "text")
    if not text.strip():
        Draft.objects.filter(conversation_id=conversation_id, user_id=viewer.user_id).delete()
        return
    Draft.objects.update_or_create(
        conversation_id=conversation_id,
        user_id=viewer.user_id,
        defaults={"text": text.replace("\0", ""), "saw_message_id": saw_message_id, "updated_at": now},
    )


@transaction.atomic
def note_presence(viewer: Viewer, conversation_id: int, *, mode: str, now: datetime) -> None:
    """Say that the viewer has it before them: "viewing", "typing" or "gone"; repeat it every 20 seconds.

    No event is kept of it. When somebody appears, or begins to type, `NOTIFY presence, '<conversation id>:<scope id>'` tells live pages.
    """
    check_visible(viewer, conversation_id)
    if mode == "gone":
        changed = execute(
            "DELETE FROM conversation_presence WHERE conversation_id = %s AND user_id = %s",
            [conversation_id, viewer.user_id],
        )
    elif mode in MODES:
        before = fetch(
            "SELECT mode FROM conversation_presence WHERE conversation_id = %s AND user_id = %s AND at > %s",
            [conversation_id, viewer.user_id, now - PRESENCE_LIFE],
        )
        execute(
            "INSERT INTO conversation_presence (conversation_id, user_id, mode, at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (conversation_id, user_id) DO UPDATE SET mode = excluded.mode, at = excluded.at",
            [conversation_id, viewer.user_id, MODES[mode], now],
        )
        changed = before != [(MODES[mode],)]
    else:
        raise InvalidError(_("Presence is viewing, typing or gone."), "mode")
    if changed:
        execute(
            "SELECT pg_notify(%s, id || ':' || coalesce(scope_id, 0)) FROM conversation WHERE id = %s",
            [PRESENCE_CHANNEL, conversation_id],
        )


def forget_presence(*, now: datetime) -> int:
    """Remove everybody who has not been heard of for a minute."""
    return execute("DELETE FROM conversation_presence WHERE at < %s", [now - PRESENCE_LIFE])
