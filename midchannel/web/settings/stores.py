"""Stores: the WebDAV folders in which documents of cases may lie."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.middle.documents import actions, queries
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections


class StoreForm(forms.Form):
    """Where a store is and how to get in."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Such as: contracts."))
    url = forms.CharField(
        label=gettext_lazy("Address of the folder"),
        max_length=500,
        help_text=gettext_lazy(
            "WebDAV, such as https://files.example.com/remote.php/dav/files/care/. Every colleague sees what is in it."
        ),
    )
    user_name = forms.CharField(label=gettext_lazy("Name to sign in with"), max_length=200, required=False)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Kept encrypted. Left empty, the one it has stays, unless the address changes."),
    )


@require_safe
@signed_in("administrator")
def stores(request: SignedInRequest) -> HttpResponse:
    """All stores."""
    first = records.State(
        kind="first",
        title=_("No folder is connected yet"),
        words=_(
            "Documents of cases are kept here. When contracts or proofs lie in a shared folder (WebDAV, such as Nextcloud),"
            " cases can link them where they are."
        ),
        icon="database",
    )
    return sections.page(
        request, "stores", "stores.html", {"stores": queries.list_stores(request.viewer), "first": first}
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in("administrator")
def store(request: SignedInRequest, store_id: int | None = None) -> HttpResponseBase:
    """A new store, or one that is there."""
    known = next((each for each in queries.list_stores(request.viewer) if each.id == store_id), None)
    if store_id is not None and known is None:
        raise Http404
    initial = {"name": known.name, "url": known.url, "user_name": known.user_name} if known else None
    form = StoreForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.save_store(request.viewer, **form.cleaned_data, store_id=store_id, now=clock.now())
        except InvalidError as error:
            form.add_error(error.field or None, error.reason)
        else:
            return _told(request, saved)
    context = {"form": form, "store": known}
    return sections.page(request, "stores", "store.html", context, status=422 if form.errors else 200)


def _told(request: SignedInRequest, store_id: int) -> HttpResponse:
    trouble = actions.check_store(request.viewer, store_id, now=clock.now())
    if trouble:
        messages.error(request, _("Kept, but it does not work: %(trouble)s") % {"trouble": trouble})
    else:
        messages.success(request, _("It works: cases can link documents from it."))
    return redirect("settings_stores")


@require_POST
@signed_in("administrator")
def check(request: SignedInRequest, store_id: int) -> HttpResponse:
    """Look into it."""
    return _told(request, store_id)


@require_POST
@signed_in("administrator")
def turn(request: SignedInRequest, store_id: int) -> HttpResponse:
    """Use it no longer, or again."""
    actions.turn_store(request.viewer, store_id, is_on=request.POST.get("on") == "1", now=clock.now())
    return redirect("settings_stores")
