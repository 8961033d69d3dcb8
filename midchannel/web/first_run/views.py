"""The first run, accepting an invitation, and a new password for who forgot theirs."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from midchannel.platform import clock
from midchannel.platform.accounts import actions, queries
from midchannel.platform.accounts.errors import AlreadyFoundedError, InvitationGoneError, PasswordLinkGoneError
from midchannel.platform.errors import InvalidError
from midchannel.usecases import first_run
from midchannel.web.components import records
from midchannel.web.first_run.forms import AccountForm, FirstRunForm, PasswordForm
from midchannel.web.frame.access import SignedInRequest, signed_in

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponseBase:
    """Make the administrator. Once there is an account, this page leads on."""
    if queries.has_people():
        return redirect("first_run_next" if getattr(request, "viewer", None) else "account_login")
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = first_run.begin(now=clock.now(), **form.cleaned_data)
        except AlreadyFoundedError:
            return redirect("account_login")
        login(request, user, backend=BACKEND)
        return redirect("first_run_next")
    return render(request, "first_run/begin.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@signed_in(role="administrator")
def next_steps(request: SignedInRequest) -> HttpResponse:
    """What to connect first."""
    return render(request, "first_run/next.html", {"company": queries.company_name()})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind an invitation's link: works once."""
    now = clock.now()
    invitation = queries.get_invitation(token, now=now)
    if invitation is None:
        return _gone(request)
    form = AccountForm(request.POST or None, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.accept_invitation(token, now=now, **form.cleaned_data)
        except InvitationGoneError:
            return _gone(request)
        except InvalidError as error:
            form.add_error(None, error.reason)
        else:
            login(request, user, backend=BACKEND)
            return redirect("/")
    context = {"form": form, "invitation": invitation, "company": queries.company_name()}
    return render(request, "first_run/accept.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind a link for a new password: works once."""
    now = clock.now()
    person = queries.get_forgetful(token, now=now)
    if person is None:
        return _no_link(request)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.choose_new_password(token, now=now, **form.cleaned_data)
        except PasswordLinkGoneError:
            return _no_link(request)
        login(request, user, backend=BACKEND)
        return redirect("/")
    return render(
        request, "first_run/password.html", {"form": form, "person": person}, status=422 if form.errors else 200
    )


def _no_link(request: HttpRequest) -> HttpResponse:
    return _ended(
        request,
        _("This link does not work any more"),
        _("It was used, or is older than a day. Ask your administrator for a new one."),
    )


def _gone(request: HttpRequest) -> HttpResponse:
    return _ended(
        request,
        _("This invitation does not work any more"),
        _("It was used, taken back, or is older than seven days. Ask your administrator for a new one."),
    )


def _ended(request: HttpRequest, title: str, words: str) -> HttpResponse:
    state = records.State(
        kind="nothing",
        title=title,
        words=words,
        icon="timer-off",
        actions=(records.Action(label=_("To the sign-in"), href="/signin/", icon="key"),),
    )
    return render(request, "first_run/gone.html", {"state": state}, status=404)
