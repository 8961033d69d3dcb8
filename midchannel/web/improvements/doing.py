"""Changing improvements: begin, edit, move, tie, untie, ask a colleague."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from midchannel.inside.improvements import queries
from midchannel.middle.conversations import queries as conversations
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import ConflictError, InvalidError
from midchannel.usecases import ask as asking
from midchannel.usecases import improve
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.improvements import standings, views


class ImprovementForm(forms.Form):
    """What will change, and whose it is."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("What customers ask for, in their words: “Cards arrive within two days”."),
    )
    change = forms.CharField(
        label=gettext_lazy("What will change"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    owner_id = forms.TypedChoiceField(label=gettext_lazy("Owner"), coerce=int)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(p.id, p.name) for p in accounts.list_people(viewer) if p.is_active]
        self.fields["owner_id"].choices = people  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new(request: SignedInRequest) -> HttpResponseBase:
    """Begin an improvement; `conversation` ties the first one."""
    viewer = request.viewer
    conversation_id = _number(request.POST.get("conversation") or request.GET.get("conversation"))
    start = {"owner_id": viewer.user_id, "title": request.GET.get("title", "")[:200]}
    form = ImprovementForm(request.POST or None, initial=start, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            found = improve.begin(
                viewer,
                given["title"],
                change=given["change"],
                owner_id=given["owner_id"],
                conversation_id=conversation_id,
                now=clock.now(),
            )
        except InvalidError as error:
            form.add_error(error.field or None, error.reason)
        else:
            messages.success(request, _("The improvement is begun."))
            return redirect("improvement", found)
    return _form(
        request,
        form,
        _("Begin an improvement"),
        _("Begin"),
        back=reverse("improvements"),
        conversation_id=conversation_id,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def edit(request: SignedInRequest, improvement_id: int) -> HttpResponseBase:
    """Change its words or its owner."""
    viewer = request.viewer
    found = queries.get_improvement(viewer, improvement_id)
    start = {"title": found.title, "change": found.change, "owner_id": found.owner_id}
    form = ImprovementForm(request.POST or None, initial=start, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            improve.edit(viewer, improvement_id, now=clock.now(), **form.cleaned_data)
        except InvalidError as error:
            form.add_error(error.field or None, error.reason)
        else:
            return redirect("improvement", improvement_id)
    return _form(
        request, form, _("Change the improvement"), _("Save"), back=reverse("improvement", args=[improvement_id])
    )


@require_POST
@signed_in()
def move(request: SignedInRequest, improvement_id: int) -> HttpResponseBase:
    """Begun, done, or not yet after all."""
    try:
        improve.move(request.viewer, improvement_id, request.POST.get("state", ""), now=clock.now())
    except ConflictError as error:
        messages.error(request, error.reason)
    return redirect("improvement", improvement_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def tying(request: SignedInRequest, conversation_id: int) -> HttpResponse:
    """What a conversation asks for: tie it to an improvement, or begin one."""
    viewer = request.viewer
    row = conversations.get_conversation(viewer, conversation_id).row
    text = request.GET.get("q", "").strip()[:200]
    tied = queries.list_of_conversation(viewer, conversation_id)
    ids = {each.id for each in tied}
    found = queries.list_improvements(viewer, text=text, limit=20)
    context = {
        "row": row,
        "name": row.customer_name or row.handle_name or row.handle_address,
        "line": row.subject or row.snippet,
        "tied": tied,
        "offered": [each for each in found.items if each.id not in ids],
        "text": text,
        "states": standings.STATES,
    }
    part = bool(request.headers.get("HX-Request"))
    return render(request, "improvements/_tying.html" if part else "improvements/tying.html", context)


@require_POST
@signed_in()
def tie(request: SignedInRequest, improvement_id: int) -> HttpResponseBase:
    """Tie a conversation; back to where it was asked for."""
    conversation_id = _conversation(request)
    if improve.tie(request.viewer, conversation_id, improvement_id, clock.now()):
        messages.success(request, _("Tied. Whoever asked is in the ledger."))
    return _back(request, conversation_id, improvement_id)


@require_POST
@signed_in()
def untie(request: SignedInRequest, improvement_id: int) -> HttpResponseBase:
    """Take a conversation out of the evidence."""
    conversation_id = _conversation(request)
    if improve.untie(request.viewer, conversation_id, improvement_id, clock.now()):
        messages.success(request, _("Untied."))
    return _back(request, conversation_id, improvement_id)


@require_POST
@signed_in()
def ask(request: SignedInRequest, improvement_id: int) -> HttpResponseBase:
    """A word to colleagues in the internal thread."""
    try:
        asked = asking.ask(
            request.viewer, "improvement", improvement_id, text=request.POST.get("text", ""), now=clock.now()
        )
    except InvalidError as error:
        context = views.page_of(request, improvement_id, note_error=error.reason)
        return render(request, "improvements/improvement.html", context, status=422)
    if asked.unknown:
        messages.error(request, _("Nobody is called @%s.") % ", @".join(asked.unknown))
    return redirect(f"{reverse('improvement', args=[improvement_id])}#thread")


def _form(
    request: SignedInRequest,
    form: ImprovementForm,
    heading: str,
    button: str,
    *,
    back: str,
    conversation_id: int | None = None,
) -> HttpResponse:
    context = {"form": form, "heading": heading, "button": button, "back": back, "conversation_id": conversation_id}
    return render(request, "improvements/form.html", context, status=422 if form.errors else 200)


def _back(request: SignedInRequest, conversation_id: int, improvement_id: int) -> HttpResponseBase:
    if request.POST.get("then") == "improvement":
        return redirect("improvement", improvement_id)
    return redirect("improvement-tying", conversation_id)


def _conversation(request: SignedInRequest) -> int:
    found = _number(request.POST.get("conversation"))
    if found is None:
        raise InvalidError(_("Say which conversation."), "conversation")
    return found


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
