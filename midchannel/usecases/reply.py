"""Reply: what a person answers is held against the thread, queued for a few seconds, and then brought to the customer's channel.

The message and its delivery are written in one transaction, with the conversation locked as filing locks it; so between what the author saw
and what is sent nothing can slip in. `usecases.deliver` brings it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.inside.service import queries as service
from midchannel.inside.service import rules as service_rules
from midchannel.inside.teamwork import queries as teamwork
from midchannel.middle.cases import queries as cases
from midchannel.middle.conversations import actions as conversations
from midchannel.middle.conversations import queries as conversation_queries
from midchannel.middle.conversations.models import Audience
from midchannel.middle.conversations.queries import ComposerState, MessageItem
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.outside.channels.errors import CannotSendError
from midchannel.outside.channels.port import File
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError, InvalidError

MAX_TEXT = 50_000
MAX_KEY = 200
MAX_FILES = 20


@dataclass(frozen=True, slots=True)
class Sent:
    """It will go out at `due_at` unless it is taken back. `is_repeat` when this client key had been given before."""

    message_id: int
    conversation_id: int
    due_at: datetime
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing was sent. `cause` is "moved_on" (with the `new_messages`) or "internal_text"; `reason` is a sentence.

    The same call with `send_anyway` sends it.
    """

    cause: str
    reason: str
    new_messages: tuple[MessageItem, ...] = ()


@transaction.atomic
def send(
    viewer: Viewer,
    conversation_id: int,
    *,
    text: str,
    client_key: str,
    saw_message_id: int | None,
    saw_in_id: int | None = None,
    files: Sequence[File] = (),
    audience: str | None = None,
    send_anyway: bool = False,
    now: datetime,
) -> Sent | Held:
    """Answer in a conversation.

    `saw_message_id` and `saw_in_id` are the row's `last_message_id` and `last_in_id` as the author had them. The same `client_key` of the
    same person again gives the same result and sends nothing more. Raises InvalidError, CannotSendError, IllegalMoveError,
    ConversationNotFoundError.
    """
    text = check_text(text, files=files)
    key = key_of(viewer, client_key)
    conversations.hold(viewer, conversation_id)
    repeat = _find_repeat(key, conversation_id)
    if repeat:
        return repeat
    if not send_anyway:
        held = _why_hold(viewer, conversation_id, text, saw_message_id, saw_in_id)
        if held:
            conversations.note_held(viewer, conversation_id, cause=held.cause, now=now)
            return held
    chosen = _choose_audience(conversation_queries.composer_state(viewer, conversation_id), audience)
    # The envelope is read before our own words are in the thread.
    envelope = conversation_queries.address_reply(viewer, conversation_id, is_public=chosen == Audience.PUBLIC, now=now)
    message_id = conversations.write(viewer, conversation_id, text=text, audience=chosen, now=now)
    due_at = now + timedelta(seconds=settings.UNDO_SECONDS)
    letter = _letter(envelope, conversation_id, text, files, is_public=chosen == Audience.PUBLIC)
    channels.queue_delivery(envelope.channel_id, letter, message_id=message_id, client_key=key, due_at=due_at, now=now)
    return Sent(message_id, conversation_id, due_at)


@transaction.atomic
def tell(viewer: Viewer, conversation_id: int, *, text: str, client_key: str, now: datetime) -> Sent:
    """Say something in a conversation without moving its state, clocks or owner: word that what was asked for is done.

    Goes out at once, to where the conversation is. The same `client_key` again sends nothing more.
    """
    text = check_text(text)
    key = key_of(viewer, client_key)
    conversations.hold(viewer, conversation_id)
    repeat = _find_repeat(key, conversation_id)
    if repeat:
        return repeat
    chosen = _choose_audience(conversation_queries.composer_state(viewer, conversation_id), None)
    envelope = conversation_queries.address_reply(viewer, conversation_id, is_public=chosen == Audience.PUBLIC, now=now)
    message_id = conversations.write_aside(viewer, conversation_id, text=text, audience=chosen, now=now)
    letter = _letter(envelope, conversation_id, text, (), is_public=chosen == Audience.PUBLIC)
    channels.queue_delivery(envelope.channel_id, letter, message_id=message_id, client_key=key, due_at=now, now=now)
    return Sent(message_id, conversation_id, now)


def check_text(text: str, *, files: Sequence[File] = ()) -> str:
    """What is to be said, trimmed. Raises InvalidError when it is empty or too long."""
    text = text.replace("\0", "").strip()
    if not text and not files:
        raise InvalidError(_("Write something first."), "text")
    if len(text) > MAX_TEXT:
        raise InvalidError(_("The text is too long; attach it as a file."), "text")
    if len(files) > MAX_FILES:
        raise InvalidError(_("Attach at most 20 files."), "files")
    return text


