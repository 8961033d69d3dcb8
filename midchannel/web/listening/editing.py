"""Making and changing searches: by a form or as a query, tried on history before anything is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
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

from midchannel.engines.searches import MOST_CHARACTERS, simple
from midchannel.engines.searches.simple import Simple
from midchannel.outside.channels import queries as channels
from midchannel.outside.listening import asking
from midchannel.outside.listening.actions import searching
from midchannel.outside.listening.errors import BadQueryError
from midchannel.outside.listening.queries import searches as queries
from midchannel.outside.listening.queries.searches import SearchRow
from midchannel.platform import clock
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.errors import InvalidError
from midchannel.usecases import try_search
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.listening import showing
from midchannel.web.understanding import said

SNOOZES = {"day": timedelta(days=1), "week": timedelta(days=7)}
ANY = ("", gettext_lazy("Any"))
LANGUAGES = (
    ("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("it", "Italiano"), ("pt", "Português"),
    ("nl", "Nederlands"), ("pl", "Polski"), ("tr", "Türkçe"), ("ar", "العربية"), ("hi", "हिन्दी"), ("ja", "日本語"), ("zh", "中文"),
)  # fmt: skip


class KeptForm(forms.Form):
    """What every search has beside its query."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=searching.LONGEST_NAME)
    takes_up = forms.BooleanField(
        label=gettext_lazy("Take up by itself what it finds overheard: a conversation for each"), required=False
    )
    watches_volume = forms.BooleanField(
        label=gettext_lazy("Alert when more is said than usual"), required=False, initial=True
    )
    watches_mood = forms.BooleanField(
        label=gettext_lazy("Alert when the mood is worse than usual"), required=False, initial=True
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("One false alarm in how many weeks"),
        min_value=searching.LEAST_WEEKS,
        max_value=searching.MOST_WEEKS,
        initial=8,
        help_text=gettext_lazy("Fewer weeks: told sooner, and more often of nothing."),
    )


class QueryForm(KeptForm):
    """A search written as a query."""

    text = forms.CharField(
        label=gettext_lazy("Query"),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "input mono"}),
    )


