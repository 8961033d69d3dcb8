"""Reading cases: one with its five lists, many in a list, one's work across cases, plans; and previews of what would come of something."""

from midchannel.middle.cases.queries.foreseeing import check_plan, preview, preview_plan
from midchannel.middle.cases.queries.listing import CaseRow, list_cases, list_cases_of
from midchannel.middle.cases.queries.overview import CaseLine, NextItem
from midchannel.middle.cases.queries.plans import PlanRow, get_plan_text, list_plans
from midchannel.middle.cases.queries.reading import (
    CaseDetail,
    Happening,
    get_case,
    list_happenings,
    what_moves,
    why_here,
)

__all__ = [
    "CaseDetail",
    "CaseLine",
    "CaseRow",
    "Happening",
    "NextItem",
    "PlanRow",
    "check_plan",
    "get_case",
    "get_plan_text",
    "list_cases",
    "list_cases_of",
    "list_happenings",
    "list_plans",
    "preview",
    "preview_plan",
    "what_moves",
    "why_here",
]
