"""The pages of Measures."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from midchannel.inside.improvements import queries as improvements
from midchannel.insight.outcomes import definitions, queries
from midchannel.insight.outcomes.definitions import Measure
from midchannel.outside.channels import queries as channels
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.usecases import measure as measuring
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.measures import behind, choosing, goalposts, panels

OWN = ("replies", "first_answer", "resolution", "failed")
TO_SECONDS = {"first_answer": 60.0, "resolution": 3600.0, "loop_closure": 0.01}


@require_safe
@signed_in()
def measures(request: SignedInRequest) -> HttpResponse:
    """All numbers of a period, with their charts."""
    now = clock.now()
    chosen = choosing.period_of(request.GET, here=reverse("measures"), now=now)
    overview = queries.get_overview(request.viewer, chosen.period)
    open_now = queries.count_now(request.viewer, now=now)
    missing = (set(open_now.open) | set(open_now.overdue)) - set(overview.channels)
    if missing:
        overview.channels.update(queries.name_channels(missing))
    closure = improvements.get_closure(request.viewer)
    is_empty = overview.is_empty and not open_now.open
    context = {
        "chosen": chosen,
        "tabs": tabs_of("measures", chosen.query),
        "tiles": panels.tiles(overview, open_now, closure, chosen.query),
        "panels": panels.panels(overview, open_now, chosen.query, today=timezone.localdate(now)),
        "first": _first(request) if is_empty else None,
    }
    return render(request, "measures/measures.html", context)


@require_safe
@signed_in()
def rows(request: SignedInRequest, measure_id: str) -> HttpResponse:
    """The rows behind a number: as many as it says."""
    return _rows(request, _measure(measure_id), own=False)


@require_safe
@signed_in()
def mine(request: SignedInRequest) -> HttpResponse:
    """One's own figures. There is no address for anybody else's."""
    now = clock.now()
    chosen = choosing.period_of(request.GET, here=reverse("measures-mine"), now=now)
    own = queries.get_own(request.viewer, chosen.period)
    context = {
        "chosen": chosen,
        "tabs": tabs_of("measures-mine", chosen.query),
        "tiles": behind.own_tiles(own, chosen.query),
    }
    return render(request, "measures/mine.html", context)


@require_safe
@signed_in()
def own_rows(request: SignedInRequest, measure_id: str) -> HttpResponse:
    """The rows behind one of one's own figures."""
    if measure_id not in OWN:
        raise Http404
    return _rows(request, _measure(measure_id), own=True)


@require_safe
@signed_in()
def goals(request: SignedInRequest) -> HttpResponse:
    """Goals with how far they are, and what was true before each channel."""
    now, zone = clock.now(), timezone.get_current_timezone_name()
    found = queries.list_goals(request.viewer, now=now, zone=zone)
    posts = [goalposts.post(goal, closure=improvements.get_closure(request.viewer)) for goal in found]
    context = {
        "tabs": tabs_of("measures-goals", ""),
        "posts": posts,
        "baselines": [goalposts.before(each) for each in queries.list_baselines(request.viewer)],
        "may_set": request.viewer.is_lead,
        "first": None if posts else _no_goals(request),
    }
    return render(request, "measures/goals.html", context)


