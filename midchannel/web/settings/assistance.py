"""The machine that writes: which endpoint is asked, for what, how long it may take and what it may cost."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from midchannel.engines.assistance.asking import Purpose
from midchannel.inside.assistance import actions, queries
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.usecases import assist
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections


class EndpointForm(forms.Form):
    """Where the endpoint is, and what it may do."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy(
            "Of anything that speaks as OpenAI's chat completions do, such as http://llm.example.com:8080/v1. Texts of customers go there."
        ),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
    )
    model = forms.CharField(
        label=gettext_lazy("Model"), max_length=200, help_text=gettext_lazy("As the endpoint calls it.")
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted. Left empty, the one it has stays, unless the address changes."),
    )
    timeout_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds it may take"), min_value=1, max_value=300, initial=60
    )
    tokens_a_day = forms.IntegerField(
        label=gettext_lazy("Tokens a day"),
        min_value=0,
        max_value=1_000_000_000,
        initial=200_000,
        help_text=gettext_lazy("For everything together, from midnight UTC. Beyond them it is not asked."),
    )
    summary = forms.BooleanField(label=gettext_lazy("Summaries"), required=False)
    reply = forms.BooleanField(label=gettext_lazy("Suggested replies"), required=False)
    translation = forms.BooleanField(label=gettext_lazy("Translations"), required=False)


@never_cache
@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("administrator")
def assistance(request: SignedInRequest) -> HttpResponseBase:
    """The endpoint as it is, and changing it."""
    known = queries.get_endpoint(request.viewer)
    initial = None
    if known:
        initial = {
            "url": known.url, "model": known.model, "timeout_seconds": known.timeout_seconds, "tokens_a_day": known.tokens_a_day,
            **{purpose.value: purpose in known.purposes for purpose in Purpose},
        }  # fmt: skip
    form = EndpointForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _keep(request, form):
        messages.success(request, _("Kept."))
        return redirect("settings_assistance")
    context = {"form": form, "endpoint": known, "spent": queries.count_spent(request.viewer, now=clock.now())}
    return sections.page(request, "assistance", "assistance.html", context, status=422 if form.errors else 200)


def _keep(request: SignedInRequest, form: EndpointForm) -> bool:
    given = form.cleaned_data
    try:
        actions.save_endpoint(
            request.viewer,
            url=given["url"],
            model=given["model"],
            key=given["key"],
            timeout_seconds=given["timeout_seconds"],
            tokens_a_day=given["tokens_a_day"],
            purposes=[purpose for purpose in Purpose if given[purpose.value]],
            now=clock.now(),
        )
    except InvalidError as error:
        form.add_error(error.field or None, error.reason)
        return False
    return True


@require_POST
@signed_in("administrator")
def try_assistance(request: SignedInRequest) -> HttpResponse:
    """Ask it for the summary of a sentence of ours, and say what is wrong."""
    trouble = assist.try_endpoint(request.viewer, now=clock.now())
    if trouble:
        messages.error(request, _("It does not work: %(trouble)s") % {"trouble": trouble})
    else:
        messages.success(request, _("It works: it answered in time and in the form asked for."))
    return redirect("settings_assistance")
