"""The composer: where a reply will be published and who will see it, before anything is typed."""

import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from midchannel.middle.conversations.queries import ComposerState, ConversationDetail
from midchannel.platform.accounts.queries import Viewer
from midchannel.usecases.reply import Held
from midchannel.web.components import records
from midchannel.web.inbox import threads

WITH_FILES = frozenset({"email"})
LIMITS = {"fediverse": 500, "bluesky": 300}


def new_key() -> str:
    """A key for one utterance, made when its composer is shown: the same form sent twice is one message."""
    return secrets.token_urlsafe(18)


def last_seen_of(detail: ConversationDetail) -> str:
    """What the page shows as the newest: the last message, and the last one from outside."""
    return f"{detail.row.last_message_id}.{detail.row.last_in_id or ''}"


def read_last_seen(text: str) -> tuple[int | None, int | None]:
    """The two numbers of `last_seen_of`; None for what is not a number."""
    message, _dot, incoming = text.partition(".")
    return _whole(message), _whole(incoming)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 20 else None


def composer_of(
    viewer: Viewer,
    detail: ConversationDetail,
    composing: ComposerState,
    *,
    text: str | None = None,
    note: str = "",
    mode: str = "",
    held: Held | None = None,
    error: str = "",
    client_key: str = "",
) -> records.Composer:
    """The composer of a conversation; `text` None takes the draft kept on the server."""
    draft = detail.draft.text if detail.draft else ""
    return records.Composer(
        reply_to=reverse("inbox-reply", args=[detail.id]),
        note_to=reverse("inbox-note", args=[detail.id]),
        audience=composing.audience,
        where=composing.where,
        seen_by=composing.seen_by,
        client_id=client_key or new_key(),
        note_id=new_key(),
        last_seen=last_seen_of(detail),
        network=composing.network,
        text=draft if text is None else text,
        note=note,
        mode=mode or ("note" if detail.is_guest else "reply"),
        blocked="" if composing.can_send else composing.reason,
        held=_held(viewer, held, composing) if held else None,
        error=error,
        limit=LIMITS.get(composing.network, 0),
        draft=reverse("inbox-draft", args=[detail.id]),
        undo_seconds=round(settings.UNDO_SECONDS),
        target="#composer",
        canned=f"{reverse('inbox-canned')}?c={detail.id}",
        people=reverse("inbox-people"),
        can_resolve=not detail.is_guest,
        can_attach=composing.network in WITH_FILES,
        audiences=tuple((c.value, c.where, c.seen_by) for c in composing.choices) if len(composing.choices) > 1 else (),
    )


def _held(viewer: Viewer, held: Held, composing: ComposerState) -> records.Held:
    seen_by = audiences(composing)
    return records.Held(
        messages=tuple(threads.bubble_of(viewer, message, seen_by=seen_by) for message in held.new_messages),
        reason=held.reason,
        needs_yes=held.cause != "moved_on",
    )


def audiences(composing: ComposerState) -> dict[str, str]:
    """Who sees what, by audience, in words."""
    said = {choice.value: choice.seen_by for choice in composing.choices}
    said.setdefault(composing.audience, composing.seen_by)
    return {"public": _("Anybody can read this."), "private": _("Only the participants and the company.")} | said
