"""How cases go: the page of one plan, and the cases behind each number."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from midchannel.insight.facts.spreads import Quantile
from midchannel.insight.outcomes.queries import cases
from midchannel.insight.outcomes.queries.cases import CaseMeasures, Group, Reached
from midchannel.platform import clock
from midchannel.web.components import records, words
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.measures import choosing
from midchannel.web.measures.panels import Panel, percent
from midchannel.web.measures.views import tabs_of

FEW = 10
NO_PROOF = "\N{EN DASH}"


@require_safe
@signed_in()
def measures_cases(request: SignedInRequest) -> HttpResponse:
    """The measures of one plan in a period."""
    chosen = choosing.period_of(request.GET, here=reverse("measures-cases"), now=clock.now())
    plans = cases.list_plans_of(request.viewer, chosen.period)
    wanted = request.GET.get("plan", "")
    plan = next((each for each in plans if each.name == wanted), plans[0] if plans else None)
    found = cases.get_case_measures(request.viewer, plan.name, chosen.period) if plan else None
    context = {
        "chosen": chosen,
        "tabs": tabs_of("measures-cases", chosen.query),
        "plans": [
            records.Tab(
                label=f"{each.title} ({words.number(each.cases)})",
                href=f"?{chosen.query}&{urlencode({'plan': each.name})}",
                is_current=plan is not None and each.name == plan.name,
            )
            for each in plans
        ],
        "tiles": _tiles(found, _query(chosen.query, plan.name)) if found and plan else [],
        "panels": _panels(found, _query(chosen.query, plan.name)) if found and plan else [],
        "groups": _groups(found, _query(chosen.query, plan.name)) if found and plan else [],
        "first": None if found else _nothing(chosen),
    }
    return render(request, "measures/cases.html", context)


@require_safe
@signed_in()
def cases_behind(request: SignedInRequest) -> HttpResponse:
    """The cases behind a number."""
    chosen = choosing.period_of(request.GET, here=reverse("measures-cases-rows"), now=clock.now())
    plan, what = request.GET.get("plan", ""), request.GET.get("what", "all")
    rows = cases.list_cases_behind(request.viewer, plan, chosen.period, what)
    context = {
        "chosen": chosen,
        "tabs": tabs_of("measures-cases", chosen.query),
        "rows": [(each, words.duration(each.seconds) if each.seconds is not None else "") for each in rows],
        "back": f"{reverse('measures-cases')}?{_query(chosen.query, plan)}",
        "first": None if rows else _nothing(chosen),
        "most": cases.MOST_ROWS if len(rows) == cases.MOST_ROWS else 0,
    }
    return render(request, "measures/cases_rows.html", context)


def _query(query: str, plan: str) -> str:
    return f"{query}&{urlencode({'plan': plan})}"


def _href(query: str, what: str) -> str:
    return f"{reverse('measures-cases-rows')}?{query}&{urlencode({'what': what})}"


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return _("too few to bound it")
    return _("%(low)s to %(high)s") % {"low": percent(low), "high": percent(high)}


def _tiles(found: CaseMeasures, query: str) -> list[records.Tile]:
    by_hand = found.by_hand
    return [
        records.Tile(
            label=_("Cases"), value=words.number(found.cases), href=_href(query, "all"),
            note=ngettext("%s is over", "%s are over", found.ended) % words.number(found.ended),
            definition=_("Cases of this plan that began in these days."),
        ),
        records.Tile(
            label=_("Rework"), value=percent(found.rework.value), href=_href(query, "rework"),
            note=_between(found.rework.low, found.rework.high),
            definition=_("The share of cases in which something was done again, or that were opened again."),
        ),
        records.Tile(
            label=_("Added by hand"), value=percent(by_hand.value) if by_hand else NO_PROOF, href=_href(query, "by_hand"),
            note=_between(by_hand.low, by_hand.high) if by_hand else "",
            definition=_("Of all there was to do in these cases, the share that somebody added and the plan had not foreseen."),
        ),
    ]  # fmt: skip


def _panels(found: CaseMeasures, query: str) -> list[Panel]:
    return [_milestones(found, query), _paths(found, query)]


def _milestones(found: CaseMeasures, query: str) -> Panel:
    reached = [each for each in found.milestones if each.median is not None]
    top = max((each.median.value for each in reached if each.median), default=0.0)
    seconds, unit = next(
        ((size, name) for most, size, name in ((7_200, 60, _("min")), (172_800, 3_600, _("h"))) if top < most),
        (86_400, _("days")),
    )
    marks = [_mark(each, each.median, seconds, query) for each in reached if each.median is not None]
    return Panel(
        id="milestones",
        title=_("Time to each milestone, median"),
        definition=_("From the opening of a case until the milestone was reached the first time, of the cases that have reached it."),
        computed=_(
            "The median, with the interval in which it lies in 95 of 100 such periods (order statistics, no assumption about the"
            " distribution). Cases that have not reached a milestone yet are not in its median: in young periods it is too short."
        ),
        unit=unit,
        marks=tuple(marks),
        note=_("Fewer than %d are too few to say much; where no interval is drawn, so few cannot bound it.") % FEW
        if any(each.share.hits < FEW for each in reached)
        else "",
        empty="" if marks else _("No milestone was reached in these days."),
        is_wide=True,
    )  # fmt: skip


def _mark(reached: Reached, median: Quantile, seconds: int, query: str) -> records.Mark:
    is_bounded = median.low is not None and median.high is not None
    words_of = {
        "milestone": reached.title,
        "hits": words.number(reached.share.hits),
        "of": words.number(reached.share.of),
    }
    return records.Mark(
        label=_("%(milestone)s (%(hits)s of %(of)s)") % words_of,
        value=round(median.value / seconds, 1),
        low=round((median.low or 0.0) / seconds, 1) if is_bounded else None,
        high=round((median.high or 0.0) / seconds, 1) if is_bounded else None,
        href=_href(query, f"milestone:{reached.key}"),
        tone="1",
    )


def _paths(found: CaseMeasures, query: str) -> Panel:
    marks = [
        records.Mark(
            label=" \N{RIGHTWARDS ARROW} ".join(each.titles) or _("Over before any milestone"),
            value=round(100 * each.share.value),
            low=round(100 * each.share.low),
            high=round(100 * each.share.high),
            href=_href(query, f"path:{each.key}"),
            tone="2",
        )
        for each in found.paths
    ]
    left = found.other_paths
    return Panel(
        id="paths",
        title=_("Paths that were taken"),
        definition=_("The milestones in the order in which cases reached them, of the cases that are over."),
        computed=_("Shares with their intervals of 95 % (Wilson)."),
        unit="%",
        marks=tuple(marks),
        note=ngettext("%d rarer path is not drawn.", "%d rarer paths are not drawn.", left) % left if left else "",
        empty="" if marks else _("No case of these days is over."),
        is_wide=True,
    )


def _groups(found: CaseMeasures, query: str) -> list[dict[str, str]]:
    """Cases that swarmed beside those that did not, a row each."""
    rows = ((_("With a swarm"), found.swarmed, "swarmed"), (_("Without"), found.alone, "alone"))
    shown = [_group_row(label, group, _href(query, what)) for label, group, what in rows]
    if found.swarmed.good.of and found.alone.good.of:
        points = found.difference
        shown.append(
            {
                "label": _("Difference"),
                "good": _("%(value)s points (%(low)s to %(high)s)")
                % {
                    "value": _signed(points.value), "low": _signed(points.low), "high": _signed(points.high),
                },
            }
        )  # fmt: skip
    return shown


def _signed(value: float) -> str:
    return f"{100 * value:+.0f}".replace("-", "\N{MINUS SIGN}")


def _group_row(label: str, group: Group, href: str) -> dict[str, str]:
    good = group.good
    return {
        "label": label,
        "href": href,
        "cases": words.number(group.cases),
        "good": f"{percent(good.value)} ({_between(good.low, good.high)})" if good.of else NO_PROOF,
        "took": _spread(group.seconds, words.duration),
        "touches": _spread(group.touches, _counted),
    }


def _spread(found: Quantile | None, told: Callable[[float], str]) -> str:
    if found is None:
        return NO_PROOF
    if found.low is None or found.high is None:
        return _("%s (too few to bound it)") % told(found.value)
    return f"{told(found.value)} ({told(found.low)}{words.TO}{told(found.high)})"


def _counted(value: float) -> str:
    return words.number(round(value))


def _nothing(chosen: choosing.Chosen) -> records.State:
    return records.State(
        kind="first",
        title=_("No cases in these days"),
        words=_(
            "As soon as cases of your teams begin, you see here how long they take to each milestone, and by which paths."
        ),
        icon="chart-column",
    )
