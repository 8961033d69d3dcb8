"""A window of a thread: what was said outside and inside, in line by time, each with who may see it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from midchannel.inside.teamwork.queries import PostItem
from midchannel.middle.conversations.queries import Attachment, ConversationDetail, MessageItem, MessageWindow
from midchannel.middle.signals import queries as signals
from midchannel.middle.signals.queries import Signal
from midchannel.platform import ids
from midchannel.platform.accounts.queries import Viewer
from midchannel.web.components import records
from midchannel.web.inbox.records import Item, Thread
from midchannel.web.understanding import said

KINDS_OF_LINK = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Entry:
    """A message or a post. `key` names it on the page; `place` orders both: the moment it came, as ids tell it."""

    key: str
    place: int
    at: datetime
    bubble: records.Bubble


def key_of_post(post_id: int) -> str:
    """A post's name on the page, apart from messages'."""
    return f"p{post_id}"


def entries_of(
    viewer: Viewer,
    detail: ConversationDetail,
    window: MessageWindow,
    posts: Sequence[PostItem],
    *,
    seen_by: dict[str, str],
    can_translate: bool = False,
) -> list[Entry]:
    """Messages of a window and the posts that fall into its time, in the order they came."""
    says = signals.of(viewer, [m.id for m in window.items if m.direction == "in"])
    first = window.items[0].id if window.items and window.has_older else 0
    last = window.items[-1].id if window.items and window.has_newer else None
    entries = [
        Entry(
            str(m.id),
            m.id,
            m.at,
            bubble_of(viewer, m, seen_by=seen_by, says=says.get(m.id), can_translate=can_translate),
        )
        for m in window.items
    ]
    for post in posts:
        place = ids.at(post.at)
        if place >= first and (last is None or place < last):
            entries.append(Entry(key_of_post(post.id), place, post.at, post_bubble(viewer, detail.id, post)))
    return sorted(entries, key=lambda entry: entry.place)


def thread_of(
    conversation_id: int, window: MessageWindow, entries: Iterable[Entry], *, previous: datetime | None = None
) -> Thread:
    """The window as the page shows it: bubbles, days between them, and where the unread begins."""
    items: list[Item] = []
    day = timezone.localdate(previous) if previous else None
    for entry in entries:
        if timezone.localdate(entry.at) != day:
            day = timezone.localdate(entry.at)
            items.append(Item(words=formats.date_format(day, "l j F Y")))
        if entry.key == str(window.first_unread_id):
            count = sum(1 for message in window.items if message.is_unread)
            words = ngettext("%d new message", "%d new messages", count) % count
            items.append(Item(words=words, is_unread_mark=True))
        items.append(Item(bubble=entry.bubble))
    address = reverse("inbox-messages", args=[conversation_id])
    shown = window.items
    return Thread(
        items=tuple(items),
        earlier=f"{address}?{urlencode({'before': shown[0].id})}" if window.has_older and shown else "",
        newer=f"{address}?{urlencode({'after': shown[-1].id})}" if window.has_newer and shown else "",
    )


def bubble_of(
    viewer: Viewer,
    message: MessageItem,
    *,
    seen_by: dict[str, str],
    says: Signal | None = None,
    can_translate: bool = False,
) -> records.Bubble:
    """A message as a bubble."""
    is_ours = message.direction == "out"
    key = str(message.author_id) if is_ours else str(message.customer_id or message.handle_id)
    return records.Bubble(
        id=str(message.id),
        author=records.Face(name=message.author_name or message.author_address, key=key),
        audience=message.audience,
        at=message.at,
        side="ours" if is_ours else "theirs",
        text=_with_history(message),
        html=message.html,
        subject=_subject_of(message),
        seen_by=seen_by.get(message.audience, ""),
        network=message.network,
        delivery=_delivery_of(message),
        edited_at=message.at if message.is_edited else None,
        deleted_at=message.at if message.is_deleted else None,
        attachments=_attachments(message),
        pictures=_pictures(message),
        is_new=message.is_unread,
        signs=tuple(
            records.BubbleSign(words=each.words, title=each.title, style=each.style)
            for each in (said.signs_of(says) if says else ())
        ),
        says_href=reverse("inbox-says", args=[message.conversation_id, message.id]) if says else "",
        actions=(_translation_of(message),) if can_translate and not is_ours and _is_foreign(message, says) else (),
    )


def _is_foreign(message: MessageItem, says: Signal | None) -> bool:
    """Whether it may be in a language that the reader's pages are not in."""
    language = says.language if says else ""
    return bool(message.text.strip()) and language != (get_language() or "")[:2]


