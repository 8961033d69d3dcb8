"""Queues with what they promise, and canned replies."""

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

from midchannel.inside.service import actions, queries
from midchannel.inside.service.queries import Canned
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError, InvalidError
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections

MINUTE = 60
HOUR = 3600


class QueueForm(forms.Form):
    """A queue and its promises."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    team_id = forms.TypedChoiceField(label=gettext_lazy("Team"), coerce=int)
    first_answer_minutes = forms.IntegerField(
        label=gettext_lazy("First answer within (minutes)"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=gettext_lazy("Counted by the clock on the wall. Empty: nothing is promised."),
    )
    resolution_hours = forms.IntegerField(
        label=gettext_lazy("Resolved within (hours)"), required=False, min_value=1, max_value=10_000
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team_id"].choices = [(t.id, t.name) for t in accounts.list_team_details(viewer)]  # type: ignore[attr-defined]


class CannedForm(forms.Form):
    """A text to start from."""

    shortcut = forms.SlugField(
        label=gettext_lazy("Shortcut"), help_text=gettext_lazy("Typed after :: in the composer, for example ::hello.")
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("{customer}, {first_name}, {agent}, {subject} and {channel} are filled in."),
    )
    team_id = forms.TypedChoiceField(
        label=gettext_lazy("For"), coerce=lambda value: int(value) if value else None, required=False, empty_value=None
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [
            (t.id, t.name)
            for t in accounts.list_team_details(viewer)
            if viewer.is_lead or t.scope_id in viewer.scope_ids
        ]
        self.fields["team_id"].choices = [("", gettext_lazy("Everybody")), *teams]  # type: ignore[attr-defined]


@require_safe
@signed_in(role="lead")
def queues(request: SignedInRequest) -> HttpResponse:
    """Every queue."""
    first = records.State(
        kind="first",
        title=_("No queues yet"),
        words=_("Conversations wait in a queue until somebody of its team takes them. A queue may promise times."),
        icon="layout-list",
        actions=(records.Action(label=_("Make a queue"), href=reverse("settings_queue_new"), icon="plus"),),
    )
    rows = queries.list_queues(request.viewer)
    return sections.page(request, "queues", "queues.html", {"rows": rows, "first": first})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def queue(request: SignedInRequest, queue_id: int | None = None) -> HttpResponseBase:
    """Make or change a queue."""
    viewer = request.viewer
    found = queries.get_queue(viewer, queue_id) if queue_id is not None else None
    initial: dict[str, Any] = {}
    if found:
        initial = {"name": found.name, "team_id": found.team_id}
        initial["first_answer_minutes"] = found.first_answer_seconds and found.first_answer_seconds // MINUTE
        initial["resolution_hours"] = found.resolution_seconds and found.resolution_seconds // HOUR
    form = QueueForm(request.POST or None, initial=initial, viewer=viewer)
    if found:
        del form.fields["team_id"]
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        values = {
            "name": given["name"],
            "first_answer_seconds": given["first_answer_minutes"] and given["first_answer_minutes"] * MINUTE,
            "resolution_seconds": given["resolution_hours"] and given["resolution_hours"] * HOUR,
        }
        try:
            if found:
                actions.change_queue(viewer, found.id, now=clock.now(), **values)
            else:
                actions.create_queue(viewer, team_id=given["team_id"], now=clock.now(), **values)
        except (ConflictError, InvalidError) as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("The queue is kept."))
            return redirect("settings_queues")
    context = {"form": form, "queue": found}
    return sections.page(request, "queues", "queue.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in()
def canned(request: SignedInRequest) -> HttpResponse:
    """Canned replies for everybody and of one's teams."""
    first = records.State(
        kind="first",
        title=_("No canned replies yet"),
        words=_("A text to start from, for what is asked again and again: typed with two colons, changed, and sent."),
        icon="text-quote",
        actions=(records.Action(label=_("Write one"), href=reverse("settings_canned_new"), icon="plus"),),
    )
    rows = queries.list_canned(request.viewer, limit=200)
    context = {"rows": rows, "first": first, "can_change": request.viewer.is_lead}
    return sections.page(request, "canned", "canned.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def canned_reply(request: SignedInRequest, canned_id: int | None = None) -> HttpResponseBase:
    """Write or change a canned reply."""
    viewer = request.viewer
    found: Canned | None = queries.get_canned(viewer, canned_id) if canned_id is not None else None
    initial: dict[str, Any] = {}
    if found:
        initial = {"shortcut": found.shortcut, "title": found.title, "body": found.body, "team_id": found.team_id or ""}
    form = CannedForm(request.POST or None, initial=initial, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_canned(viewer, canned_id=canned_id, now=clock.now(), **form.cleaned_data)
        except (ConflictError, InvalidError) as error:
            form.add_error("shortcut", error.reason)
        else:
            messages.success(request, _("The canned reply is kept."))
            return redirect("settings_canned")
    context = {"form": form, "canned": found}
    return sections.page(request, "canned", "canned_reply.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in(role="lead")
def delete_canned(request: SignedInRequest, canned_id: int) -> HttpResponseBase:
    """Remove a canned reply."""
    actions.delete_canned(request.viewer, canned_id, now=clock.now())
    messages.success(request, _("The canned reply is removed."))
    return redirect("settings_canned")
