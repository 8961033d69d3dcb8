"""The inbox's pages and their parts. Every address answers both ways; what is not one's own to see is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from midchannel.engines.assistance.asking import Purpose
from midchannel.inside.assistance import queries as assistance
from midchannel.inside.teamwork import queries as teamwork
from midchannel.inside.teamwork.queries import PostItem
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.conversations.queries import ComposerState, ConversationDetail
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, NotFoundError
from midchannel.web.cases import chips
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers, composers, heads, lists, sides, threads

WINDOW = 40


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation the viewer may see, with what every part of its page needs."""

    detail: ConversationDetail
    composing: ComposerState
    posts: list[PostItem]
    purposes: frozenset[Purpose]

    @property
    def can_translate(self) -> bool:
        """Whether a machine may be asked for translations."""
        return Purpose.TRANSLATION in self.purposes


def open_conversation(viewer: Viewer, conversation_id: int) -> Opened:
    """Prove the right and fetch. Raises Http404."""
    try:
        detail = conversations.get_conversation(viewer, conversation_id)
        composing = conversations.composer_state(viewer, conversation_id)
        posts = teamwork.list_posts(viewer, "conversation", conversation_id)
        return Opened(detail, composing, posts, assistance.list_purposes(viewer))
    except NotFoundError as error:
        raise Http404 from error


def head_context(viewer: Viewer, opened: Opened) -> dict[str, Any]:
    """What `_head.html` needs."""
    head = heads.head_of(viewer, opened.detail, opened.composing, opened.posts, now=clock.now())
    return {
        "open": head,
        "last_seen": composers.last_seen_of(opened.detail),
        "can_assist": bool(opened.purposes),
        "case_chips": chips.chips_of(viewer, opened.detail.id),
    }


@require_GET
@signed_in()
def home(request: SignedInRequest) -> HttpResponse:
    """The start: the inbox."""
    return redirect("inbox")


@require_GET
@signed_in()
def inbox(request: SignedInRequest, view: str = "") -> HttpResponse:
    """A view of the inbox with no conversation open."""
    if view and view.replace("-", "_") not in lists.VIEWS:
        raise Http404
    name = lists.view_of(view)
    words = _(
        "Choose one on the left, or press J for the next. C claims it, R replies, N writes a note, E resolves it."
    )
    nothing = answers.nothing_open(_("No conversation is open"), words)
    if answers.is_part(request):
        return render(request, "inbox/_nothing_part.html", {"nothing_open": nothing})
    context = {
        "list": lists.list_pane(request.viewer, name),
        "middle": "inbox/_nothing_open.html",
        "nothing_open": nothing,
    }
    return render(request, "inbox/inbox.html", context)


@require_GET
@signed_in()
def rows(request: SignedInRequest, view: str) -> HttpResponse:
    """More rows behind a cursor, or the rows shown so far once more, with the counts."""
    name = lists.view_of(view)
    cursor = request.GET.get("cursor")
    try:
        pane = lists.list_pane(
            request.viewer,
            name,
            cursor=cursor,
            shown=_number(request.GET.get("shown")) or lists.PAGE,
            current=_number(request.GET.get("current")),
        )
    except InvalidError as error:
        raise Http404 from error
    if answers.is_part(request):
        return render(request, "inbox/_rows_part.html", {"list": pane, "with_tabs": not cursor})
    words = _("Choose one on the left.")
    context = {
        "list": pane,
        "middle": "inbox/_nothing_open.html",
        "nothing_open": answers.nothing_open(_("No conversation is open"), words),
    }
    return render(request, "inbox/inbox.html", context)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 20 else None


