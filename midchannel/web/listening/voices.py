"""Share of voice: sets of names, their shares over time with intervals, and their versions."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.engines.alarm.shares import Share
from midchannel.outside.listening.actions import voices as actions
from midchannel.outside.listening.actions.voices import Name
from midchannel.outside.listening.queries import voices as queries
from midchannel.outside.listening.queries.voices import VersionRow, VoiceSetRow
from midchannel.platform import clock
from midchannel.platform.errors import InvalidError
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.listening import showing

PERIODS = (7, 28, 84)
STEPS = 4
TONES = ("0", "1", "2", "3", "4", "5", "6", "7")


class SetForm(forms.Form):
    """A set: a line for each name, what else it is called behind a =, what it is not behind a -."""

    name = forms.CharField(label=gettext_lazy("Name of the set"), max_length=100)
    names = forms.CharField(
        label=gettext_lazy("Names"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "A line for each. Other names behind =, words beside which it means something else behind the word without:"
            " Lantern Bank = lantern, @lantern without lantern festival"
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it is changed"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Shown beside the shares."),
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["reason"]
        else:
            self.fields["name"].disabled = True


@require_safe
@signed_in()
def voices(request: SignedInRequest) -> HttpResponse:
    """All sets; the only one is opened."""
    sets = queries.list_sets(request.viewer)
    context = {"tabs": showing.tabs("voices"), "sets": sets, "first": None if sets else _first()}
    return render(request, "listening/voices.html", context)


@require_safe
@signed_in()
def voice(request: SignedInRequest, set_id: int) -> HttpResponse:
    """The shares of a set in a period, before it, and over time."""
    found = queries.get_set(request.viewer, set_id)
    days = int(request.GET["days"]) if request.GET.get("days") in {str(each) for each in PERIODS} else 28
    by_people = request.GET.get("by") != "posts"
    asked = request.GET.get("version", "")
    version = found.version(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else None)
    versions = _spans(found)
    now = clock.now()
    length = timedelta(days=days)
    now_ = queries.get_shares(version, since=now - length, until=now, by_people=by_people)
    steps = [(now - length * (back + 1) / STEPS, now - length * back / STEPS) for back in range(STEPS - 1, -1, -1)]
    over = queries.get_shares_by_period(version, steps, by_people=by_people)
    here = reverse("voice", args=[set_id])
    context = {
        "set": found,
        "version": version,
        "versions": versions,
        "past": next(span for each, span in versions if each is version),
        "is_last": version.number == found.versions[0].number,
        "marks": [_mark(share, TONES[at]) for at, share in enumerate(now_)],
        "rows": now_,
        "series": [
            records.Series(
                label=name.name, tone=TONES[at], marks=tuple(_mark(step[at], TONES[at], _span(*steps[n])) for n, step in enumerate(over))
            )
            for at, name in enumerate(version.names)
        ],
        "loud": [each for each in now_ if each.posts >= 10 and each.loudest >= 0.3],
        "is_short": found.counted_since > now - length,
        "changed": [each for each in found.versions if each.number > 1 and each.made_at > now - length],
        "periods": [
            records.Tab(
                label=_("%(days)d days") % {"days": each},
                href=f"{here}?days={each}{'' if by_people else '&by=posts'}",
                is_current=each == days,
            )
            for each in PERIODS
        ],
        "ways": [
            records.Tab(label=_("By people"), href=f"{here}?days={days}", is_current=by_people),
            records.Tab(label=_("By posts"), href=f"{here}?days={days}&by=posts", is_current=not by_people),
        ],
        "days": days,
        "may_remove": request.viewer.is_lead,
    }  # fmt: skip
    return render(request, "listening/voice.html", context)


def _spans(found: VoiceSetRow) -> list[tuple[VersionRow, str]]:
    """The versions of a set, the last first, each with the days on which its names were the ones that count."""
    last, *others = found.versions
    since = _("Since %s") % formats.date_format(timezone.localtime(last.made_at), "j M Y")
    ends = [each.made_at for each in found.versions]
    return [(last, since), *((each, _span(each.made_at, until)) for each, until in zip(others, ends, strict=False))]


def _mark(share: Share, tone: str, label: str = "") -> records.Mark:
    return records.Mark(
        label=label or share.name,
        value=round(100 * share.share, 1),
        low=round(100 * share.low, 1) if share.people else None,
        high=round(100 * share.high, 1) if share.people else None,
        tone=tone,
    )


def _span(since: datetime, until: datetime) -> str:
    ends = (formats.date_format(timezone.localtime(each), "j M") for each in (since, until))
    return "\u2013".join(dict.fromkeys(ends))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def new(request: SignedInRequest) -> HttpResponseBase:
    """Make a set."""
    form = SetForm(request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.make(request.viewer, given["name"], names_of(given["names"]), now=clock.now())
        except InvalidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.reason)
        else:
            return redirect("voice", made)
    return _form(request, form, _("Compare names"), reverse("voices"))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def edit(request: SignedInRequest, set_id: int) -> HttpResponseBase:
    """Give a set other names: a new version."""
    found = queries.get_set(request.viewer, set_id)
    initial = {"name": found.name, "names": lines_of(found)}
    form = SetForm(request.POST or None, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change(request.viewer, set_id, names_of(given["names"]), reason=given["reason"], now=clock.now())
        except InvalidError as error:
            form.add_error(error.field if error.field in form.fields else None, error.reason)
        else:
            return redirect("voice", set_id)
    return _form(request, form, _("Change the names"), reverse("voice", args=[set_id]))


@require_POST
@signed_in("lead")
def remove(request: SignedInRequest, set_id: int) -> HttpResponseBase:
    """Remove a set with what it counted."""
    actions.remove(request.viewer, set_id, now=clock.now())
    messages.success(request, _("The set is removed."))
    return redirect("voices")


def names_of(text: str) -> list[Name]:
    """The names that lines give."""
    found = []
    for line in text.splitlines():
        said, _sign, without = line.partition(" without ")
        name, _sign, synonyms = said.partition("=")
        if name.strip():
            found.append(Name(name.strip()[:100], tuple(_list(synonyms)), tuple(_list(without))))
    return found


def _list(text: str) -> list[str]:
    return [each.strip()[:100] for each in text.split(",") if each.strip()]


def lines_of(found: VoiceSetRow) -> str:
    """The last version's names as lines."""
    lines = []
    for each in found.versions[0].names:
        line = each.name + (f" = {', '.join(each.synonyms)}" if each.synonyms else "")
        lines.append(line + (f" without {', '.join(each.without)}" if each.without else ""))
    return "\n".join(lines)


def _form(request: SignedInRequest, form: forms.Form, heading: str, back: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back}
    return render(request, "listening/voice_form.html", context, status=422 if form.errors else 200)


def _first() -> records.State:
    return records.State(
        kind="first",
        title=_("How much of the talk is about whom"),
        words=_(
            "Name yourself and those one would compare you with. The share of each is counted by people, so that one loud voice does not"
            " decide, and shown with how far it may be off."
        ),
        icon="megaphone",
        actions=(records.Action(label=_("Compare names"), href=reverse("voice-new"), icon="plus"),),
    )
