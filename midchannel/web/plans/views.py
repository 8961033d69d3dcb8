"""Reading plans: all of them, one as an outline with its versions, and how two versions differ."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.engines.casework import reaching, yaml_reading
from midchannel.middle.cases.queries import drafts, moves, versions
from midchannel.middle.cases.queries.drafts import DraftRow
from midchannel.middle.cases.queries.versions import PlanOverview
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.plans import differing, offers, outline


@dataclass(frozen=True, slots=True)
class Row:
    """A plan in the list, and the viewer's draft of it."""

    plan: PlanOverview
    draft: DraftRow | None


@require_safe
@signed_in()
def plans(request: SignedInRequest) -> HttpResponse:
    """Every plan, and the viewer's drafts of new ones."""
    mine = drafts.list_drafts(request.viewer)
    by_plan = {each.plan: each for each in mine if each.plan}
    rows = [Row(each, by_plan.get(each.name)) for each in versions.list_overviews(request.viewer)]
    context = {
        "rows": rows,
        "drafts": [each for each in mine if not each.plan],
        "may_edit": request.viewer.is_lead,
        "first": _first(request) if not rows else None,
    }
    return render(request, "plans/plans.html", context)


def _first(request: SignedInRequest) -> records.State:
    actions = (records.Action(label=_("Write a plan"), post=reverse("plan_new"), icon="plus"),)
    return records.State(
        kind="first",
        title=_("No plans yet"),
        words=_(
            "A plan says what is done about a kind of problem: what must be done, what may be done, and when it is good."
        ),
        icon="list-checks",
        actions=actions if request.viewer.is_lead else (),
    )


@require_safe
@signed_in()
def plan(request: SignedInRequest, name: str) -> HttpResponse:
    """A plan as one reads it: the current version, or `?version=`."""
    return render(request, "plans/plan.html", page_of(request, name))


def page_of(request: SignedInRequest, name: str) -> dict[str, Any]:
    """All that the page of a plan shows."""
    viewer = request.viewer
    version, text = versions.get_version(viewer, name, number_of(request.GET.get("version")))
    said = yaml_reading.read(text)
    rows = versions.list_versions(viewer, name)
    current = next((each for each in rows if each.is_current), rows[0])
    found = drafts.list_drafts(viewer, plan=name)
    return {
        "name": name,
        "version": version,
        "current": current,
        "versions": rows,
        "outline": outline.of(said),
        "unreached": reaching.list_unreached(said),
        "behind": sum(each.running for each in rows if not each.is_current),
        "running": sum(each.running for each in rows),
        "began_at": rows[-1].made_at,
        "may_edit": viewer.is_lead,
        "drafts": [each for each in found if each.owner_id != viewer.user_id],
        "mine": next((each for each in found if each.owner_id == viewer.user_id), None),
        "moves": moves.list_moves(viewer, name) if viewer.is_lead else [],
        "offers": offers.list_offers(viewer, said),
    }


@require_safe
@signed_in()
def difference(request: SignedInRequest, name: str) -> HttpResponse:
    """How version `?from=` differs from version `?to=`; without them, the last two."""
    rows = versions.list_versions(request.viewer, name)
    latest = rows[0].number
    after = number_of(request.GET.get("to")) or latest
    before = number_of(request.GET.get("from")) or max(after - 1, 1)
    texts = [versions.get_version(request.viewer, name, number)[1] for number in (before, after)]
    first, second = (outline.of(yaml_reading.read(text)) for text in texts)
    context = {
        "name": name,
        "title": rows[0].title,
        "versions": rows,
        "before": before,
        "after": after,
        "difference": differing.between(first, second),
        "notes": [each for each in rows if before < each.number <= after and each.reason],
    }
    return render(request, "plans/difference.html", context)


def number_of(text: str | None) -> int | None:
    """A number that was given; None for what is none."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
