"""Moods and intents as measures: shares over time with their intervals, by channel and topic, and the texts behind each."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from midchannel.engines.alarm import shares as intervals
from midchannel.middle.signals.queries import counting, panel, topics
from midchannel.middle.signals.queries.counting import Asked, Count
from midchannel.outside.channels import queries as channels
from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.measures import choosing
from midchannel.web.measures import views as measures
from midchannel.web.measures.choosing import Chosen
from midchannel.web.understanding import said

Z = 1.96
MOODS = (("negative", "loss"), ("positive", "0"), ("mixed", "3"))
WANTS = (("complaint", "loss"), ("question", "0"), ("praise", "2"), ("purchase_interest", "3"), ("churn_risk", "5"))
PAGE = 50
WEEKS_FROM = 45
COUNTING_WEEKS_FROM, FEW = 21, 30


@require_safe
@signed_in()
def shares(request: SignedInRequest) -> HttpResponse:
    """What people feel and want, over time."""
    chosen = choosing.period_of(request.GET, here=reverse("measures-mood"), now=clock.now())
    asked = _asked(request, chosen)
    days = counting.count_by_day(request.viewer, asked, zone=chosen.period.zone)
    steps = _steps(chosen.period.list_days(), days)
    context = {
        "tabs": measures.tabs_of("measures-mood", chosen.query),
        "chosen": chosen,
        "texts": sum(count.texts for count in days.values()),
        "moods": _series(MOODS, steps, chosen, asked),
        "wants": _series(WANTS, steps, chosen, asked),
        "by_channel": _marks(counting.count_by_channel(request.viewer, asked)),
        "by_topic": _marks(counting.count_by_topic(request.viewer, asked)[:20]),
        "changes": _changes(asked),
        "channels": [(each.id, each.name) for each in channels.list_channels(request.viewer)],
        "topics": topics.list_topics(),
        "channel_id": asked.channel_id,
        "topic_id": asked.topic_id,
        "first": None if days else said.state_of_nothing(),
    }
    return render(request, "understanding/mood.html", context)


@require_safe
@signed_in()
def rows(request: SignedInRequest) -> HttpResponse:
    """The texts behind a share."""
    chosen = choosing.period_of(request.GET, here=reverse("measures-mood-rows"), now=clock.now())
    label = request.GET.get("label", "")
    if label and label not in counting.HOLDS:
        raise Http404
    asked = _asked(request, chosen)
    before = _number(request.GET.get("before"))
    found = counting.list_texts_of(request.viewer, asked, label, limit=PAGE + 1, before=before)
    more = ""
    if len(found) > PAGE:
        query = {**request.GET.dict(), "before": str(found[PAGE - 1].id)}
        more = f"{reverse('measures-mood-rows')}?{urlencode(query)}"
    words = {**said.SENTIMENTS, **said.INTENTS, "urgent": _("Urgent"), "spam": _("Spam")}
    context = {
        "rows": found[:PAGE],
        "more": more,
        "label": str(words.get(label, _("All texts"))),
        "chosen": chosen,
        "back": f"{reverse('measures-mood')}?{chosen.query}",
    }
    return render(request, "understanding/mood_rows.html", context)


def _asked(request: SignedInRequest, chosen: Chosen) -> Asked:
    return Asked(
        since=chosen.period.since,
        until=chosen.period.until,
        channel_id=_number(request.GET.get("channel")),
        topic_id=_number(request.GET.get("topic")),
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 + 9 else None


def _steps(days: list[date], counts: dict[date, Count]) -> list[tuple[date, date, list[Count]]]:
    """Days; weeks where there are many, or where a day has so few texts that its share tells nothing."""
    texts = sum(count.texts for count in counts.values())
    is_thin = len(days) >= COUNTING_WEEKS_FROM and texts < FEW * len(days)
    size = 7 if len(days) > WEEKS_FROM or is_thin else 1
    portions = [days[at : at + size] for at in range(0, len(days), size)]
    return [(part[0], part[-1], [counts[day] for day in part if day in counts]) for part in portions]


def _series(
    names: tuple[tuple[str, str], ...], steps: list[tuple[date, date, list[Count]]], chosen: Chosen, asked: Asked
) -> list[records.Series]:
    words = {**said.SENTIMENTS, **said.INTENTS}
    return [
        records.Series(label=str(words[name]), tone=tone, marks=tuple(_mark(name, step, asked) for step in steps))
        for name, tone in names
    ]


def _mark(name: str, step: tuple[date, date, list[Count]], asked: Asked) -> records.Mark:
    first, last, counts = step
    texts, holds = sum(count.texts for count in counts), sum(count.holds[name] for count in counts)
    label = formats.date_format(first, "j M")
    if not texts:
        return records.Mark(label=label, value=None)
    low, high = intervals.wilson(holds, texts, Z)
    query = {"from": first.isoformat(), "to": last.isoformat(), "label": name}
    query |= {"channel": str(asked.channel_id)} if asked.channel_id else {}
    query |= {"topic": str(asked.topic_id)} if asked.topic_id else {}
    return records.Mark(
        label=label,
        value=round(100 * holds / texts, 1),
        low=round(100 * low, 1),
        high=round(100 * high, 1),
        href=f"{reverse('measures-mood-rows')}?{urlencode(query)}",
    )


def _marks(counts: list[Count]) -> list[records.Mark]:
    """The share of negative texts, with its interval and of how many."""
    marks = []
    for count in counts:
        low, high = intervals.wilson(count.holds["negative"], count.texts, Z)
        marks.append(
            records.Mark(
                label=f"{count.key} ({count.texts})",
                value=round(100 * count.holds["negative"] / count.texts, 1),
                low=round(100 * low, 1),
                high=round(100 * high, 1),
                tone="loss",
            )
        )
    return marks


def _changes(asked: Asked) -> list[dict[str, Any]]:
    """The days within the stretch on which something else began to read, and how far that moves the mood by itself, as the panel tells.

    A day's last reader is held against the last one of the day with readers before: who corrects much has many in a day.
    """
    by_day = {timezone.localtime(reader.first_used_at).date(): reader for reader in panel.list_readers()}
    found = []
    for before, after in pairwise(by_day.values()):
        if asked.since <= after.first_used_at < asked.until + timedelta(days=1):
            shift = next(iter(panel.list_shifts(before.id, after.id)), None)
            found.append(
                {"at": timezone.localtime(after.first_used_at), "name": said.reader_name(after), "shift": shift}
            )
    return found
