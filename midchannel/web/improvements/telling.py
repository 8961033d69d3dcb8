"""Approving the words for everybody who asked: written, looked at as each channel will bring them, and only then approved."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from midchannel.inside.improvements import queries
from midchannel.inside.improvements.queries import Recipients
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError, InvalidError
from midchannel.usecases import improve
from midchannel.web.components import words
from midchannel.web.frame.access import SignedInRequest, signed_in


class WordsForm(forms.Form):
    """What is to be said."""

    text = forms.CharField(
        label=gettext_lazy("What is to be said"),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy(
            "{first_name} becomes the first name of each; where none is known, the place closes up."
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """How one channel will bring it."""

    channel: str
    icon: str
    count: int
    text: str
    problem: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def tell(request: SignedInRequest, improvement_id: int) -> HttpResponseBase:
    """Write the words, look at them, approve them. What was looked at is what is approved."""
    viewer = request.viewer
    found = queries.get_improvement(viewer, improvement_id)
    recipients = queries.list_recipients(viewer, improvement_id)
    start = queries.last_words(viewer, improvement_id) or _default(found.title)
    form = WordsForm(request.POST or None, initial={"text": start})
    previews: list[Preview] = []
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        try:
            if request.POST.get("step") == "approve" and request.POST.get("looked_at") == text:
                count = improve.tell(viewer, improvement_id, text, clock.now())
                said = ngettext("%d person is being told.", "%d people are being told.", count) % count
                messages.success(request, said)
                return redirect("improvement", improvement_id)
            improve.check_tellable(viewer, improvement_id, text)
            previews = _previews(viewer, text, recipients)
        except InvalidError as error:
            form.add_error("text", error.reason)
        except ConflictError as error:
            form.add_error(None, error.reason)
    context = {
        "item": found,
        "form": form,
        "previews": previews,
        "looked_at": form.cleaned_data.get("text", "") if previews else "",
        "count": sum(each.count for each in recipients),
        "recipients": recipients,
    }
    return render(request, "improvements/tell.html", context, status=422 if form.errors else 200)


def _previews(viewer: Viewer, text: str, recipients: list[Recipients]) -> list[Preview]:
    return [
        Preview(
            channel=each.channel_name,
            icon=words.NETWORK_ICONS.get(each.network, "send"),
            count=each.count,
            text=improve.preview(viewer, text, each.example),
            problem=""
            if each.can_send
            else each.reason
            or _("Nothing can be sent through this channel now; they stay owed and are told once it can."),
        )
        for each in recipients
    ]


def _default(title: str) -> str:
    return _("Hello {first_name},\n\nyou asked us for this: %s. It is done now. Thank you for telling us.") % title