@require_GET
@signed_in()
def conversation(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """A conversation: thread, composer and customer; as a page with the list it was opened from."""
    return show(request, open_conversation(request.viewer, conversation_id))


def show(
    request: SignedInRequest, opened: Opened, *, status: int = 200, around: int | None = None, **composing: Any
) -> HttpResponse:
    """The conversation as a page or a part; `composing` is what the composer holds."""
    viewer, detail = request.viewer, opened.detail
    window = conversations.list_messages(
        viewer, detail.id, around=around or _number(request.GET.get("m")), limit=WINDOW
    )
    seen_by = composers.audiences(opened.composing)
    entries = threads.entries_of(
        viewer, detail, window, opened.posts, seen_by=seen_by, can_translate=opened.can_translate
    )
    context = head_context(viewer, opened) | {
        "thread": threads.thread_of(detail.id, window, entries),
        "composer": composers.composer_of(viewer, detail, opened.composing, **composing),
        "side": sides.side_of(viewer, detail),
    }
    if answers.is_part(request):
        return render(request, "inbox/_conversation_part.html", context, status=status)
    view = lists.view_of(request.GET.get("view"))
    context |= {
        "list": lists.list_pane(viewer, view, current=detail.id),
        "middle": "inbox/_conversation.html",
        "shows_thread": True,
    }
    return render(request, "inbox/inbox.html", context, status=status)


@require_GET
@signed_in()
def messages(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """What is before or after a window of the thread."""
    before, after = _number(request.GET.get("before")), _number(request.GET.get("after"))
    opened = open_conversation(request.viewer, conversation_id)
    if not answers.is_part(request):
        return show(request, opened, around=before or after)
    window = conversations.list_messages(request.viewer, conversation_id, before=before, after=after, limit=WINDOW)
    seen_by = composers.audiences(opened.composing)
    entries = threads.entries_of(
        request.viewer, opened.detail, window, opened.posts, seen_by=seen_by, can_translate=opened.can_translate
    )
    if before:
        entries = [entry for entry in entries if entry.place < before]
    if after:
        entries = [entry for entry in entries if entry.place > after]
    return render(request, "inbox/_thread.html", {"thread": threads.thread_of(conversation_id, window, entries)})


@require_GET
@signed_in()
def live(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """What is new in a thread that is on the screen: `shown` are the ids there, `open` those that may have changed.

    An id tells when something arrived, not when it was filed; so what is new is told by what is shown and may belong between.
    """
    if not answers.is_part(request):
        return redirect(reverse("inbox-conversation", args=[conversation_id]))
    viewer = request.viewer
    opened = open_conversation(viewer, conversation_id)
    shown, changing = _keys(request.GET.get("shown")), _keys(request.GET.get("open"))
    window = conversations.list_messages(viewer, conversation_id, limit=WINDOW)
    seen_by = composers.audiences(opened.composing)
    entries = threads.entries_of(
        viewer, opened.detail, window, opened.posts, seen_by=seen_by, can_translate=opened.can_translate
    )
    changes = changes_of(entries, shown, changing, is_at_end=request.GET.get("end") != "0")
    arrived = sum(1 for entry in entries if entry.key not in shown and entry.bubble.side == "theirs")
    words = ngettext("%d new message", "%d new messages", arrived) % arrived if arrived else ""
    return render(request, "inbox/_live.html", head_context(viewer, opened) | {"changes": changes, "announce": words})


@dataclass(frozen=True, slots=True)
class Changes:
    """What a thread on the screen lacks: bubbles for its end, before others, in place of others, and those that are gone."""

    appended: list[records.Bubble]
    inserted: list[tuple[str, records.Bubble]]
    changed: list[records.Bubble]
    gone: list[str]


def changes_of(entries: Sequence[threads.Entry], shown: set[str], changing: set[str], *, is_at_end: bool) -> Changes:
    """Compare what the newest window holds with what is shown; what is before the first shown is not asked for."""
    border = min((int(key) for key in shown if key.isdecimal()), default=0)
    appended: list[records.Bubble] = []
    inserted: list[tuple[str, records.Bubble]] = []
    following = ""
    for entry in reversed(entries):
        if entry.key in shown:
            following = entry.key
        elif entry.place <= border:
            continue
        elif following:
            inserted.append((following, entry.bubble))
        elif is_at_end:
            appended.append(entry.bubble)
    known = {entry.key for entry in entries}
    first = min((entry.place for entry in entries), default=0)
    gone = [key for key in shown if key.isdecimal() and key not in known and first <= int(key)] if entries else []
    changed = [entry.bubble for entry in entries if entry.key in changing]
    return Changes(appended[::-1], inserted[::-1], changed, sorted(gone))


def _keys(text: str | None) -> set[str]:
    return {key for key in (text or "").split(",")[:200] if key.removeprefix("p").isdecimal() and len(key) < 21}


@require_GET
@signed_in()
def search(request: SignedInRequest) -> HttpResponse:
    """People and texts are searched on a page of their own."""
    return redirect(f"/search/?{request.GET.urlencode()}" if request.GET else "/search/")


def not_here(request: HttpRequest) -> HttpResponse:
    """After something was handed to a team one is not in: the place is empty, and says why."""
    words = _("It went to a team you are not in. Choose another one on the left.")
    state = answers.nothing_open(_("Handed over"), words)
    response = render(request, "inbox/_nothing_open.html", {"nothing_open": state})
    response.headers["HX-Retarget"] = "#conversation"
    response.headers["HX-Reswap"] = "innerHTML"
    return response
