"""How the inbox answers: a page, or the part of it that htmx asked for; what happened is told by events in a header."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from midchannel.web.components import records
from midchannel.web.inbox import lists

CHANGED = "mc:inbox.changed"
MINE = "mc:inbox.mine"
NEXT = "mc:inbox.next"
TOAST = "mc:toast"


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; when it restores history it wants the page."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def toast(text: str, *, undo: str = "", seconds: int = 5, kind: str = "") -> dict[str, Any]:
    """A toast, with the address that undoes what was done."""
    detail: dict[str, Any] = {"text": text, "seconds": seconds}
    if undo:
        detail["undo"] = undo
    if kind:
        detail["kind"] = kind
    return {TOAST: detail}


def tell(response: HttpResponse, *triggers: dict[str, Any] | str) -> HttpResponse:
    """Events for the page, in the order given."""
    told: dict[str, Any] = {}
    for trigger in triggers:
        told |= {trigger: {}} if isinstance(trigger, str) else trigger
    if told:
        response.headers["HX-Trigger"] = json.dumps(told)
    return response


def back(request: HttpRequest, conversation_id: int, words: str = "", *, is_error: bool = False) -> HttpResponse:
    """Without htmx: to the conversation's page, with what happened said there."""
    if words:
        (messages.error if is_error else messages.success)(request, words)
    return redirect(lists.href_of(conversation_id, lists.view_of(request.POST.get("view") or request.GET.get("view"))))


def nothing_open(title: str, words: str) -> records.State:
    """What the thread's place says when no conversation is open."""
    return records.State(kind="first", title=title, words=words, icon="messages-square")
