"""A case's page: one frame, and in it the tab that was asked for.

A tab proves the right by `open_case`, then answers by `show`: htmx gets what changed, everybody else the whole page.
"""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from midchannel.platform.accounts.queries import Viewer
from midchannel.web.cases import beside, items, lines, tabs, wording
from midchannel.web.cases.opening import Opened, open_case
from midchannel.web.cases.records import Head
from midchannel.web.components import records
from midchannel.web.frame import parts
from midchannel.web.frame.access import SignedInRequest

WHOLE = "case-page"
__all__ = ["Opened", "head_of", "open_case", "panel", "show"]


def head_of(viewer: Viewer, opened: Opened) -> Head:
    """What stands over a case."""
    detail, customer = opened.page.detail, opened.customer
    owner = opened.names.get(detail.owner_id or 0, "")
    is_mine = detail.owner_id == viewer.user_id
    return Head(
        id=detail.id,
        title=detail.title,
        state=detail.state,
        state_words=wording.state_words(detail.state),
        state_style=wording.CASE_STATES.get(detail.state, ("", ""))[1],
        is_open=detail.ended_at is None,
        plan=detail.plan_title,
        plan_number=detail.plan_number,
        is_changed=detail.is_changed,
        owner=records.Face(name=owner, key=str(detail.owner_id)) if detail.owner_id else None,
        owner_words=_("You own this") if is_mine else _("%(name)s owns this") % {"name": owner},
        is_mine=is_mine,
        customer=customer.name if customer else "",
        customer_href=f"/customers/{customer.customer_id}/" if customer else "",
        parent=None,
        revision=detail.revision,
        opened_at=detail.opened_at,
        changed_at=detail.changed_at,
        ended_at=detail.ended_at,
        steps=lines.steps_of(detail.lists.milestones),
        progress=lines.progress_of(detail.lists.milestones),
        keeps_open=beside.keeps_open(opened.page),
        can_complete="complete" in opened.page.possible,
    )


def show(
    request: SignedInRequest, opened: Opened, address: str, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponseBase:
    """Answer with a tab: `address` is its name in `tabs`, `template` what stands under the tabs."""
    shown = context | {
        "head": head_of(request.viewer, opened),
        "here": reverse(address, args=[opened.id]) + ("?all=1" if opened.most > items.MOST else ""),
        "panel": template,
        "is_live": address != "case_plan",
        "tabs": [
            records.Tab(
                label=str(tab.label),
                href=reverse(tab.address, args=[opened.id]),
                icon=tab.icon,
                is_current=tab.address == address,
            )
            for tab in tabs.TABS
        ],
        "case_acts": items.acts_of(opened),
        "stages_open": items.stages_of(opened),
        "can_take_back": opened.page.detail.can_take_back,
        **beside.of(request.viewer, opened.page, opened.customer),
    }
    whole = parts.is_for(request, WHOLE) or ("HX-Request" in request.headers and request.method == "POST")
    return render(request, "cases/_page.html" if whole else "cases/case.html", shown, status=status)


def panel(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with the inside of a panel beside the lists."""
    return render(request, template, context)
