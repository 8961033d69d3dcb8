"""Writing plans: the text, what is wrong with it and how it would read while one types, and saving it as a version."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from midchannel.engines.casework import checking, reaching, yaml_reading
from midchannel.engines.casework.errors import InvalidPlanError, Problem
from midchannel.middle.cases.actions import drafting
from midchannel.middle.cases.errors import PlanWrongError, SavedMeanwhileError
from midchannel.middle.cases.queries import drafts, versions
from midchannel.middle.cases.queries.drafts import DraftDetail
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.plans import differing, outline, pieces
from midchannel.web.plans.views import number_of

MOST_PROBLEMS = 50
_MEANT = re.compile(r"Did you mean '([^']+)'\?")
_QUOTED = re.compile(r"'([^']+)'")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A problem at its place. `put` instead of `instead_of` puts it right, where that is known."""

    line: int
    column: int
    message: str
    remedy: str
    instead_of: str = ""
    put: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text comes to."""

    problems: tuple[Wrong, ...]
    left: int
    hints: tuple[Wrong, ...]
    outline: outline.Outline | None

    @property
    def words(self) -> str:
        """The same, to be read out."""
        count = len(self.problems) + self.left
        if count:
            return ngettext("%(n)s thing is wrong.", "%(n)s things are wrong.", count) % {"n": count}
        return _("The plan can be used.")


def check_text(text: str) -> Checked:
    """What is wrong with a text, what is probably not meant, and how it reads."""
    if not text.strip():
        return Checked(
            (Wrong(1, 1, _("There is nothing here yet."), _("Begin with `plan:` and a name.")),), 0, (), None
        )
    lines = text.splitlines()
    try:
        said = yaml_reading.read(text)
    except InvalidPlanError as wrong:
        found = [_wrong(each, lines) for each in wrong.problems]
        return Checked(tuple(found[:MOST_PROBLEMS]), max(len(found) - MOST_PROBLEMS, 0), (), None)
    hints = [_wrong(each, lines) for each in checking.hints(said)]
    known = {each.line for each in hints}
    for each in reaching.list_unreached(said):
        line, column = said.places.get(each.id, (0, 0))
        if line not in known:
            why = _("its stage never begins") if each.holder else _("what it waits for never happens")
            hints.append(
                Wrong(line, column, _("“%(title)s” can never begin: %(why)s.") % {"title": each.title, "why": why}, "")
            )
    return Checked((), 0, tuple(hints[:MOST_PROBLEMS]), outline.of(said))


def _wrong(problem: Problem, lines: list[str]) -> Wrong:
    meant = _MEANT.search(problem.hint or problem.message)
    line = lines[problem.line - 1] if 0 < problem.line <= len(lines) else ""
    words = _QUOTED.findall(problem.message.replace(meant.group(0), "") if meant else "")
    wrong = next((each for each in reversed(words) if each in line), "") if meant else ""
    put = meant.group(1) if meant and wrong else ""
    return Wrong(problem.line, problem.column, problem.message, problem.hint, wrong, put)


@require_POST
@signed_in(role="lead")
def new(request: SignedInRequest) -> HttpResponseBase:
    """A draft of a new plan."""
    return redirect("plan_draft", drafting.begin_draft(request.viewer, text=pieces.new_plan(), now=clock.now()))


@require_POST
@signed_in(role="lead")
def edit(request: SignedInRequest, name: str) -> HttpResponseBase:
    """The viewer's draft of a plan; from the current version where there is none yet."""
    return redirect("plan_draft", drafting.begin_draft(request.viewer, plan=name, now=clock.now()))


@require_safe
@signed_in(role="lead")
def draft(request: SignedInRequest, draft_id: int) -> HttpResponse:
    """The editor."""
    return render(request, "plans/draft.html", _page(request, drafts.get_draft(request.viewer, draft_id)))


