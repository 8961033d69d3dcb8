"""Whether some texts are read a second time, by a larger model."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from midchannel.engines.language import encoder
from midchannel.middle.signals import actions
from midchannel.middle.signals.queries import twice
from midchannel.platform import clock
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="lead")
def understanding(request: SignedInRequest) -> HttpResponseBase:
    """The switch, and whether there is a model to switch on."""
    if request.method == "POST":
        actions.switch_second(request.viewer, is_on=bool(request.POST.get("is_on")), now=clock.now())
        messages.success(request, _("Kept."))
        return redirect("settings_understanding")
    context = {"is_on": twice.is_second_on(), "is_there": encoder.is_there()}
    return sections.page(request, "understanding", "understanding.html", context)
