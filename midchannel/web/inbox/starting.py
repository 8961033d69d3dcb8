"""Starting a conversation: to whom, on which of our channels, and the first words."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from midchannel.outside.channels import queries as channels
from midchannel.outside.channels.queries import ChannelDetail
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError, MidchannelError
from midchannel.usecases import start_conversation
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import composers, lists


class NewConversation(forms.Form):
    """What is needed to begin."""

    channel = forms.TypedChoiceField(label=gettext_lazy("From our channel"), coerce=int)
    address = forms.CharField(
        label=gettext_lazy("To"),
        max_length=500,
        help_text=gettext_lazy(
            "An address on that channel: ana@example.org for e-mail, @ana@mastodon.example for the fediverse."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("What for"),
        choices=(
            ("service", gettext_lazy("Service: about something of theirs")),
            ("marketing", gettext_lazy("Marketing: only to those who said yes")),
        ),
        initial="service",
        required=False,
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300, required=False)
    text = forms.CharField(
        label=gettext_lazy("What you write"), widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"})
    )

    def __init__(self, *args: Any, usable: list[ChannelDetail], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["channel"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [(channel.id, _reach(channel)) for channel in usable]


def _reach(channel: ChannelDetail) -> str:
    """A channel, and who will read what is written there, before anything is."""
    words = (
        _("%(name)s: published, everybody can read it")
        if channel.is_public
        else _("%(name)s: only they and the company read it")
    )
    return words % {"name": channel.name}


@signed_in()
def new(request: SignedInRequest) -> HttpResponseBase:
    """The form, and what it sends."""
    usable = [channel for channel in channels.list_channels(request.viewer) if channel.is_usable]
    form = NewConversation(request.POST or None, usable=usable, initial={"address": request.GET.get("to", "")})
    if request.method == "POST" and form.is_valid():
        try:
            started = start_conversation.start(
                request.viewer,
                channel_id=form.cleaned_data["channel"],
                address=form.cleaned_data["address"],
                subject=form.cleaned_data["subject"],
                text=form.cleaned_data["text"],
                client_key=request.POST.get("client_key") or composers.new_key(),
                purpose=form.cleaned_data["purpose"] or "service",
                now=clock.now(),
            )
        except MidchannelError as problem:
            field = problem.field if isinstance(problem, InvalidError) and problem.field in form.fields else None
            form.add_error(field, problem.reason)
        else:
            words = _("On its way. It can be taken back for %(seconds)d seconds.") % {
                "seconds": round(settings.UNDO_SECONDS)
            }
            messages.success(request, words)
            return redirect(lists.href_of(started.conversation_id, "waiting"))
    return _page(request, form, usable)


def _page(request: SignedInRequest, form: NewConversation, usable: list[ChannelDetail]) -> HttpResponse:
    context: dict[str, Any] = {
        "list": lists.list_pane(request.viewer, lists.FIRST_VIEW),
        "middle": "inbox/_new.html",
        "shows_thread": True,
        "form": form,
        "client_key": request.POST.get("client_key") or composers.new_key(),
    }
    if not usable:
        words = _("None of your team's channels can send now. Ask a lead to connect one, or look at why one fails.")
        action = records.Action(label=_("Back to the inbox"), href=reverse("inbox"), icon="arrow-left")
        context["no_channels"] = records.State(
            kind="denied", title=_("No channel to write from"), words=words, actions=(action,)
        )
    return render(request, "inbox/inbox.html", context, status=422 if form.errors else 200)
