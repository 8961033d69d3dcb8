"""Connecting a silo: its kind, how it is reached, what its data may be used for."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.outside.silos import actions, queries
from midchannel.platform import clock
from midchannel.platform.errors import ConflictError, InvalidError
from midchannel.usecases import open_silo
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.settings import sections
from midchannel.web.silos import forms, words


def page(request: SignedInRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Draw a page of the silos."""
    known = {"groups": sections.groups(request.viewer.role, "silos"), "viewer": request.viewer}
    return render(request, f"silos/{template}", known | context, status=status)


@require_safe
@signed_in(role="administrator")
def choose(request: SignedInRequest) -> HttpResponse:
    """Which kind to connect."""
    return page(request, "choose.html", {"kinds": words.reader_kinds().values()})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="administrator")
def new(request: SignedInRequest, reader: str) -> HttpResponseBase:
    """Connect it: only when the connection works, or when asked to keep it all the same."""
    kind = words.reader_kinds().get(reader)
    if kind is None:
        raise Http404
    form = forms.FORMS[reader](request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "kind": kind}
    if request.method == "POST" and form.is_valid():
        config = _config(request, form)
        if config is not None:
            problems = _problems(request, reader, config, form.secrets())
            if not problems:
                silo_id = _open(request, reader, form, config)
                if silo_id is not None:
                    return redirect("silo_columns", silo_id)
            context |= {"tried": True, "problems": problems}
    is_wrong = bool(form.errors or context.get("problems"))
    return page(request, "new.html", context, status=422 if is_wrong else 200)


def _config(request: SignedInRequest, form: forms.ConnectionForm) -> dict[str, object] | None:
    """How it is reached; a file that was sent along is kept first. None when it cannot be."""
    config = form.config()
    sent = form.cleaned_data.get("upload")
    if not isinstance(sent, UploadedFile):
        return config
    try:
        config["file"] = open_silo.keep_file(request.viewer, sent.name or "", sent.chunks(), now=clock.now())
    except InvalidError as error:
        form.add_error("upload", error.reason)
        return None
    return config


def _problems(request: SignedInRequest, reader: str, config: dict[str, object], secrets: dict[str, str]) -> list[str]:
    return [] if request.POST.get("anyway") == "1" else open_silo.check(reader, config=config, secrets=secrets)


def _open(request: SignedInRequest, reader: str, form: forms.ConnectionForm, config: dict[str, object]) -> int | None:
    given = form.cleaned_data
    try:
        return open_silo.open_silo(
            request.viewer,
            name=given["name"],
            system=given["system"],
            reader=reader,
            purpose=given["purpose"],
            config=config,
            secrets=form.secrets(),
            now=clock.now(),
        )
    except InvalidError as error:
        form.add_error(error.field if error.field in form.fields else None, error.reason)
    except ConflictError as error:
        form.add_error("name", error.reason)
    return None


@sensitive_post_parameters()
@require_POST
@signed_in(role="administrator")
def check(request: SignedInRequest, reader: str) -> HttpResponse:
    """Try a connection while it is being filled in: nothing is kept."""
    if reader not in forms.FORMS:
        raise Http404
    form = forms.FORMS[reader](request.POST)
    form.fields["name"].required = form.fields["system"].required = False
    if not form.is_valid():
        missing = [str(form.fields[name].label) for name in form.errors if name in form.fields]
        return render(request, "silos/_tried.html", {"missing": missing})
    problems = open_silo.check(reader, config=form.config(), secrets=form.secrets())
    return render(request, "silos/_tried.html", {"tried": True, "problems": problems})


@require_POST
@signed_in(role="administrator")
def check_again(request: SignedInRequest, silo_id: int) -> HttpResponseBase:
    """Try it as it is kept."""
    queries.get_silo(request.viewer, silo_id)
    problems = open_silo.try_again(request.viewer, silo_id, now=clock.now())
    if request.headers.get("HX-Request"):
        return render(request, "silos/_tried.html", {"tried": True, "problems": problems})
    return redirect("silo", silo_id)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="administrator")
def connection(request: SignedInRequest, silo_id: int) -> HttpResponseBase:
    """Change how it is reached."""
    silo = queries.get_silo(request.viewer, silo_id)
    form = forms.FORMS[silo.reader](request.POST or None, request.FILES or None, initial=forms.initial_of(silo))
    form.fields["system"].disabled = True
    if "password" in form.fields:
        form.fields["password"].required = False
        form.fields["password"].help_text = _("Leave it empty to keep the one you gave.")
    if request.method == "POST" and form.is_valid():
        config = _config(request, form)
        if config is not None and _change(request, silo_id, form, config):
            messages.success(request, _("Kept."))
            return redirect("silo", silo_id)
    context = {"form": form, "silo": silo, "kind": words.reader_kinds()[silo.reader]}
    return page(request, "connection.html", context, status=422 if form.errors else 200)


def _change(request: SignedInRequest, silo_id: int, form: forms.ConnectionForm, config: dict[str, object]) -> bool:
    given = form.cleaned_data
    try:
        actions.change_connection(
            silo_id,
            name=given["name"],
            purpose=given["purpose"],
            config=config,
            secrets=form.secrets(),
            by=request.viewer.actor,
            now=clock.now(),
        )
    except (ConflictError, InvalidError) as error:
        form.add_error("name", error.reason)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(role="administrator")
def terms(request: SignedInRequest, silo_id: int) -> HttpResponseBase:
    """What its data may be used for, and when it is read."""
    silo = queries.get_silo(request.viewer, silo_id)
    form = forms.TermsForm(request.POST or None, initial=forms.terms_of(silo))
    if request.method == "POST" and form.is_valid():
        try:
            open_silo.agree(request.viewer, silo_id, form.terms(), every_minutes=form.minutes(), now=clock.now())
        except InvalidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.reason)
        else:
            messages.success(request, _("Kept."))
            return redirect("silo_try" if silo.last_run_id is None and silo.is_mapped else "silo", silo_id)
    return page(request, "terms.html", {"form": form, "silo": silo}, status=422 if form.errors else 200)
