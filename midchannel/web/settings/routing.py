"""Routing rules: where a new conversation waits, by what its text says."""

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

from midchannel.inside.service import queries as service
from midchannel.inside.service import routing
from midchannel.inside.service.routing import Rule
from midchannel.middle.signals.actions import correcting
from midchannel.middle.signals.queries import topics
from midchannel.outside.channels import queries as channels
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections
from midchannel.web.understanding import said

ANY = gettext_lazy("Any")


class RoutingForm(forms.Form):
    """A rule: conditions, and the queue."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=routing.MAX_NAME)
    intents = forms.MultipleChoiceField(
        label=gettext_lazy("They want"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(said.INTENTS.items()),
        help_text=gettext_lazy("One of those that are chosen is enough; nothing chosen: whatever it is."),
    )
    sentiments = forms.MultipleChoiceField(
        label=gettext_lazy("Their mood"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(said.SENTIMENTS.items()),
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("Only when it is urgent"), required=False)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Language"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    topic_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Topic"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    channel_id = forms.TypedChoiceField(
        label=gettext_lazy("Channel"),
        required=False,
        coerce=lambda value: int(value) if value else None,
        empty_value=None,
    )
    queue_id = forms.TypedChoiceField(label=gettext_lazy("Waits in the queue"), coerce=int)
    is_active = forms.BooleanField(label=gettext_lazy("This rule is asked"), required=False, initial=True)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages = sorted(
            ((code, said.language_name(code)) for code in correcting.language_codes()), key=lambda c: c[1]
        )
        choices: dict[str, list[Any]] = {
            "languages": languages,
            "topic_ids": topics.list_topics(),
            "channel_id": [("", ANY), *((each.id, each.name) for each in channels.list_channels(viewer))],
            "queue_id": [(each.id, each.name) for each in service.list_queues(viewer)],
        }
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        if not choices["topic_ids"]:
            del self.fields["topic_ids"]

    def rule(self, rule_id: int) -> Rule:
        """What was filled in, as a rule."""
        given = self.cleaned_data
        return Rule(
            id=rule_id,
            name=given["name"],
            queue_id=given["queue_id"],
            channel_id=given["channel_id"],
            languages=tuple(given["languages"]),
            sentiments=tuple(given["sentiments"]),
            intents=tuple(given["intents"]),
            topic_ids=tuple(given.get("topic_ids") or ()),
            is_urgent=given["is_urgent"],
            is_active=given["is_active"],
        )


@require_safe
@signed_in(role="lead")
def rules(request: SignedInRequest) -> HttpResponse:
    """Every rule, in the order in which they are asked."""
    first = records.State(
        kind="first",
        title=_("No routing rules yet"),
        words=_(
            "A new conversation waits in its channel's queue. A rule sends it elsewhere by what its text says: complaints in German"
            " to the German team, whoever may leave to those who can keep them."
        ),
        icon="git-branch",
        actions=(records.Action(label=_("Write a rule"), href=reverse("settings_routing_new"), icon="plus"),),
    )
    names = dict(topics.list_topics())
    where = {each.id: each.name for each in channels.list_channels(request.viewer)}
    rows = [{"rule": rule, "words": words_of(rule, names, where)} for rule in routing.list_rules()]
    return sections.page(request, "routing", "routing.html", {"rows": rows, "first": first})


def words_of(rule: Rule, topic_names: dict[int, str], channel_names: dict[int, str]) -> str:
    """A rule's conditions as a sentence."""
    either = _(" or ")
    parts = [
        either.join(str(said.INTENTS.get(each, each)) for each in rule.intents),
        either.join(str(said.SENTIMENTS.get(each, each)) for each in rule.sentiments),
        _("Urgent") if rule.is_urgent else "",
        either.join(said.language_name(each) for each in rule.languages),
        either.join(topic_names.get(each, _("a topic that ended")) for each in rule.topic_ids),
        channel_names.get(rule.channel_id, _("a closed channel")) if rule.channel_id else "",
    ]
    return _("; ").join(part for part in parts if part)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def rule(request: SignedInRequest, rule_id: int | None = None) -> HttpResponseBase:
    """Write or change a rule."""
    found = routing.get_rule(rule_id) if rule_id is not None else None
    initial = (
        {
            "name": found.name,
            "queue_id": found.queue_id,
            "channel_id": found.channel_id or "",
            "languages": list(found.languages),
            "sentiments": list(found.sentiments),
            "intents": list(found.intents),
            "topic_ids": list(found.topic_ids),
            "is_urgent": found.is_urgent,
            "is_active": found.is_active,
        }
        if found
        else {}
    )
    form = RoutingForm(request.POST or None, initial=initial, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            routing.keep_rule(request.viewer, form.rule(found.id if found else 0), now=clock.now())
        except InvalidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.reason)
        else:
            messages.success(request, _("The rule is kept. It is asked of what comes in from now on."))
            return redirect("settings_routing")
    context = {"form": form, "rule": found}
    return sections.page(request, "routing", "routing_rule.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in(role="lead")
def remove(request: SignedInRequest, rule_id: int) -> HttpResponseBase:
    """Remove a rule."""
    routing.remove_rule(request.viewer, rule_id, now=clock.now())
    messages.success(request, _("The rule is removed."))
    return redirect("settings_routing")


@require_POST
@signed_in(role="lead")
def move(request: SignedInRequest, rule_id: str, way: str) -> HttpResponseBase:
    """Ask a rule earlier or later."""
    routing.move_rule(request.viewer, int(rule_id), up=way == "up", now=clock.now())
    return redirect("settings_routing")
