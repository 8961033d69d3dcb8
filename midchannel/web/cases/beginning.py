"""Opening a case: from a conversation, under another case, or by itself. The plan is chosen, the title is proposed."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from midchannel.middle.cases import queries as cases
from midchannel.middle.cases.queries import versions
from midchannel.middle.conversations import queries as conversations
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import MidchannelError
from midchannel.usecases import case_plans, open_case
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in

LONGEST, ABOUT = 300, 240


@dataclass(frozen=True, slots=True)
class Begin:
    """Where a case begins: the conversation or the case it comes from, and what that is called."""

    conversation_id: int | None
    parent_id: int | None
    called: str
    title: str


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new(request: SignedInRequest) -> HttpResponseBase:
    """Choose a plan and open a case; the same as a dialog in the inbox."""
    viewer, now = request.viewer, clock.now()
    asked = request.POST if request.method == "POST" else request.GET
    begin = _begin(viewer, _number(asked.get("conversation")), _number(asked.get("parent")))
    if request.method == "POST" and request.POST.get("seed"):
        case_plans.seed(viewer, now=now)
        return redirect("case_new")
    error = ""
    if request.method == "POST":
        try:
            return _opened(
                request, _open(viewer, begin, request.POST.get("plan", ""), request.POST.get("title", ""), now=now)
            )
        except MidchannelError as problem:
            error = problem.reason
    rows = cases.list_plans(viewer)
    chosen = asked.get("plan") or (rows[0].name if len(rows) == 1 else "")
    context = {
        "begin": begin,
        "title": asked.get("title", begin.title),
        "plans": [
            {
                "name": each.name,
                "title": each.title,
                "about": versions.get_about(each.id)[:ABOUT],
                "is_chosen": each.name == chosen,
            }
            for each in rows
        ],
        "may_seed": viewer.is_lead,
        "no_plans": None if rows else _no_plans(),
        "error": error,
    }
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "cases/_new.html" if is_part else "cases/new.html", context, status=422 if error else 200)


def _open(viewer: Viewer, begin: Begin, plan: str, title: str, *, now: datetime) -> int:
    title = " ".join(title.split())[:LONGEST]
    if begin.conversation_id is not None:
        return open_case.from_conversation(viewer, begin.conversation_id, plan=plan, title=title, now=now)
    if begin.parent_id is not None:
        return open_case.from_case(viewer, begin.parent_id, plan=plan, title=title, now=now)
    return open_case.open_case(viewer, plan=plan, title=title, now=now)


def _opened(request: SignedInRequest, case_id: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("case", args=[case_id])})
    messages.success(request, _("The case is open."))
    return redirect("case", case_id)


def _begin(viewer: Viewer, conversation_id: int | None, parent_id: int | None) -> Begin:
    """Raises CaseNotFoundError, ConversationNotFoundError."""
    if conversation_id is not None:
        row = conversations.get_conversation(viewer, conversation_id).row
        called = row.customer_name or row.handle_name or row.handle_address
        return Begin(conversation_id, None, called, _title(row.subject or row.snippet))
    if parent_id is not None:
        parent = cases.get_case(viewer, parent_id)
        return Begin(None, parent_id, parent.title, parent.title)
    return Begin(None, None, "", "")


def _title(text: str) -> str:
    """The first words of what was said, as a title that may be changed."""
    line = " ".join(text.split())
    return line if len(line) <= 80 else line[:80].rpartition(" ")[0] + "…"


def _no_plans() -> records.State:
    words = _(
        "A case follows a plan. Six to begin with come with the program: complaint, late delivery, card dispute and others."
    )
    return records.State(kind="first", title=_("No plans yet"), words=words, icon="git-branch")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 20 else None
