"""Running cases brought to the current version: what would come of it by groups, the choice, how far it is, and each taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from midchannel.middle.cases.actions import moving
from midchannel.middle.cases.moves import CANNOT, OWN, SAME, Says
from midchannel.middle.cases.queries import moves, versions
from midchannel.middle.cases.queries.moves import MoveRow
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.plans import wording

ROWS = 50


def sentences(says: Says) -> list[str]:
    """What would come of it, a sentence each."""
    if says.kind == CANNOT:
        return [_("It cannot be moved: %s") % says.why]
    pairs = [
        (says.opens, _("%s would open")),
        (says.waits, _("%s would be waited for")),
        (says.reaches, _("%s would be reached")),
        (says.ends, _("%s would end")),
        (says.frees, _("%s would go on as a task of its own: somebody is at it, and the version does not know it")),
    ]
    found = [words % wording.together([f"“{each}”" for each in titles]) for titles, words in pairs if titles]
    if says.case:
        over = {"completed": _("the case would be complete"), "terminated": _("the case would end")}
        found.append(over.get(says.case, says.case))
    return found or [_("Nothing would change that anybody sees")]


def heading(says: Says) -> str:
    """A group in two words."""
    names = {SAME: _("No change"), CANNOT: _("Cannot be moved"), OWN: _("Has a plan of its own, which it would lose")}
    return names.get(says.kind, _("Something would change"))


@require_POST
@signed_in(role="lead")
def begin(request: SignedInRequest, name: str) -> HttpResponseBase:
    """Look at what the current version would come to in every running case that follows another."""
    version, _text = versions.get_version(request.viewer, name)
    move_id = moving.begin_move(request.viewer, version.id, now=clock.now())
    moving.work(now=clock.now())
    return redirect("plan_move", move_id)


@require_safe
@signed_in(role="lead")
def move(request: SignedInRequest, move_id: int) -> HttpResponse:
    """One move."""
    return render(request, "plans/move.html", _page(request, move_id))


@require_safe
@signed_in(role="lead")
def progress(request: SignedInRequest, move_id: int) -> HttpResponseBase:
    """How far it is, as a part; the whole page is loaded anew when it is done."""
    found = moves.get_move(request.viewer, move_id)
    if not request.headers.get("HX-Request"):
        return redirect("plan_move", move_id)
    if not found.is_busy:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "plans/_move_progress.html", _counted(found))


def _counted(found: MoveRow) -> dict[str, Any]:
    counts = found.counts
    done = (
        counts.get("moved", 0)
        + counts.get("differs", 0)
        + counts.get("refused", 0)
        + counts.get("gone", 0)
        + counts.get("back", 0)
    )
    is_looking = found.state == "looking"
    return {
        "move": found,
        "done": found.total - counts.get("waiting", 0) if is_looking else done,
        "of": found.total if is_looking else done + counts.get("chosen", 0),
        "is_looking": is_looking,
    }


def _page(request: SignedInRequest, move_id: int, **more: Any) -> dict[str, Any]:
    viewer = request.viewer
    found = moves.get_move(viewer, move_id)
    groups = [] if found.is_busy else moves.list_groups(viewer, move_id)
    after = request.GET.get("after", "")
    moved = moves.list_moved(
        viewer,
        move_id,
        states=("moved", "back"),
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
        most=ROWS,
    )
    row, _text = versions.get_version(viewer, found.plan, found.number)
    return {
        **_counted(found),
        "version": row,
        "groups": [(each, heading(each.says), sentences(each.says)) for each in groups],
        "can_move": any(each.can_move for each in groups),
        "moved": moved,
        "more": f"?after={moved[-1].id}" if len(moved) == ROWS else "",
        "differs": moves.list_moved(viewer, move_id, states=("differs",), most=ROWS),
        "refused": [
            (each, sentences(each.says)) for each in moves.list_moved(viewer, move_id, states=("refused",), most=ROWS)
        ],
        "reason": "",
        "error": "",
        "chosen": [each.key for each in groups if each.can_move and each.says.kind != OWN],
        **more,
    }


@require_POST
@signed_in(role="lead")
def change(request: SignedInRequest, move_id: str, change: str) -> HttpResponseBase:
    """Move the chosen groups, stop, or look again."""
    viewer, which, now = request.viewer, int(move_id), clock.now()
    if change == "stop":
        moving.stop_move(viewer, which, now=now)
        messages.success(request, _("Stopped. What was moved stays moved; each can be taken back."))
    elif change == "again":
        moving.look_again(viewer, which)
        moving.work(now=now)
    else:
        chosen, reason = request.POST.getlist("groups")[:500], request.POST.get("reason", "")
        try:
            count = moving.run_move(viewer, which, chosen, reason=reason, now=now)
        except InvalidError as error:
            told = _page(request, which, reason=reason, error=error.reason, chosen=chosen)
            return render(request, "plans/move.html", told, status=422)
        words = ngettext("%(n)s case is being moved.", "%(n)s cases are being moved.", count) % {"n": count}
        messages.success(request, words)
    return redirect("plan_move", which)


@require_POST
@signed_in(role="lead")
def take_back(request: SignedInRequest, move_id: int, case_id: int) -> HttpResponseBase:
    """The way back for one case."""
    moving.take_back_move(request.viewer, move_id, case_id, now=clock.now())
    messages.success(request, _("The case follows its plan of before again."))
    return redirect("plan_move", move_id)
