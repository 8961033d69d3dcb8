"""The page Understanding: how well texts are read, as people's corrections tell, and what was learned from them."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from midchannel.middle.signals import actions
from midchannel.middle.signals import queries as signals
from midchannel.middle.signals.actions import learning
from midchannel.middle.signals.queries import Signal, Text, grading, panel, texts, twice
from midchannel.middle.signals.queries.grading import Grade, Share
from midchannel.middle.signals.queries.twice import TwiceRow
from midchannel.platform import clock
from midchannel.platform.errors import ConflictError, InvalidError, NotFoundError
from midchannel.usecases import reread
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.inbox import answers
from midchannel.web.measures import views as measures
from midchannel.web.understanding import said, saying

LEFT_SINCE, DRAWN_SINCE = timedelta(days=28), timedelta(days=60)
CHECKED_AT_ONCE = 10
MOST_GRADES, MOST_READERS = 60, 12
SHOWN_CHARACTERS = 600
CALIBRATED = ("sentiment", "intents", "urgency", "spam")


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A line of the table: a label in a language, how much of what was said of it is so, and of what is so was said."""

    what: str
    label: str
    language: str
    precision: records.Judged
    recall: records.Judged
    texts: int
    href: str


@require_safe
@signed_in()
def understanding(request: SignedInRequest) -> HttpResponse:
    """How well, how sure, what was left open, by what it is read, and what was learned."""
    corrections, sampled = grading.count_corrections()
    since = clock.now() - LEFT_SINCE
    left = grading.count_left(since=since)
    only = request.GET.get("of") == "sample"
    grades = grading.list_grades(is_sampled=True if only else None)
    calibration = grading.get_calibration_row()
    context = {
        "tabs": measures.tabs_of("understanding", ""),
        "corrections": corrections,
        "whose": [
            records.Tab(label=_("All corrections"), href=reverse("understanding"), is_current=not only),
            records.Tab(
                label=_("Drawn by chance"), href=f"{reverse('understanding')}?of=sample", is_current=only, count=sampled
            ),
        ],
        "grades": [_row(each) for each in grades if not each.language][:MOST_GRADES],
        "by_language": [_row(each) for each in grades if each.language][:MOST_GRADES],
        "sureness": [(str(said.WHATS[what]), points) for what in CALIBRATED if (points := _sureness(what))],
        "left": _left(left),
        "texts": left.texts,
        "readers": _readers(),
        "calibration": calibration,
        "worth": _worth(calibration.measured) if calibration else [],
        "run": reread.current(),
        "twice": [_twice(row) for row in twice.list_twice(since=since)],
        "may_lead": request.viewer.is_lead,
        "first": None if left.texts or corrections else said.state_of_nothing(),
    }
    return render(request, "understanding/understanding.html", context)


def _row(grade: Grade) -> GradeRow:
    names: dict[str, Any] = {**said.SENTIMENTS, **said.INTENTS, "urgent": _("Urgent"), "spam": _("Spam")}
    label = said.language_name(grade.label) if grade.what == "language" else str(names.get(grade.label, grade.label))
    return GradeRow(
        str(said.WHATS[grade.what]),
        label,
        said.language_name(grade.language) if grade.language else "",
        judged_of(grade.precision),
        judged_of(grade.recall),
        grade.precision.whole + grade.recall.whole - grade.recall.part,
        f"{reverse('understanding-examples')}?what={grade.what}&label={grade.label}",
    )


def judged_of(share: Share) -> records.Judged:
    """A share for a drawing."""
    low, high = share.interval
    return records.Judged(part=share.part, whole=share.whole, value=share.value or 0.0, low=low, high=high)


def share_words(share: Share) -> str:
    """A share with its interval: `83 % (52-96 %, 10 of 12)`; an en dash where there is nothing."""
    if share.value is None:
        return "\u2013"
    low, high = share.interval
    return _("%(value).0f %% (%(low).0f to %(high).0f; %(part)d of %(whole)d)") % {
        "value": 100 * share.value,
        "low": 100 * low,
        "high": 100 * high,
        "part": share.part,
        "whole": share.whole,
    }


def _sureness(what: str) -> list[records.Sure]:
    """Each step: what the models said on average, and how much of it holds."""
    return [records.Sure(said=each.said, right=judged_of(each.holds)) for each in grading.list_bins(what)]


def _left(left: grading.Left) -> list[records.Mark]:
    if not left.texts:
        return []
    named = ((_("Language"), left.language), (_("Mood"), left.sentiment), (_("Intent"), left.intents))
    return [records.Mark(label=label, value=round(100 * count / left.texts, 1)) for label, count in named]


def _readers() -> list[dict[str, Any]]:
    """By what texts were read lately, newest first, and how far each moved the measures on the panel."""
    rows = panel.list_readers()
    found = []
    for before, reader in list(zip([None, *rows], rows, strict=False))[: -MOST_READERS - 1 : -1]:
        shifts = panel.list_shifts(before.id, reader.id) if before else []
        found.append(
            {
                "name": said.reader_name(reader),
                "since": reader.first_used_at,
                "is_first": before is None,
                "texts": shifts[0].texts if shifts else 0,
                "shifts": [(_measure(each.measure), each) for each in shifts if each.is_real],
            }
        )
    return found


