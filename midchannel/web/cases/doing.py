"""What is done with a case. Each answers with the case as it stands then, says what happened, and how to take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.middle.cases.actions import undoing
from midchannel.middle.cases.errors import CaseNotFoundError, MovedOnError, NotNowError
from midchannel.middle.cases.queries import showing
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError, MidchannelError
from midchannel.web.cases import commanding, page, wording, work
from midchannel.web.cases.commanding import Wanted
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers

MOST_PEOPLE = 200


@require_POST
@signed_in()
def do(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """A step. Whoever comes second is told who was faster, and sees the case as it is now."""
    viewer, posted, now = request.viewer, request.POST.dict(), clock.now()
    before = showing.get_page(viewer, case_id, now=now, most=0)
    assignee = before.detail.assignees
    try:
        wanted = commanding.read(posted, before)
        revision = cases.do(viewer, case_id, wanted.command, now=now)
    except CaseNotFoundError:
        raise
    except NotNowError as problem:
        return _answer(request, case_id, _faster(viewer, case_id, posted, problem), is_error=True)
    except MidchannelError as problem:
        return _answer(request, case_id, problem.reason, is_error=True)
    back = {"r": revision}
    if wanted.instance is not None and wanted.instance in assignee:
        back |= {"i": wanted.instance, "who": assignee[wanted.instance]}
    return _answer(request, case_id, wanted.done, undo=f"{reverse('case_undo', args=[case_id])}?{urlencode(back)}")


def _faster(viewer: Viewer, case_id: int, posted: dict[str, str], problem: NotNowError) -> str:
    """Who did it, when it is done already; else what stands in the way."""
    instance = posted.get("instance", "")
    if problem.code not in {"ended", "state", "absent"} or not instance.isdecimal():
        return problem.reason
    for each in queries.list_happenings(viewer, case_id, most=200):
        if each.body.get("is") == "moved" and str(each.body.get("instance")) == instance:
            title = posted.get("called", "") or _("this")
            if each.by and each.by not in {viewer.name, *wording.PARTS}:
                said = _("%(name)s was faster: “%(title)s” has been seen to. This is how the case stands now.")
                return said % {"name": each.by, "title": title}
            return _("“%(title)s” has been seen to already. This is how the case stands now.") % {"title": title}
    return problem.reason


def _answer(
    request: SignedInRequest, case_id: int, words: str, *, undo: str = "", is_error: bool = False
) -> HttpResponseBase:
    if not request.headers.get("HX-Request"):
        (messages.error if is_error else messages.success)(request, words)
        return redirect("case", case_id)
    opened = page.open_case(request.viewer, case_id)
    answer = page.show(request, opened, "case", "cases/_work.html", work.of(request, opened))
    assert isinstance(answer, HttpResponse)  # noqa: S101 - `show` renders
    told = answers.toast(words, undo=undo, seconds=10 if undo else 6, kind="error" if is_error else "")
    return answers.tell(answer, told)


@require_safe
@signed_in()
def foresee(request: SignedInRequest, case_id: int) -> HttpResponse:
    """What a step would bring, with the values typed so far; nothing is done."""
    found = showing.get_page(request.viewer, case_id, now=clock.now(), most=0)
    try:
        wanted = commanding.read(request.GET.dict(), found, is_preview=True)
    except InvalidError as problem:
        return render(request, "cases/_brings.html", {"problem": problem.reason})
    return render(request, "cases/_brings.html", _foreseen(request.viewer, case_id, wanted))


def _foreseen(viewer: Viewer, case_id: int, wanted: Wanted) -> dict[str, Any]:
    found = queries.preview(viewer, case_id, wanted.command, now=clock.now())
    if found.refused:
        return {"problem": found.refused}
    but = (wanted.instance,) if wanted.instance is not None else ()
    return {"brings": wording.brings(found, but=but), "is_asked": True}


@require_POST
@signed_in()
def undo(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """Take back one's own last step, as long as nothing has happened since."""
    viewer, asked = request.viewer, request.GET
    numbers = {key: asked.get(key, "") for key in ("r", "i", "who")}
    if not numbers["r"].isdecimal() or len(numbers["r"]) > 9:
        return _undone(request, case_id, _("This cannot be taken back."), is_error=True)
    try:
        undoing.undo(viewer, case_id, revision=int(numbers["r"]), now=clock.now())
        if numbers["i"].isdecimal() and numbers["who"].isdecimal() and len(numbers["who"]) < 20:
            cases.assign(viewer, case_id, int(numbers["i"]), assignee_id=int(numbers["who"]), now=clock.now())
    except CaseNotFoundError:
        raise
    except MovedOnError:
        said = _("Something else has happened in the case since. “Do it once more” is beside what is done.")
        return _undone(request, case_id, said, is_error=True)
    except MidchannelError as problem:
        return _undone(request, case_id, problem.reason, is_error=True)
    return _undone(request, case_id, _("Taken back: the case is as it was."))


def _undone(request: SignedInRequest, case_id: int, words: str, *, is_error: bool = False) -> HttpResponseBase:
    """The toast's button swaps nothing: the page is told to load the case anew."""
    if not request.headers.get("HX-Request"):
        return _answer(request, case_id, words, is_error=is_error)
    told = answers.toast(words, kind="error" if is_error else "")
    return answers.tell(HttpResponse(status=204), told, f"mc:case-{case_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def hand_over(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """To whom a case, or one item of it (`instance`), may be handed over; and handing it over."""
    viewer = request.viewer
    opened = page.open_case(viewer, case_id, most=0)
    asked = request.POST if request.method == "POST" else request.GET
    text = asked.get("instance", "")
    instance = int(text) if text.isdecimal() and len(text) < 10 else None
    if request.method == "POST":
        return _hand_over(request, case_id, instance)
    owner = opened.page.detail.assignees.get(instance) if instance is not None else opened.page.detail.owner_id
    people = [each for each in accounts.list_people(viewer) if each.is_active][:MOST_PEOPLE]
    context = {
        "head": page.head_of(viewer, opened),
        "instance": instance,
        "has_owner": owner is not None,
        "people": [
            {
                "id": each.id,
                "name": each.name,
                "face": records.Face(name=each.name, key=str(each.id)),
                "is_me": each.id == viewer.user_id,
                "is_owner": each.id == owner,
            }
            for each in sorted(people, key=lambda each: each.id != viewer.user_id)
        ],
    }
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "cases/_hand_over.html" if is_part else "cases/hand_over.html", context)


def _hand_over(request: SignedInRequest, case_id: int, instance: int | None) -> HttpResponseBase:
    kind, _dash, number = request.POST.get("to", "").partition("-")
    chosen = int(number) if number.isdecimal() and len(number) < 20 else None
    if kind not in {"nobody", "person"} or (kind == "person" and chosen is None):
        return _answer(request, case_id, _("Choose a colleague."), is_error=True)
    try:
        if instance is None:
            cases.hand_over(request.viewer, case_id, owner_id=chosen, now=clock.now())
        else:
            cases.assign(request.viewer, case_id, instance, assignee_id=chosen, now=clock.now())
    except CaseNotFoundError:
        raise
    except MidchannelError as problem:
        return _answer(request, case_id, problem.reason, is_error=True)
    if chosen is None:
        return _answer(request, case_id, _("It is nobody's now; whoever may see it can take it."))
    found = accounts.list_people(request.viewer, ids=[chosen])
    words = _("It is yours.") if chosen == request.viewer.user_id else _("Handed over to %s.") % found[0].name
    return _answer(request, case_id, words)
