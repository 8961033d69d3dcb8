"""What many cases add by hand, offered for the plan: taken with one click into a draft, or declined and remembered."""

from dataclasses import dataclass

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from midchannel.engines.casework import checking, plan, yaml_editing
from midchannel.engines.casework.errors import InvalidPlanError
from midchannel.middle.cases.actions import drafting
from midchannel.middle.cases.queries import drafts, learning
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError
from midchannel.web.frame.access import SignedInRequest, signed_in


@dataclass(frozen=True, slots=True)
class Offer:
    """`17 of 40 cases added “call the courier”`. `is_known` when the plan offers it already, so there is nothing to take in."""

    title: str
    cases: int
    of: int
    is_known: bool
    is_declined: bool


def list_offers(viewer: Viewer, said: plan.Plan) -> list[Offer]:
    """What cases of a plan were given by hand, the most frequent first; what was declined last."""
    titles = {each.id: each.title for each in checking.walk(said.root)}
    known = {each.strip().lower() for each in titles.values()}
    declined = drafts.list_declined(viewer, said.id)
    found = []
    for each in learning.list_additions(viewer, said.id):
        title = titles.get(each.item, each.title) if each.item else each.title
        is_known = bool(each.item) or title.strip().lower() in known
        found.append(Offer(title, each.cases, each.of, is_known, title.strip().lower() in declined))
    return sorted(found, key=lambda each: (each.is_declined, each.is_known))


@require_POST
@signed_in(role="lead")
def answer(request: SignedInRequest, name: str) -> HttpResponseBase:
    """Take an offer into a draft, decline it, or have it offered again."""
    viewer, now = request.viewer, clock.now()
    title = " ".join(request.POST.get("title", "").split())[:200]
    what = request.POST.get("answer", "")
    if not title or what not in {"take", "decline", "again"}:
        raise InvalidError
    if what != "take":
        (drafting.decline_addition if what == "decline" else drafting.offer_again)(viewer, name, title, now=now)
        messages.success(request, _("It is not offered any more.") if what == "decline" else _("It is offered again."))
        return redirect("plan", name)
    draft_id = drafting.begin_draft(viewer, plan=name, now=now)
    draft = drafts.get_draft(viewer, draft_id)
    try:
        text = yaml_editing.add_option(draft.text, title[0].upper() + title[1:], role=request.POST.get("role", "")[:80])
    except InvalidPlanError as wrong:
        messages.error(request, _("Your draft cannot be added to yet: %s") % wrong.problems[0])
    else:
        drafting.keep_draft(viewer, draft_id, text, now=now)
        messages.success(
            request, _("It stands at the end of your draft, among what may be added. Look at it, and save.")
        )
    return redirect("plan_draft", draft_id)