def _twice(row: TwiceRow) -> dict[str, Any]:
    """A larger model's line: how many texts and why, how often it changed the mood, and who was right."""
    return {
        "model": row.model,
        "texts": row.texts,
        "unsure": row.unsure,
        "changed": share_words(row.changed),
        "first_right": share_words(row.first_right),
        "second_right": share_words(row.second_right),
    }


def _measure(name: str) -> str:
    words = {**said.SENTIMENTS, **said.INTENTS, "mood": _("Mood, from -1 to 1")}
    return str(words.get(name, name))


def _worth(measured: dict[str, Any]) -> list[dict[str, Any]]:
    names: dict[str, Any] = {**said.SENTIMENTS, **said.INTENTS, "urgent": _("Urgent"), "spam": _("Spam")}
    return [
        {"label": str(names.get(label, label)), "worth": each}
        for labels in learning.worth_of(measured).values()
        for label, each in labels.items()
    ]


@require_POST
@signed_in(role="lead")
def learn(request: SignedInRequest) -> HttpResponseBase:
    """Learn from the corrections now, without waiting."""
    made = actions.learn_now(request.viewer, now=clock.now())
    messages.success(request, _("Learned. Texts are read with calibration %(n)d from now on.") % {"n": made.pk})
    return redirect("understanding")


@require_POST
@signed_in(role="lead")
def begin_reread(request: SignedInRequest) -> HttpResponseBase:
    """Have history read again, on purpose."""
    day = parse_date(request.POST.get("since", "")) if len(request.POST.get("since", "")) == len("2026-01-31") else None
    if day is None:
        messages.error(request, _("Choose a day from which on texts are read again."))
        return redirect("understanding")
    try:
        reread.begin(request.viewer, since=make_aware(datetime.combine(day, time())), now=clock.now())
    except ConflictError as problem:
        messages.error(request, problem.reason)
    else:
        messages.success(request, _("It has begun; it goes on in the background."))
    return redirect("understanding")


@require_safe
@signed_in()
def check(request: SignedInRequest) -> HttpResponse:
    """A few texts drawn by chance, to be said right or otherwise: they tell without bias how well texts are read."""
    drawn = grading.draw_unchecked(request.viewer, since=clock.now() - DRAWN_SINCE, limit=CHECKED_AT_ONCE)
    return _texts(request, drawn, _("Check a few"), is_check=True)


@require_safe
@signed_in()
def examples(request: SignedInRequest) -> HttpResponse:
    """Texts about which somebody said otherwise than was shown, of one label."""
    what, label = request.GET.get("what", ""), request.GET.get("label", "")
    ids = grading.list_examples(request.viewer, what, label, limit=50)
    return _texts(request, ids, _("Said otherwise"), is_check=False)


def _texts(request: SignedInRequest, ids: list[int], title: str, *, is_check: bool) -> HttpResponse:
    seen = signals.of(request.viewer, ids)
    words = texts.list_read_texts(list(seen))
    rows = [_text_row(seen[each], words[each]) for each in ids if each in words]
    return render(request, "understanding/texts.html", {"rows": rows, "title": title, "is_check": is_check})


def _text_row(signal: Signal, text: Text) -> dict[str, Any]:
    return {"id": signal.id, "text": text.text[:SHOWN_CHARACTERS], "at": text.at, "signs": said.signs_of(signal)}


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in()
def text(request: SignedInRequest, activity_id: int) -> HttpResponseBase:
    """The small form for one text; and what was said in it."""
    is_part, is_check = answers.is_part(request), request.GET.get("of") == "sample"
    back_href = reverse("understanding-check" if is_check else "understanding")
    try:
        signal = saying.get(request.viewer, activity_id)
        if request.method == "POST":
            signal, told = saying.keep(request.viewer, activity_id, request.POST, is_sampled=is_check, now=clock.now())
            if not is_part:
                messages.success(request, told)
                return redirect(back_href)
    except NotFoundError as error:
        raise Http404 from error
    except InvalidError as problem:
        if is_part:
            return answers.tell(HttpResponse(status=422), answers.toast(problem.reason, kind="error"))
        messages.error(request, problem.reason)
        return redirect(request.get_full_path())
    found = texts.list_read_texts([activity_id]).get(activity_id)
    row = _text_row(signal, found) if found else {"id": activity_id, "text": ""}
    if request.method == "POST":
        response = render(request, "understanding/_text.html", {"row": row | {"is_done": True}, "is_check": is_check})
        return answers.tell(response, answers.toast(told))
    query = "?of=sample" if is_check else ""
    context = {
        "say": saying.form_of(signal),
        "say_href": f"{reverse('understanding-text', args=[activity_id])}{query}",
        "say_target": f"#text-{activity_id}",
        "back_href": back_href,
        "is_check": is_check,
        "words": row["text"],
    }
    return render(request, "understanding/_say.html" if is_part else "understanding/say.html", context)
