"""What helped in similar cases: suggestions with the numbers behind them, and the step itself where it can be taken now."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from midchannel.middle.cases.queries import learning, showing
from midchannel.middle.cases.queries.learning import NextBest
from midchannel.middle.cases.queries.showing import CasePage
from midchannel.platform import clock
from midchannel.web.cases import page
from midchannel.web.components import words
from midchannel.web.frame.access import SignedInRequest, signed_in


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A step that helped: its numbers in words, and the fields of the form that takes it; `instance` where it is in the lists already."""

    title: str
    often: str
    went: str
    difference: str
    is_clear: bool
    form: tuple[tuple[str, str], ...]
    label: str
    instance: int | None


@require_safe
@signed_in()
def panel(request: SignedInRequest, case_id: int) -> HttpResponse:
    """The panel beside the lists; nothing where the case has ended."""
    case = showing.get_page(request.viewer, case_id, now=clock.now(), most=0)
    if case.detail.ended_at is not None:
        return HttpResponse()
    found = learning.list_next_best(request.viewer, case_id)
    if not found.similar:
        return HttpResponse()
    context = {
        "case_id": case_id,
        "found": [_suggestion(each, case) for each in found.found],
        "similar": found.similar,
        "is_narrow": found.is_narrow,
        "least": learning.LEAST_SIMILAR,
    }
    return page.panel(request, "cases/_next_best.html", context)


def _percent(value: float) -> str:
    return _("%s %%") % words.number(round(100 * value))


def _suggestion(each: NextBest, case: CasePage) -> Suggestion:
    form, label, instance = _step(each, case)
    return Suggestion(
        title=each.title,
        often=ngettext(
            "done at this point in %(share)s of %(of)d similar case",
            "done at this point in %(share)s of %(of)d similar cases",
            each.share.of,
        )
        % {"share": _percent(each.share.value), "of": each.share.of},
        went=_("with it %(with)s ended well, without it %(without)s")
        % {"with": _percent(each.went_well.value), "without": _percent(each.without.value)},
        difference=_("%(low)s to %(high)s points")
        % {
            "low": words.number(round(100 * each.difference.low)),
            "high": words.number(round(100 * each.difference.high)),
        },
        is_clear=each.difference.is_clear,
        form=form,
        label=label,
        instance=instance,
    )


def _step(each: NextBest, case: CasePage) -> tuple[tuple[tuple[str, str], ...], str, int | None]:
    lists = case.detail.lists
    for row in (*lists.do_now, *lists.may_start):
        if each.item and row.item.rpartition("/")[2] == each.item:
            return (), _("See it"), row.instance
    for option in lists.may_add:
        if option.item == each.item and option.possible:
            return (("do", "add"), ("key", option.item), ("holder", str(option.holder))), _("Add"), None
    return (("do", "own"), ("title", each.title), ("holder", "0")), _("Add"), None