def _translation_of(message: MessageItem) -> records.Action:
    address = reverse("inbox-assist", args=[message.conversation_id])
    return records.Action(
        label=_("Translate"), href=f"{address}?{urlencode({'message': message.id})}", icon="languages"
    )


def _subject_of(message: MessageItem) -> str:
    if message.kind == "call":
        return _("Call, %(duration)s") % {"duration": message.duration} if message.duration else _("Call")
    if message.is_automatic:
        return _("Automatic: %(subject)s") % {"subject": message.subject} if message.subject else _("Automatic answer")
    return message.subject


def _delivery_of(message: MessageItem) -> records.Delivery | None:
    mark = message.delivery
    if mark is None:
        return None
    reason = mark.reason
    if mark.state == "unknown" and not reason:
        reason = _(
            "the connection broke after it was handed over. It is never sent again by itself, so that nobody gets it twice;"
            " look at the channel or ask the customer"
        )
    return records.Delivery(
        state=mark.state,
        reason=reason if mark.state in {"failed", "unknown"} else "",
        at=mark.settled_at,
        retry=reverse("inbox-retry", args=[message.id]) if mark.can_retry else "",
        take_back=reverse("inbox-take-back", args=[message.id]) if mark.take_back_until else "",
        until=mark.take_back_until,
    )


def _attachments(message: MessageItem) -> tuple[records.Attachment, ...]:
    """Files, by their place in the message; pictures that stand in its HTML are no files to the reader."""
    return tuple(
        _attachment(message, number, file)
        for number, file in enumerate(message.attachments)
        if not (message.html and _is_shown(file))
    )


def _pictures(message: MessageItem) -> dict[str, str]:
    """The pictures that stand in a message's HTML, by their name there."""
    return {
        file.inline_id: reverse("inbox-file", args=[message.conversation_id, message.id, number])
        for number, file in enumerate(message.attachments)
        if _is_shown(file)
    }


def _is_shown(file: Attachment) -> bool:
    return bool(file.inline_id and file.sha256) and file.media_type in records.PICTURES


def _with_history(message: MessageItem) -> str:
    """The text, and what it repeats of earlier mails, marked as quoted so that it is folded away."""
    if not message.quoted:
        return message.text
    history = "\n".join(f"> {line}" for line in message.quoted.split("\n"))
    return f"{message.text}\n\n{history}"


def _attachment(message: MessageItem, number: int, file: Attachment) -> records.Attachment:
    href, reason = "", ""
    if file.sha256:
        href = reverse("inbox-file", args=[message.conversation_id, message.id, number])
    elif file.url.startswith(KINDS_OF_LINK):
        href = file.url
    else:
        reason = _("not kept")
    return records.Attachment(
        name=file.name or _("File"),
        size=file.size_bytes or 0,
        href=href,
        reason=reason,
        is_image=file.media_type.startswith("image/"),
    )


def post_bubble(viewer: Viewer, conversation_id: int, post: PostItem) -> records.Bubble:
    """An internal post as a bubble: unmistakably inside."""
    mine = [question for question in post.questions if question.state == "open" and post.author_id == viewer.user_id]
    return records.Bubble(
        id=key_of_post(post.id),
        author=records.Face(name=post.author_name, key=str(post.author_id)),
        audience="internal",
        at=post.at,
        side="ours" if post.author_id == viewer.user_id else "theirs",
        text=post.text,
        seen_by=_("Only colleagues who may see this conversation. It never leaves the company."),
        is_question=bool(post.questions),
        is_answered=all(question.state != "open" for question in post.questions),
        actions=tuple(
            records.Action(
                label=_("No answer needed"),
                post=reverse("inbox-withdraw", args=[conversation_id, question.id]),
                target=f"#message-{key_of_post(post.id)}",
                swap="none",
                icon="x",
            )
            for question in mine[:1]
        ),
    )