def _page(request: SignedInRequest, found: DraftDetail, **more: Any) -> dict[str, Any]:
    checked = check_text(found.text)
    others = drafts.list_drafts(request.viewer, plan=found.plan) if found.plan else []
    return {
        "draft": found,
        "checked": checked,
        "pieces": pieces.all_pieces(),
        "title": checked.outline.title if checked.outline else found.plan or _("A new plan"),
        "others": [each for each in others if each.owner_id != request.viewer.user_id],
        "conflict": _conflict(request, found) if found.is_behind else None,
        "base": found.base_id,
        "note": "",
        "error": "",
        "error_field": "",
        **more,
    }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody has saved meanwhile: what they changed, and what mine would change in theirs."""

    version_id: int
    number: int
    by: str
    theirs: differing.Difference | None
    mine: differing.Difference | None


def _conflict(request: SignedInRequest, found: DraftDetail) -> Conflict:
    version, text = versions.get_version(request.viewer, found.plan)
    theirs = outline.of(yaml_reading.read(text))
    before = outline.of(yaml_reading.read(found.base_text)) if found.base_text else None
    mine = check_text(found.text).outline
    return Conflict(
        version.id, version.number, version.made_by, differing.between(before, theirs) if before else None,
        differing.between(theirs, mine) if mine else None,
    )  # fmt: skip


@require_POST
@signed_in(role="lead")
def check(request: SignedInRequest, draft_id: int) -> HttpResponseBase:
    """Keeps what was typed, and tells what is wrong with it and how it reads."""
    text = _text(request)
    try:
        drafting.keep_draft(request.viewer, draft_id, text, now=clock.now())
    except InvalidError as error:
        checked = Checked((Wrong(1, 1, error.reason, ""),), 0, (), None)
        return render(request, "plans/_checked.html", {"checked": checked, "is_kept": False}, status=422)
    if not request.headers.get("HX-Request"):
        return redirect("plan_draft", draft_id)
    return render(request, "plans/_checked.html", {"checked": check_text(text), "is_kept": True})


@require_POST
@signed_in(role="lead")
def save(request: SignedInRequest, draft_id: int) -> HttpResponseBase:
    """Save it as the next version. What cannot be saved comes back as it was typed."""
    viewer, now = request.viewer, clock.now()
    text, note, base = _text(request), request.POST.get("note", "")[:2000], number_of_id(request.POST.get("base"))
    told: dict[str, Any] = {"note": note}
    try:
        drafting.keep_draft(viewer, draft_id, text, now=now)
        drafting.publish_draft(viewer, draft_id, base_id=base, note=note, now=now)
    except SavedMeanwhileError as error:
        told |= {"error": error.reason, "error_field": "base", "status": 409}
    except PlanWrongError:
        told |= {"error": _("It cannot be saved yet: what is wrong stands beside the text."), "error_field": "text"}
    except InvalidError as error:
        told |= {"error": error.reason, "error_field": error.field}
    else:
        messages.success(
            request, _("Saved. New cases follow it from now on; running cases keep their version until you move them.")
        )
        return redirect("plan", yaml_reading.read(text).id)
    found = drafts.get_draft(viewer, draft_id)
    if told["error_field"] == "base" and not found.plan:
        told |= {"conflict": _taken(request, text), "base": 0}
    return render(request, "plans/draft.html", _page(request, found, **told), status=told.get("status", 422))


def _taken(request: SignedInRequest, text: str) -> Conflict:
    """A new draft whose name is a plan's already."""
    said = yaml_reading.read(text)
    version, theirs = versions.get_version(request.viewer, said.id)
    mine = differing.between(outline.of(yaml_reading.read(theirs)), outline.of(said))
    return Conflict(version.id, version.number, version.made_by, None, mine)


@require_POST
@signed_in(role="lead")
def drop(request: SignedInRequest, draft_id: int) -> HttpResponseBase:
    """Throw a draft away."""
    found = drafts.get_draft(request.viewer, draft_id)
    drafting.drop_draft(request.viewer, draft_id)
    messages.success(request, _("The draft is gone."))
    return redirect("plan", found.plan) if found.plan else redirect("plans")


def number_of_id(text: str | None) -> int | None:
    """An id that was given; None for what is none, and for 0."""
    return int(text) or None if text and text.isdecimal() and len(text) < 19 else number_of(text)


def _text(request: SignedInRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n")