def key_of(viewer: Viewer, client_key: str) -> str:
    """The key under which a repeat is known: a person's own, so that nobody meets another's. Raises InvalidError."""
    if not 1 <= len(client_key.strip()) <= MAX_KEY:
        raise InvalidError(_("Give a key of 1 to 200 characters for this message."), "client_key")
    return f"{viewer.user_id}:{client_key.strip()}"


def _find_repeat(key: str, conversation_id: int) -> Sent | None:
    known = channel_queries.find_delivery(key)
    if known is None:
        return None
    if known.state == "withdrawn":
        raise ConflictError(_("This message was taken back. Send it as a new one."))
    if channel_queries.get_conversation_id(known.id) != conversation_id:
        raise InvalidError(_("This key was used for another message."), "client_key")
    return Sent(known.message_id, conversation_id, known.due_at, is_repeat=True)


def _why_hold(
    viewer: Viewer, conversation_id: int, text: str, saw_message_id: int | None, saw_in_id: int | None
) -> Held | None:
    unseen = conversations.list_unseen(conversation_id, viewer, saw_message_id=saw_message_id or 0, saw_in_id=saw_in_id)
    if unseen:
        newer = conversation_queries.get_messages(viewer, conversation_id, unseen)
        reason = ngettext(
            "Meanwhile there is %(count)d new message. Read it before you send.",
            "Meanwhile there are %(count)d new messages. Read them before you send.",
            len(newer),
        ) % {"count": len(newer)}
        return Held("moved_on", reason, tuple(newer))
    case_ids = [each.id for each in cases.list_cases_of(viewer, conversation_id)]
    is_internal = teamwork.is_internal_text(viewer, text, object_type="conversation", object_id=conversation_id)
    words = why_internal(viewer, text, case_ids=case_ids, is_internal=is_internal)
    return Held("internal_text", words) if words else None


def why_internal(viewer: Viewer, text: str, *, case_ids: Sequence[int], is_internal: bool = False) -> str | None:
    """Why a text for outside is held: it repeats what was written internally, about the conversation or a case it belongs to. Or None."""
    if is_internal or any(
        teamwork.is_internal_text(viewer, text, object_type="case", object_id=case_id) for case_id in case_ids
    ):
        return _("This repeats word for word what was written internally. Look whether the customer may read it.")
    return None


def _choose_audience(composer: ComposerState, wanted: str | None) -> Audience:
    """The audience asked for, if this place allows it; the usual one otherwise. Raises CannotSendError, InvalidError."""
    if not composer.can_send:
        raise CannotSendError(composer.reason)
    allowed = [choice.value for choice in composer.choices]
    if wanted is not None and wanted not in allowed:
        raise InvalidError(
            _("Here a message can only be: %(audiences)s.") % {"audiences": ", ".join(allowed)}, "audience"
        )
    return Audience[(wanted or allowed[0]).upper()]


def _letter(
    envelope: conversation_queries.Envelope,
    conversation_id: int,
    text: str,
    files: Sequence[File],
    *,
    is_public: bool,
) -> channels.Letter:
    return channels.Letter(
        text=text,
        to=envelope.to,
        cc=envelope.cc,
        subject=envelope.subject,
        in_reply_to=envelope.in_reply_to,
        references=envelope.references,
        is_public=is_public,
        files=files,
        conversation_id=conversation_id,
    )


@transaction.atomic
def take_back(viewer: Viewer, message_id: int, *, now: datetime) -> str:
    """Take a reply back before it went out; the text becomes the author's draft again, and is returned.

    Raises NotOnItsWayError (too late), NotAllowedError, ConversationNotFoundError.
    """
    conversation_id = conversation_queries.get_message_origin(viewer, message_id)
    conversations.hold(viewer, conversation_id)
    channels.withdraw(message_id)
    _conversation_id, text = conversations.take_back(viewer, message_id, now=now)
    conversations.save_draft(viewer, conversation_id, text=text, now=now)
    return text


@transaction.atomic
def retry(viewer: Viewer, message_id: int, *, now: datetime) -> None:
    """Try a failed or unknown delivery once more, with the same key. Raises NotOnItsWayError, CannotSendError."""
    conversation_id = conversation_queries.get_message_origin(viewer, message_id)
    conversations.hold(viewer, conversation_id)
    channels.requeue(message_id, now=now)
    conversations.note_retried(viewer, message_id, now=now)


def fill_canned(viewer: Viewer, conversation_id: int, canned_id: int) -> str:
    """A canned reply with its placeholders filled in for this conversation and this agent."""
    canned = service.get_canned(viewer, canned_id)
    row = conversation_queries.get_conversation(viewer, conversation_id).row
    return service_rules.fill(
        canned.body, customer=row.customer_name, agent=viewer.name, subject=row.subject, channel=row.channel_name
    )
