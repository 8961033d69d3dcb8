"""Offer rules: who is offered what next, and why, as people write it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.insight.worth import actions, queries
from midchannel.insight.worth.rules import Rule
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.usecases import score
from midchannel.usecases.score import DryRun
from midchannel.web.components import records, words
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections

MOST_DAYS = 36_500
NEW = Rule(0, "", "", "")


class OfferForm(forms.Form):
    """An offer with its conditions."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("For colleagues."))
    offer = forms.CharField(
        label=gettext_lazy("What to offer"),
        max_length=500,
        help_text=gettext_lazy("As one would say it to the customer."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
        help_text=gettext_lazy("Whoever reads the offer reads this: why it is good for this customer."),
    )
    bought = forms.CharField(
        label=gettext_lazy("Who bought one of"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("An article number or words of its name, one a line. Empty: whatever they bought."),
    )
    not_bought = forms.CharField(
        label=gettext_lazy("And none of"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    days = forms.IntegerField(
        label=gettext_lazy("In the last days"),
        help_text=gettext_lazy("Empty: ever."),
        required=False,
        min_value=0,
        max_value=MOST_DAYS,
    )
    least_spent = forms.FloatField(label=gettext_lazy("Spent at least"), required=False, min_value=0)
    currency = forms.CharField(label=gettext_lazy("In the currency"), required=False, max_length=3)
    least_days_since = forms.IntegerField(
        label=gettext_lazy("Ordered nothing for days"), required=False, min_value=0, max_value=MOST_DAYS
    )
    most_days_since = forms.IntegerField(
        label=gettext_lazy("Ordered within days"), required=False, min_value=0, max_value=MOST_DAYS
    )
    calm_only = forms.BooleanField(
        label=gettext_lazy("Only when nothing of theirs is open"), required=False, initial=True
    )
    is_active = forms.BooleanField(label=gettext_lazy("This rule is asked"), required=False, initial=True)

    def rule(self, rule_id: int, position: int) -> Rule:
        """What was filled in, as a rule."""
        given = self.cleaned_data
        return Rule(
            id=rule_id,
            name=given["name"],
            offer=given["offer"],
            reason=given["reason"],
            bought=tuple(given["bought"].splitlines()),
            not_bought=tuple(given["not_bought"].splitlines()),
            days=given["days"] or 0,
            least_spent=given["least_spent"],
            currency=given["currency"].upper(),
            least_days_since=given["least_days_since"],
            most_days_since=given["most_days_since"],
            calm_only=given["calm_only"],
            is_active=given["is_active"],
            position=position,
        )


@require_safe
@signed_in(role="lead")
def offers(request: SignedInRequest) -> HttpResponse:
    """Every rule, in the order in which they are asked."""
    first = records.State(
        kind="first",
        title=_("No offer rules yet"),
        words=_(
            "A rule says who is offered what next, and why. The first whose conditions hold stands on the customer's page,"
            " with every condition. Nobody is offered anything who has not said yes to profiling and to marketing."
        ),
        icon="shopping-cart",
        actions=(records.Action(label=_("Write a rule"), href=reverse("settings_offer_new"), icon="plus"),),
    )
    return sections.page(request, "offers", "offers.html", {"rows": queries.list_rules(), "first": first})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def offer(request: SignedInRequest, rule_id: int | None = None) -> HttpResponseBase:
    """Write or change a rule; `try` asks it of everybody first and keeps nothing."""
    found = queries.get_rule(rule_id) if rule_id is not None else NEW
    form = OfferForm(request.POST or None, initial=_initial(found))
    tried: DryRun | None = None
    if request.method == "POST" and form.is_valid():
        rule = form.rule(found.id, found.position or 10**6)
        if "try" in request.POST:
            tried = score.try_rule(rule, now=clock.now())
        else:
            try:
                actions.keep_rule(request.viewer, rule, now=clock.now())
            except InvalidError as error:
                form.add_error(error.field if error.field in form.fields else None, error.reason)
            else:
                messages.success(request, _("The rule is kept."))
                return redirect("settings_offers")
    context = {"form": form, "rule": found, "tried": _tried(tried) if tried else None}
    return sections.page(request, "offers", "offer.html", context, status=422 if form.errors else 200)


def _initial(rule: Rule) -> dict[str, Any]:
    if not rule.id:
        return {}
    return {
        "name": rule.name,
        "offer": rule.offer,
        "reason": rule.reason,
        "bought": _lines(rule.bought),
        "not_bought": _lines(rule.not_bought),
        "days": rule.days or None,
        "least_spent": rule.least_spent,
        "currency": rule.currency,
        "least_days_since": rule.least_days_since,
        "most_days_since": rule.most_days_since,
        "calm_only": rule.calm_only,
        "is_active": rule.is_active,
    }


def _lines(values: Sequence[str]) -> str:
    return "\n".join(values)


def _tried(tried: DryRun) -> dict[str, Any]:
    names = {
        "may_profile": _("have not said yes to profiling"),
        "may_offer": _("have not said yes to marketing"),
        "bought": _("did not buy what it asks for"),
        "not_bought": _("bought what it leaves out"),
        "spent": _("spent less"),
        "quiet_for": _("ordered more lately"),
        "bought_within": _("ordered too long ago"),
        "calm": _("have something open"),
    }
    return {
        "asked": words.number(tried.asked),
        "fit": words.number(tried.fit),
        "best": words.number(tried.best),
        "missing": [
            (names[kind], words.number(count)) for kind, count in sorted(tried.missing.items(), key=lambda m: -m[1])
        ],
    }


@require_POST
@signed_in(role="lead")
def remove_offer(request: SignedInRequest, rule_id: int) -> HttpResponseBase:
    """Remove a rule."""
    actions.remove_rule(request.viewer, rule_id, now=clock.now())
    messages.success(request, _("The rule is removed."))
    return redirect("settings_offers")


@require_POST
@signed_in(role="lead")
def move_offer(request: SignedInRequest, rule_id: str, way: str) -> HttpResponseBase:
    """Ask a rule earlier or later."""
    actions.move_rule(request.viewer, int(rule_id), up=way == "up", now=clock.now())
    return redirect("settings_offers")
