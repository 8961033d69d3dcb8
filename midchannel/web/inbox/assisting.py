"""What a machine writes about a conversation: asked by a button, shown with its sources, put into the composer by a click, never sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.engines.assistance.asking import Purpose
from midchannel.inside.assistance import actions, queries
from midchannel.inside.assistance.queries import AssistanceRow
from midchannel.middle.conversations import actions as conversation_actions
from midchannel.middle.conversations import queries as conversations
from midchannel.middle.conversations.queries import MessageItem
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import MidchannelError, NotFoundError
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers, lists

OFFERED = 10


@dataclass(frozen=True, slots=True)
class Source:
    """A message that a text was made from: where it stands in its thread, and who said it when."""

    href: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """Something asked, as the page shows it."""

    row: AssistanceRow
    title: str
    sources: tuple[Source, ...]
    use_href: str


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def assist(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """What may be asked, and what was; a POST asks. Without a script it is a page of its own."""
    try:
        if request.method != "POST":
            return _shown(request, conversation_id)
        try:
            _ask(request, conversation_id)
        except NotFoundError:
            raise
        except MidchannelError as problem:
            return _shown(request, conversation_id, error=problem.reason, status=409)
        if answers.is_part(request):
            return _list(request, conversation_id)
        return _shown(request, conversation_id)
    except NotFoundError as error:
        raise Http404 from error


def _ask(request: SignedInRequest, conversation_id: int) -> None:
    wanted = request.POST.get("purpose", "")
    if wanted not in set(Purpose):
        raise Http404
    actions.ask(
        request.viewer,
        conversation_id,
        purpose=Purpose(wanted),
        message_id=_number(request.POST.get("message", "")),
        language=(get_language() or "en")[:12],
        now=clock.now(),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _shown(request: SignedInRequest, conversation_id: int, *, error: str = "", status: int = 200) -> HttpResponse:
    viewer = request.viewer
    context = _context(viewer, conversation_id) | {"error": error}
    if answers.is_part(request) and request.method == "POST":
        return render(request, "inbox/_assist_list.html", context, status=status)
    row = conversations.get_conversation(viewer, conversation_id).row
    chosen = _number(request.GET.get("message", ""))
    context |= {
        "title": row.subject or lists.name_of(row),
        "purposes": queries.list_purposes(viewer),
        "messages": _messages(viewer, conversation_id, chosen),
        "chosen": chosen,
        "back_href": reverse("inbox-conversation", args=[conversation_id]),
        "is_administrator": viewer.is_administrator,
    }
    return render(
        request, "inbox/_assist.html" if answers.is_part(request) else "inbox/assist.html", context, status=status
    )


@require_safe
@signed_in()
def assist_list(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """What was asked, alone: how the page follows what is being written."""
    try:
        return _list(request, conversation_id)
    except NotFoundError as error:
        raise Http404 from error


def _list(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    return render(request, "inbox/_assist_list.html", _context(request.viewer, conversation_id))


def _context(viewer: Viewer, conversation_id: int) -> dict[str, Any]:
    rows = queries.list_assistances(viewer, conversation_id)
    wanted = sorted({source for row in rows for source in row.source_ids})
    found = {m.id: m for m in conversations.get_messages(viewer, conversation_id, wanted)} if wanted else {}
    return {
        "conversation_id": conversation_id,
        "rows": [_written(conversation_id, row, found) for row in rows],
        "is_busy": any(row.is_open for row in rows),
    }


def _written(conversation_id: int, row: AssistanceRow, found: dict[int, MessageItem]) -> Written:
    titles = {
        Purpose.SUMMARY: _("Summary"),
        Purpose.REPLY: _("Suggested reply"),
        Purpose.TRANSLATION: _("Translation"),
    }
    sources = tuple(
        Source(_place(conversation_id, each), found[each].author_name or found[each].author_address, found[each].at)
        for each in row.source_ids
        if each in found
    )
    use = reverse("inbox-assist-use", args=[conversation_id, row.id]) if row.purpose is Purpose.REPLY else ""
    return Written(row, titles[row.purpose], sources, use if row.state == "done" else "")


def _place(conversation_id: int, message_id: int) -> str:
    address = reverse("inbox-conversation", args=[conversation_id])
    return f"{address}?{urlencode({'m': message_id})}#message-{message_id}"


def _messages(viewer: Viewer, conversation_id: int, chosen: int | None) -> list[MessageItem]:
    """What may be translated, newest first: the last few of the customer's, and the one that was chosen."""
    window = conversations.list_messages(viewer, conversation_id).items
    found = [m for m in window if m.direction == "in" and m.text.strip()][-OFFERED:]
    if chosen is not None and chosen not in {m.id for m in found}:
        found = [m for m in conversations.get_messages(viewer, conversation_id, [chosen]) if m.text.strip()] + found
    return found[::-1]


@require_POST
@signed_in()
def use(request: SignedInRequest, conversation_id: int, assistance_id: int) -> HttpResponse:
    """Put a suggested reply into one's own composer, behind what stands there. It is sent by nobody but a person."""
    viewer = request.viewer
    try:
        row = queries.get_assistance(viewer, conversation_id, assistance_id)
        if row.purpose is not Purpose.REPLY or not row.text:
            raise Http404
        draft = conversations.get_draft(viewer, conversation_id)
        text = f"{draft.text.rstrip()}\n\n{row.text}" if draft and draft.text.strip() else row.text
        conversation_actions.save_draft(
            viewer,
            conversation_id,
            text=text,
            saw_message_id=draft.saw_message_id if draft else None,
            now=clock.now(),
        )
    except NotFoundError as error:
        raise Http404 from error
    except MidchannelError as problem:
        return answers.back(request, conversation_id, problem.reason, is_error=True)
    return answers.back(request, conversation_id, _("It is in the composer. Read it before you send it."))
