"""A customer's mood over time, and what they like and dislike: each point leads to the post."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from midchannel.middle.conversations.queries import knowing
from midchannel.middle.signals import queries as signals
from midchannel.middle.signals.queries import Mood, Signal, Text
from midchannel.platform import clock
from midchannel.web.components import records
from midchannel.web.customers import page
from midchannel.web.frame.access import SignedInRequest, signed_in
from midchannel.web.understanding import said

SHOWN, LISTED, SHOWN_CHARACTERS = 60, 30, 200
SINCE = timedelta(days=730)
LIKED, DISLIKED = 0.25, -0.25


@dataclass(frozen=True, slots=True)
class About:
    """A topic of theirs: how often, and with which mood (0 to 100) on the whole."""

    name: str
    count: int
    words: str
    kind: str


@require_safe
@signed_in()
def customer(request: SignedInRequest, customer_id: int) -> HttpResponseBase:
    """The tab on a customer's page."""
    found = page.find(request, customer_id)
    if isinstance(found, int):
        return redirect("customer_mood", found)
    moods = signals.mood(request.viewer, found.id, clock.now() - SINCE)
    latest = moods[-SHOWN:]
    places = knowing.conversations_of([each.activity_id for each in latest])
    says = signals.of_known(each.activity_id for each in moods)
    listed = list(reversed(latest[-LISTED:]))
    said_there = signals.list_read_texts([each.activity_id for each in listed])
    context = {
        "customer": found,
        "texts": len(moods),
        "series": [records.Series(label=_("Mood"), marks=tuple(_mark(each, places) for each in latest))]
        if latest
        else [],
        "rows": [_row(each, places, says, said_there) for each in listed],
        "about": _about(moods, says),
        "now": _now(moods),
    }
    return page.show(request, found.id, "customer_mood", "customers/_mood.html", context)


def percent(value: float) -> int:
    """A mood from -1 to 1 as 0 (negative) to 100 (positive)."""
    return round(50 + 50 * value)


def _mark(each: Mood, places: dict[int, int]) -> records.Mark:
    day = formats.date_format(timezone.localtime(each.at), "j M Y")
    return records.Mark(label=day, value=percent(each.value), href=_href(each, places))


def _href(each: Mood, places: dict[int, int]) -> str:
    conversation_id = places.get(each.activity_id)
    return f"{reverse('inbox-conversation', args=[conversation_id])}?m={each.activity_id}" if conversation_id else ""


def _row(each: Mood, places: dict[int, int], says: dict[int, Signal], texts: dict[int, Text]) -> dict[str, object]:
    signal, words = says.get(each.activity_id), texts.get(each.activity_id)
    return {
        "at": each.at,
        "words": words.text[:SHOWN_CHARACTERS] if words else "",
        "href": _href(each, places),
        "value": percent(each.value),
        "signs": said.signs_of(signal) if signal else (),
    }


def _about(moods: Sequence[Mood], says: dict[int, Signal]) -> list[About]:
    """What they speak about, most often first, and how."""
    values: dict[str, list[float]] = defaultdict(list)
    for each in moods:
        signal = says.get(each.activity_id)
        for name in signal.topics if signal else ():
            values[name].append(each.value)
    found = []
    for name, felt in sorted(values.items(), key=lambda item: -len(item[1]))[:12]:
        mean = sum(felt) / len(felt)
        kind = "likes" if mean >= LIKED else "dislikes" if mean <= DISLIKED else ""
        words = {"likes": _("likes it"), "dislikes": _("is unhappy with it")}.get(kind, _("neither"))
        found.append(About(name, len(felt), words, kind))
    return found


def _now(moods: Sequence[Mood]) -> str:
    """Where the mood stands, in a sentence."""
    if not moods:
        return ""
    last, turns = moods[-1], signals.turns_in(0, moods)
    state = str(said.SENTIMENTS.get(last.sentiment, last.sentiment)).lower()
    count = ngettext("it has turned %d time", "it has turned %d times", len(turns)) % len(turns)
    return _("The last text is %(state)s; %(turned)s in %(n)d texts.") % {
        "state": state,
        "turned": count,
        "n": len(moods),
    }
