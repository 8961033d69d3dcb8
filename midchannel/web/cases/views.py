"""The list of cases, and the page of one."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from midchannel.middle.cases import queries as cases
from midchannel.middle.cases.queries import overview
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.web.cases import items, lines, page, work
from midchannel.web.frame import parts
from midchannel.web.frame.access import SignedInRequest, signed_in

PAGE, MOST = 40, 200
ROWS = "case-rows"


@require_safe
@signed_in()
def cases_list(request: SignedInRequest) -> HttpResponse:
    """A view of the list, narrowed by plan, words, and clocks that go off within a day."""
    viewer, now = request.viewer, clock.now()
    counts = overview.count_views(viewer)
    asked = request.GET.get("view", "")
    view = asked if asked in lines.VIEWS else lines.first_view(counts)
    narrow = {key: request.GET.get(key, "").strip()[:200] for key in ("plan", "q", "due")}
    cursor = request.GET.get("cursor")
    try:
        found = overview.list_page(
            viewer, view=view, plan=narrow["plan"], text=narrow["q"], due_by=_due(narrow["due"], now), cursor=cursor,
            limit=_shown(request.GET.get("shown")),
        )  # fmt: skip
    except InvalidError:
        cursor, found = None, overview.list_page(viewer, view=view)
    carried = {"view": view} | {key: value for key, value in narrow.items() if value}
    context: dict[str, Any] = {
        "rows": lines.rows_of(viewer, found.items, narrow["q"]),
        "more": f"{reverse('cases')}?{urlencode(carried | {'cursor': found.next_cursor})}" if found.next_cursor else "",
        "here": f"{reverse('cases')}?{urlencode(carried)}",
        "tabs": lines.views_of(view, counts, narrow),
        "view": view,
        "narrow": narrow,
        "plans": lines.plans_of(cases.list_plans(viewer), narrow["plan"]),
        "has_any": bool(counts["open"] or counts["ended"]),
    }
    if not found.items and not cursor:
        context["empty"] = lines.empty(view, is_filtered=any(narrow.values()), has_any=context["has_any"])
    if cursor and request.headers.get("HX-Request"):
        return render(request, "cases/_list_rows.html", context)
    return render(request, "cases/_list.html" if parts.is_for(request, ROWS) else "cases/cases.html", context)


def _due(asked: str, now: datetime) -> datetime | None:
    return now + overview.SOON if asked == "1" else None


def _shown(text: str | None) -> int:
    return max(PAGE, min(int(text), MOST)) if text and text.isdecimal() and len(text) < 5 else PAGE


@require_safe
@signed_in()
def case(request: SignedInRequest, case_id: int) -> HttpResponseBase:
    """One case: its five lists."""
    opened = page.open_case(request.viewer, case_id, most=MOST if request.GET.get("all") else items.MOST)
    return page.show(request, opened, "case", "cases/_work.html", work.of(request, opened))