class GoalForm(forms.Form):
    """A goal: a value of a measure by a day."""

    measure = forms.ChoiceField(label=gettext_lazy("Measure"))
    channel_id = forms.TypedChoiceField(
        label=gettext_lazy("Of"), coerce=lambda value: int(value) if value else None, required=False, empty_value=None
    )
    target = forms.FloatField(label=gettext_lazy("Value"), min_value=0, max_value=1_000_000_000)
    due_on = forms.DateField(label=gettext_lazy("By"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=gettext_lazy("Why"), required=False, max_length=500)

    def __init__(self, *args: Any, request: SignedInRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = goalposts.choices()  # type: ignore[attr-defined]
        seen = [(channel.id, channel.name) for channel in channels.list_channels(request.viewer)]
        self.fields["channel_id"].choices = [("", _("The whole company")), *seen]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def new_goal(request: SignedInRequest) -> HttpResponseBase:
    """Set a goal. It is never changed; a new mind is a new goal."""
    form = GoalForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            measuring.set_goal(
                request.viewer,
                measure=given["measure"],
                target=given["target"] * TO_SECONDS.get(given["measure"], 1.0),
                due_on=given["due_on"],
                channel_id=given["channel_id"],
                note=given["note"],
                now=clock.now(),
            )
        except InvalidError as error:
            form.add_error(error.field or None, error.reason)
        else:
            messages.success(request, _("The goal is set."))
            return redirect("measures-goals")
    status = 422 if form.errors else 200
    context = {
        "form": form,
        "tabs": tabs_of("measures-goals", ""),
        "button": _("Set the goal"),
        "back": reverse("measures-goals"),
    }
    return render(request, "measures/goal.html", context, status=status)


def _rows(request: SignedInRequest, measure: Measure, *, own: bool) -> HttpResponse:
    now = clock.now()
    here = request.path
    if measure.id == "loop_closure":
        return _closure_rows(request, measure)
    chosen = choosing.period_of(request.GET, here=here, now=now)
    channel_id = _number(request.GET.get("channel"))
    found = queries.list_behind(
        request.viewer,
        measure,
        chosen.period,
        now=now,
        channel_id=channel_id,
        own=own,
        cursor=request.GET.get("cursor"),
    )
    channel = f"&channel={channel_id}" if channel_id is not None else ""
    more = f"{here}?{chosen.query}{channel}&cursor={found.next_cursor}" if found.next_cursor else ""
    context = {
        "measure": measure,
        "chosen": chosen,
        "own": own,
        "total": found.total,
        "is_capped": found.is_capped,
        "rows": [behind.row(measure, item) for item in found.items],
        "more": more,
        "channel_name": _channel_name(channel_id),
        "back": f"{reverse('measures-mine' if own else 'measures')}?{chosen.query}",
        "empty": behind.nothing(measure, chosen),
        "tabs": tabs_of("measures-mine" if own else "measures", chosen.query),
    }
    return render(request, "measures/_rows.html" if _is_part(request) else "measures/rows.html", context)


def _closure_rows(request: SignedInRequest, measure: Measure) -> HttpResponse:
    """Who asked for what is done, told or owed."""
    page = improvements.list_ledger(request.viewer, only_done=True, cursor=request.GET.get("cursor"))
    context = {
        "measure": measure,
        "total": improvements.get_closure(request.viewer).asked,
        "rows": [behind.asker(item) for item in page.items],
        "more": f"{request.path}?cursor={page.next_cursor}" if page.next_cursor else "",
        "back": reverse("measures"),
        "empty": behind.nothing(measure, None),
        "tabs": tabs_of("measures", ""),
    }
    return render(request, "measures/_rows.html" if _is_part(request) else "measures/rows.html", context)


def _measure(measure_id: str) -> Measure:
    found = definitions.BY_ID.get(measure_id)
    if found is None:
        raise Http404
    return found


def tabs_of(current: str, query: str) -> list[records.Tab]:
    """The tabs over every page of Measures."""
    carried = f"?{query}" if query else ""
    places = (
        ("measures", _("All"), "chart-column", carried),
        ("measures-mood", _("Moods and wishes"), "smile", carried),
        ("measures-cases", _("Cases"), "briefcase", carried),
        ("measures-goals", _("Goals"), "target", ""),
        ("understanding", _("Understanding"), "languages", ""),
        ("measures-mine", _("My own"), "user", carried),
    )
    return [
        records.Tab(label=label, href=f"{reverse(name)}{more}", icon=icon, is_current=name == current)
        for name, label, icon, more in places
    ]


def _first(request: SignedInRequest) -> records.State:
    actions: tuple[records.Action, ...] = ()
    if request.viewer.is_administrator:
        actions = (records.Action(label=_("Open a channel"), href="/settings/channels/", icon="plus"),)
    return records.State(
        kind="first",
        title=_("Nothing to measure yet"),
        words=_(
            "As soon as somebody writes to a team you are in, you see here how much comes, how fast it is answered, and what is left."
        ),
        icon="chart-column",
        actions=actions,
    )


def _no_goals(request: SignedInRequest) -> records.State:
    actions: tuple[records.Action, ...] = ()
    if request.viewer.is_lead:
        actions = (records.Action(label=_("Set a goal"), href=reverse("measures-goal-new"), icon="plus"),)
    return records.State(
        kind="first",
        title=_("No goals yet"),
        words=_("A goal says what a channel or the company should make true by a day, as a value of a measure."),
        icon="target",
        actions=actions,
    )


def _channel_name(channel_id: int | None) -> str:
    if channel_id is None:
        return ""
    found = queries.name_channels({channel_id}).get(channel_id)
    return found.name if found else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _is_part(request: SignedInRequest) -> bool:
    return bool(request.headers.get("HX-Request")) and "cursor" in request.GET
