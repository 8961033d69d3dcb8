"""Another plan for this one case: another version, another plan, or its own with items added, removed or changed.

Nothing is kept until it is said why: each step answers with the text so far and what it would come to in the case.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from midchannel.engines.casework import amending, plan, yaml_reading, yaml_writing
from midchannel.engines.casework.changing import PlanChange
from midchannel.engines.casework.errors import InvalidPlanError
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.middle.cases.errors import CaseNotFoundError, PlanWrongError
from midchannel.middle.cases.queries import showing, versions
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import MidchannelError, NotFoundError
from midchannel.web.cases import page, wording
from midchannel.web.frame.access import SignedInRequest, signed_in

LONGEST = 200_000
KINDS = {"task": plan.Kind.HUMAN_TASK, "milestone": plan.Kind.MILESTONE, "listener": plan.Kind.USER_LISTENER}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def change(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """The plan of a case: looked at, changed step by step, and kept."""
    viewer, posted = request.viewer, request.POST.dict()
    opened, own = page.open_case(viewer, case_id, most=0), showing.get_plan_of(viewer, case_id)
    text, error = posted.get("text", own.text)[:LONGEST].replace("\r\n", "\n"), ""
    if request.method == "POST":
        try:
            text = _stepped(viewer, text, posted)
            if posted.get("keep"):
                cases.change_plan(viewer, case_id, text, reason=posted.get("reason", ""), now=clock.now())
                messages.success(request, _("The case follows its changed plan. The way back is under Plan."))
                return _to_case(request, case_id)
        except CaseNotFoundError:
            raise
        except InvalidPlanError as wrong:
            error = "\n".join(str(each) for each in wrong.problems)
        except MidchannelError as problem:
            error = problem.reason
    context = _context(viewer, case_id, own, text, now=opened.now) | {
        "reason": posted.get("reason", ""),
        "roles": opened.page.roles,
    }
    context["error"] = error or context["error"]
    status = 422 if context["error"] else 200
    return page.show(request, opened, "case_plan", "cases/_plan.html", context, status=status)


def _to_case(request: SignedInRequest, case_id: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("case", args=[case_id])})
    return redirect("case", case_id)


@require_POST
@signed_in()
def take_back(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """Back to the plan before: exactly, when nothing has happened since."""
    try:
        cases.take_back_plan(request.viewer, case_id, now=clock.now())
        messages.success(request, _("The case follows the plan it had before."))
    except CaseNotFoundError:
        raise
    except MidchannelError as problem:
        messages.error(request, problem.reason)
    return redirect("case", case_id)


def _stepped(viewer: Viewer, text: str, posted: Mapping[str, str]) -> str:
    """The text after one step: another version taken, an item removed, changed or added. Raises InvalidPlanError, PlanNotFoundError."""
    if posted.get("take"):
        name, _dot, number = posted.get("version", "").partition(".")
        return versions.get_version(viewer, name, int(number) if number.isdecimal() and len(number) < 9 else None)[1]
    step, _colon, key = posted.get("edit", "").partition(":")
    if not step:
        return text
    said = yaml_reading.read(text)
    try:
        return yaml_writing.write(_edited(said, step, key, posted))
    except (KeyError, ValueError) as error:
        raise NotFoundError(_("This item is not in the plan any more.")) from error


def _edited(said: plan.Plan, step: str, key: str, posted: Mapping[str, str]) -> plan.Plan:
    if step == "remove":
        return amending.remove(said, key)
    if step == "alter":
        return amending.alter(
            said, key, title=_line(posted.get(f"title:{key}", "")), role=posted.get(f"role:{key}"),
            required=posted.get(f"required:{key}") == "1", by_hand=posted.get(f"by_hand:{key}") == "1",
        )  # fmt: skip
    title = _line(posted.get("new_title", ""))
    if step != "add" or not title:
        raise NotFoundError(_("Say in a few words what is to be added."))
    return amending.add(
        said, posted.get("new_stage", ""), kind=KINDS.get(posted.get("new_kind", ""), plan.Kind.HUMAN_TASK), title=title,
        role=posted.get("new_role", ""), after=posted.get("new_after", ""), required=posted.get("new_required") == "1",
        by_hand=posted.get("new_by_hand") == "1",
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


def _context(viewer: Viewer, case_id: int, own: showing.OwnPlan, text: str, *, now: datetime) -> dict[str, Any]:
    change, error = None, ""
    try:
        said = yaml_reading.read(text)
        if text != own.text:
            change = queries.preview_plan(viewer, case_id, text, now=now)
    except InvalidPlanError as wrong:
        said, error = yaml_reading.read(own.text), "\n".join(str(each) for each in wrong.problems)
    except PlanWrongError as wrong:
        said, error = yaml_reading.read(own.text), wrong.reason
    roles = {each.id: each.name or each.id for each in said.roles}
    options = amending.list_options(said)
    return {
        "roles": roles,
        "own": own,
        "text": text,
        "error": error,
        "is_changed": text != own.text,
        "lines": [_row(key, item, roles, may_add=key in options) for key, item in amending.walk(said)],
        "stages": [(key, item.title) for key, item in amending.walk(said) if item.kind is plan.Kind.STAGE],
        "awaitable": [(item.id, item.title) for _key, item in amending.walk(said)],
        "versions": _versions(viewer, own),
        "difference": difference_of(change) if change else None,
    }


def _row(key: str, item: plan.Item, roles: Mapping[str, str], *, may_add: bool) -> dict[str, Any]:
    return {
        "key": key,
        "depth": min(key.count("/"), 4),
        "title": item.title,
        "kind": wording.kind_words(item.kind.value),
        "is_task": item.kind.is_task,
        "role": item.work.performer or "",
        "role_name": roles.get(item.work.performer or "", item.work.performer or ""),
        "may_add": may_add,
        "required": item.rules.required is not None,
        "by_hand": item.rules.manual is not None,
    }


def _versions(viewer: Viewer, own: showing.OwnPlan) -> list[tuple[str, str]]:
    """Other versions of this plan, and the other plans as they are now."""
    try:
        same = [
            (
                f"{own.name}.{each.number}",
                _("%(title)s, version %(number)d") % {"title": each.title, "number": each.number},
            )
            for each in versions.list_versions(viewer, own.name)[:10]
            if own.is_changed or each.number != own.number
        ]
    except NotFoundError:
        same = []
    others = [(each.name, each.title) for each in queries.list_plans(viewer) if each.name != own.name]
    return [*same, *others]


def difference_of(change: PlanChange) -> list[tuple[str, str]]:
    """What another plan would come to, in plain words: first in the plan, then in the case."""
    found = [
        (label, ", ".join(titles))
        for label, titles in (
            (_("New in the plan"), change.added),
            (_("No longer in the plan"), change.removed),
            (_("Otherwise in the plan"), change.altered),
        )
        if titles
    ]
    if change.refused:
        return [*found, (_("Not possible"), change.refused)]
    inside = wording.brings(change.difference)
    return [*found, *((_("In the case: %s") % label.lower(), titles) for label, titles in inside)]
