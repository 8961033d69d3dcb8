"""Cases: which conversations open one by themselves, and when teams work, for timers in business time."""

import re
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

from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.middle.cases.actions import hours as working
from midchannel.middle.cases.errors import RuleNotFoundError
from midchannel.middle.cases.queries import hours as hour_queries
from midchannel.middle.cases.queries import ruling
from midchannel.middle.cases.queries.ruling import RuleRow
from midchannel.middle.cases.rules import Conditions
from midchannel.outside.channels import queries as channels
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError, InvalidError
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections
from midchannel.web.understanding import said

ANY = gettext_lazy("Any")
PUBLIC = (("", ANY), ("yes", gettext_lazy("In public")), ("no", gettext_lazy("In private")))
DAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"), gettext_lazy("Friday"),
    gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip
SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-\N{EN DASH}]\s*(\d{1,2}):(\d\d)")


class RuleForm(forms.Form):
    """A rule: what it asks, and the plan."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    words = forms.CharField(
        label=gettext_lazy("One of these words"), required=False, max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line, in the first message. A star at the end of a word: whatever follows."),
    )  # fmt: skip
    intent = forms.ChoiceField(label=gettext_lazy("They want"), required=False)
    sentiment = forms.ChoiceField(label=gettext_lazy("Their mood"), required=False)
    is_urgent = forms.BooleanField(label=gettext_lazy("Only when it is urgent"), required=False)
    is_public = forms.ChoiceField(label=gettext_lazy("Said"), required=False, choices=PUBLIC)
    channel_id = forms.TypedChoiceField(
        label=gettext_lazy("Channel"), required=False, coerce=lambda value: int(value) if value else None, empty_value=None
    )  # fmt: skip
    plan = forms.ChoiceField(label=gettext_lazy("Opens a case by the plan"))
    is_on = forms.BooleanField(label=gettext_lazy("This rule is asked"), required=False, initial=True)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, Sequence[Any]] = {
            "intent": [("", ANY), *said.INTENTS.items()],
            "sentiment": [("", ANY), *said.SENTIMENTS.items()],
            "channel_id": [("", ANY), *((each.id, each.name) for each in channels.list_channels(viewer))],
            "plan": [(each.name, each.title) for each in queries.list_plans(viewer)],
        }
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]

    def conditions(self) -> Conditions:
        """What was filled in."""
        given = self.cleaned_data
        return Conditions(
            channel_id=given["channel_id"], words=tuple(given["words"].splitlines()), intent=given["intent"],
            sentiment=given["sentiment"], is_urgent=given["is_urgent"],
            is_public={"yes": True, "no": False}.get(given["is_public"]),
        )  # fmt: skip


class HoursForm(forms.Form):
    """When a team works, in the words of people: `9:00-12:00, 13:00-17:00`."""

    timezone = forms.CharField(
        label=gettext_lazy("Time zone"), max_length=60, help_text=gettext_lazy("Such as Europe/Lisbon.")
    )
    holidays = forms.CharField(
        label=gettext_lazy("Holidays"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line, as 2026-12-25."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = {
            f"day{number}": forms.CharField(
                label=name, required=False, max_length=200,
                help_text=_("As 9:00-12:00, 13:00-17:00; empty: nobody works.") if not number else "",
            )
            for number, name in enumerate(DAYS)
        }  # fmt: skip
        self.fields = {"timezone": self.fields["timezone"], **days, "holidays": self.fields["holidays"]}

    def week(self) -> list[list[tuple[int, int]]]:
        """The hours as minutes of the day. Raises InvalidError."""
        return [_spans(self.cleaned_data[f"day{number}"], f"day{number}") for number in range(7)]


def _spans(text: str, field: str) -> list[tuple[int, int]]:
    found = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        match = SPAN.fullmatch(part)
        if match is None:
            raise InvalidError(_("Hours are written as 9:00-17:00."), field)
        first, second, third, fourth = map(int, match.groups())
        found.append((first * 60 + second, third * 60 + fourth))
    return found


@require_safe
@signed_in(role="lead")
def rules(request: SignedInRequest) -> HttpResponse:
    """Every rule, in the order in which they are asked, and the hours of the teams."""
    first = records.State(
        kind="first",
        title=_("No conversation opens a case by itself"),
        words=_("A rule opens a case by a plan, say for every public complaint about a parcel. It is asked when a conversation begins."),
        icon="briefcase",
        actions=(records.Action(label=_("Write a rule"), href=reverse("settings_case_rule_new"), icon="plus"),),
    )  # fmt: skip
    where = {each.id: each.name for each in channels.list_channels(request.viewer)}
    titles = {each.name: each.title for each in queries.list_plans(request.viewer)}
    found = ruling.list_rules(request.viewer)
    rows = [{"rule": each, "words": _words_of(each, where), "plan": titles.get(each.plan, each.plan)} for each in found]
    own = hour_queries.list_hours(request.viewer)
    teams = [("", _("The company"), None in own)]
    teams += [
        (str(each.scope_id), each.name, each.scope_id in own) for each in accounts.list_team_details(request.viewer)
    ]
    return sections.page(request, "cases", "case_rules.html", {"rows": rows, "first": first, "teams": teams})


def _words_of(rule: RuleRow, where: dict[int, str]) -> str:
    asked = rule.conditions
    parts = [
        _(" or ").join(f"“{each}”" for each in asked.words[:8]),
        str(said.INTENTS.get(asked.intent, asked.intent)),
        str(said.SENTIMENTS.get(asked.sentiment, asked.sentiment)),
        _("Urgent") if asked.is_urgent else "",
        {True: _("In public"), False: _("In private")}.get(asked.is_public, "") if asked.is_public is not None else "",
        where.get(asked.channel_id, _("a closed channel")) if asked.channel_id else asked.network,
    ]
    return _("; ").join(part for part in parts if part)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def rule(request: SignedInRequest, rule_id: int | None = None) -> HttpResponseBase:
    """Write or change a rule."""
    found = next((each for each in ruling.list_rules(request.viewer) if each.id == rule_id), None)
    if rule_id is not None and found is None:
        raise RuleNotFoundError
    form = RuleForm(request.POST or None, initial=_initial(found), viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            cases.save_rule(
                request.viewer, name=given["name"], plan=given["plan"], conditions=form.conditions(), rule_id=rule_id,
                is_on=given["is_on"], now=clock.now(),
            )  # fmt: skip
        except InvalidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.reason)
        except ConflictError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("The rule is kept. It is asked of conversations that begin from now on."))
            return redirect("settings_cases")
    context = {"form": form, "rule": found}
    return sections.page(request, "cases", "case_rule.html", context, status=422 if form.errors else 200)


def _initial(found: RuleRow | None) -> dict[str, Any]:
    if found is None:
        return {}
    asked = found.conditions
    public = "" if asked.is_public is None else "yes" if asked.is_public else "no"
    return {
        "name": found.name, "plan": found.plan, "is_on": found.is_on, "words": "\n".join(asked.words), "intent": asked.intent,
        "sentiment": asked.sentiment, "is_urgent": asked.is_urgent, "is_public": public, "channel_id": asked.channel_id or "",
    }  # fmt: skip


@require_POST
@signed_in(role="lead")
def remove(request: SignedInRequest, rule_id: int) -> HttpResponseBase:
    """Remove a rule."""
    cases.remove_rule(request.viewer, rule_id, now=clock.now())
    messages.success(request, _("The rule is removed. Cases that it opened stay."))
    return redirect("settings_cases")


@require_POST
@signed_in(role="lead")
def move(request: SignedInRequest, rule_id: str, way: str) -> HttpResponseBase:
    """Ask a rule earlier or later."""
    order = [each.id for each in ruling.list_rules(request.viewer)]
    number = int(rule_id)
    if number in order:
        place = order.index(number)
        order.insert(max(0, place - 1) if way == "up" else place + 1, order.pop(place))
        cases.order_rules(request.viewer, order, now=clock.now())
    return redirect("settings_cases")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def hours(request: SignedInRequest) -> HttpResponseBase:
    """When a team works, or (without one) the company."""
    given = request.GET.get("team", "")
    scope_id = int(given) if given.isdecimal() and len(given) < 19 else None
    team = next((each.name for each in accounts.list_team_details(request.viewer) if each.scope_id == scope_id), "")
    own = hour_queries.list_hours(request.viewer)
    form = HoursForm(request.POST or None, initial=_shown(hour_queries.get_calendar(request.viewer, scope_id)))
    if request.method == "POST" and "remove" in request.POST:
        working.remove_hours(request.viewer, scope_id=scope_id, now=clock.now())
        return redirect("settings_cases")
    if request.method == "POST" and form.is_valid():
        holidays = form.cleaned_data["holidays"].split()
        try:
            working.save_hours(
                request.viewer, scope_id=scope_id, timezone=form.cleaned_data["timezone"].strip(), week=form.week(),
                holidays=holidays, now=clock.now(),
            )  # fmt: skip
        except InvalidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.reason)
        else:
            messages.success(request, _("Kept. Timers that begin from now on run in these hours."))
            return redirect("settings_cases")
    context = {"form": form, "team": team, "is_own": scope_id in own}
    return sections.page(request, "cases", "case_hours.html", context, status=422 if form.errors else 200)


def _shown(calendar: hour_queries.Hours) -> dict[str, str]:
    days = {
        f"day{number}": ", ".join(f"{a // 60}:{a % 60:02d}-{b // 60}:{b % 60:02d}" for a, b in day)
        for number, day in enumerate(calendar.week)
    }
    return {"timezone": calendar.timezone, "holidays": "\n".join(calendar.holidays), **days}