class SimpleForm(KeptForm):
    """A search given by a form."""

    words = forms.CharField(label=gettext_lazy("All of these words"), required=False, max_length=300)
    some = forms.CharField(
        label=gettext_lazy("At least one of these"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Words or phrases with commas between them. A * stands for any ending: delay*"),
    )
    phrase = forms.CharField(
        label=gettext_lazy("Exactly these words, one behind the other"), required=False, max_length=300
    )
    without = forms.CharField(label=gettext_lazy("None of these"), required=False, max_length=500)
    near_one = forms.CharField(label=gettext_lazy("This word"), required=False, max_length=100)
    near_two = forms.CharField(label=gettext_lazy("close to this one"), required=False, max_length=100)
    distance = forms.IntegerField(
        label=gettext_lazy("Words between, at most"), min_value=1, max_value=50, initial=5, required=False
    )
    mood = forms.ChoiceField(label=gettext_lazy("Mood"), required=False, choices=[ANY, *said.SENTIMENTS.items()])
    intent = forms.ChoiceField(
        label=gettext_lazy("What they want"),
        required=False,
        choices=[ANY, *said.INTENTS.items()],
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False, choices=[ANY, *LANGUAGES])
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    where = forms.ChoiceField(
        label=gettext_lazy("Said to whom"),
        required=False,
        choices=[ANY, ("overheard", gettext_lazy("Overheard")), ("addressed", gettext_lazy("To the company")),
                 ("public", gettext_lazy("In public"))],
    )  # fmt: skip
    reach = forms.IntegerField(
        label=gettext_lazy("Author's reach, at least"),
        required=False,
        min_value=1,
        max_value=10**9 - 1,
        help_text=gettext_lazy("Followers where the network says them, otherwise people who turned to them in public."),
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(each.name.casefold(), each.name) for each in channels.list_channels(viewer)]
        self.fields["channel"].choices = [ANY, *names]  # type: ignore[attr-defined]


SIMPLE_FIELDS = tuple(Simple.__dataclass_fields__)
PARTS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("words", ("words", "some", "phrase", "without")),
    ("near", ("near_one", "near_two", "distance")),
    ("facts", ("mood", "intent", "language", "where", "channel", "reach")),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A query with the place of what is wrong in it."""

    words: str
    before: str
    wrong: str
    after: str


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new(request: SignedInRequest) -> HttpResponseBase:
    """Make a search."""
    return _page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def edit(request: SignedInRequest, search_id: int) -> HttpResponseBase:
    """Change one."""
    return _page(request, queries.get_search(request.viewer, search_id, now=clock.now()))


def _page(request: SignedInRequest, row: SearchRow | None) -> HttpResponseBase:
    viewer = request.viewer
    form, is_simple = _form_of(request, row)
    context: dict[str, object] = {"search": row, "is_simple": is_simple, "form": form}
    status = 200
    if request.method == "POST" and "as" not in request.POST:
        text = _text_of(form, is_simple=is_simple)
        is_good = form.is_valid()
        try:
            asking.understand(text)
            if "try" in request.POST:
                context |= _tried(viewer, text)
            elif is_good:
                return redirect("search", _keep(viewer, row, form, text))
        except BadQueryError as error:
            context["mistake"] = _mistake(text, error)
            status = 200 if "try" in request.POST else 422  # who tries has asked, and this is the answer
        except InvalidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.reason)
        if form.errors and "try" in request.POST:
            form.errors.clear()  # what is tried is the query alone
        status = 422 if form.errors else status
        context["text"] = text
    part = request.headers.get("HX-Request") and "try" in request.POST
    if part:
        return render(request, "listening/_tried.html", context, status=status)
    context["parts"] = [(name, [form[field] for field in fields]) for name, fields in PARTS] if is_simple else []
    context["rest"] = [form[field] for field in KeptForm.base_fields if field != "name"]
    return render(request, "listening/edit.html", context, status=status)


def _form_of(request: SignedInRequest, row: SearchRow | None) -> tuple[forms.Form, bool]:
    """The form that was sent or is to be shown; `as` changes from one to the other and carries along what is there."""
    was_simple = request.POST.get("form", request.GET.get("form", "simple")) == "simple"
    kept = (
        {field: getattr(row, field) for field in KeptForm.base_fields}
        if row
        else {"name": request.GET.get("name", "")[:100]}
    )
    if request.method == "POST" and "as" not in request.POST:
        data = request.POST
        return (SimpleForm(data, viewer=request.viewer) if was_simple else QueryForm(data)), was_simple
    text = row.text if row else request.GET.get("text", "")[:MOST_CHARACTERS]
    wants_simple = was_simple
    if request.method == "POST":
        sent: forms.Form = SimpleForm(request.POST, viewer=request.viewer) if was_simple else QueryForm(request.POST)
        sent.is_valid()
        kept = {field: sent.cleaned_data.get(field, sent.fields[field].initial) for field in KeptForm.base_fields}
        text, wants_simple = _text_of(sent, is_simple=was_simple), request.POST["as"] == "simple"
    query = asking.understood(text) if text else None
    given = simple.simplify(query) if query else Simple()
    if wants_simple and given is not None and (query is not None or not text):
        fields = {field: getattr(given, field) for field in SIMPLE_FIELDS}
        return SimpleForm(initial=kept | fields, viewer=request.viewer), True
    if wants_simple and request.method == "POST":
        messages.info(request, _("The form cannot say all that this query says, so it stays a query."))
    return QueryForm(initial=kept | {"text": text}), False


def _text_of(form: forms.Form, *, is_simple: bool) -> str:
    form.is_valid()
    given = form.cleaned_data
    if not is_simple:
        return str(given.get("text") or form.data.get("text", ""))
    fields = {field: given.get(field) for field in SIMPLE_FIELDS}
    texts = {key: value or "" for key, value in fields.items() if key not in {"distance", "reach"}}
    return simple.compose(Simple(**texts, distance=fields["distance"] or 5, reach=fields["reach"]))


def _keep(viewer: Viewer, row: SearchRow | None, form: forms.Form, text: str) -> int:
    given = {field: form.cleaned_data[field] for field in KeptForm.base_fields}
    name = given.pop("name")
    if row is None:
        return searching.make(viewer, name, text, now=clock.now(), **given)
    searching.edit(viewer, row.id, name=name, text=text, now=clock.now(), **given)
    return row.id


def _tried(viewer: Viewer, text: str) -> dict[str, object]:
    found = try_search.try_query(viewer, text, now=clock.now())
    query = asking.understood(text)
    rows = showing.cards(found.examples, queries=[text])
    return {
        "tried": found,
        "cards": rows,
        "tried_text": text,
        "days": showing.days(found.days),
        "fields": sorted(query.fields) if query else [],
    }


def _mistake(text: str, error: BadQueryError) -> Mistake:
    begin, end = error.at, error.at + error.length
    return Mistake(error.reason, text[max(0, begin - 80) : begin], text[begin:end][:80] or "…", text[end : end + 80])


@require_POST
@signed_in()
def remove(request: SignedInRequest, search_id: int) -> HttpResponseBase:
    """Remove a search with what it found."""
    searching.remove(request.viewer, search_id, now=clock.now())
    messages.success(request, _("The search is removed. What was taken up stays in the inbox."))
    return redirect("listen")


@require_POST
@signed_in()
def follow(request: SignedInRequest, search_id: int) -> HttpResponse:
    """Get its alerts, or no longer."""
    searching.follow(request.viewer, search_id, is_on=request.POST.get("on") == "1", now=clock.now())
    return redirect(reverse("search", args=[search_id]))


@require_POST
@signed_in()
def snooze(request: SignedInRequest, search_id: int) -> HttpResponse:
    """No alert for a day or a week; nothing ends that."""
    now = clock.now()
    length = SNOOZES.get(request.POST.get("for", ""))
    searching.snooze(request.viewer, search_id, until=now + length if length else None, now=now)
    return redirect(reverse("search", args=[search_id]))
