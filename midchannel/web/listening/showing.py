"""What the templates of Listen are given: tabs, cards of mentions with the words they were found by, precision in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from midchannel.engines.searches import Query, matching
from midchannel.middle.signals import queries as signals
from midchannel.outside.listening import asking
from midchannel.outside.listening.queries import alerts
from midchannel.outside.listening.queries.mentions import FoundBy, MentionRow
from midchannel.outside.listening.queries.searches import Precision, SearchRow
from midchannel.web.components import records
from midchannel.web.components.words import TO
from midchannel.web.understanding import said

BEFORE, SHOWN = 80, 420
UNHAPPY = {"negative": "unhappy"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `is_mark` when it is a word that it was found by. `space` stands behind it."""

    text: str
    is_mark: bool
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A mention as it is shown. `search_id` and `verdict` when it is one search's list; `by` are the searches that found it."""

    id: int
    face: records.Face
    name: str
    at: datetime
    channel: str
    is_private: bool
    is_deleted: bool
    pieces: tuple[Piece, ...]
    mood: str
    mood_words: str
    language: str
    reach: int | None
    state: str
    conversation_href: str
    by: tuple[FoundBy, ...]
    search_id: int | None
    verdict: int
    is_current: bool = False


def tabs(current: str) -> list[records.Tab]:
    """The parts of Listen."""
    storms = alerts.count_open()
    places: tuple[tuple[str, str, int | None], ...] = (
        ("listen", _("Searches"), None),
        ("listen-mentions", _("Mentions"), None),
        ("alerts", _("Alerts"), storms or None),
        ("rising", _("Rising"), None),
        ("voices", _("Share of voice"), None),
    )
    return [
        records.Tab(label=label, href=reverse(name), is_current=name == current, count=count)
        for name, label, count in places
    ]


def days(counts: Sequence[int]) -> list[records.Mark]:
    """How many posts on each of the last days (24 hours each), oldest first, as bars."""
    marks = []
    for ago, count in zip(range(len(counts) - 1, -1, -1), counts, strict=True):
        label = _("%(days)d days ago") % {"days": ago} if ago else _("the last 24 hours")
        marks.append(records.Mark(label=label, value=count))
    return marks


def cards(rows: Sequence[MentionRow], *, search: SearchRow | None = None, queries: Iterable[str] = ()) -> list[Card]:
    """Mentions with the words they were found by, and what is known of their mood now, corrections of people included."""
    read = signals.of_known([row.activity_id for row in rows])
    asked = [search.text] if search else list(queries)
    understood = [query for text in asked if (query := asking.understood(text)) is not None]
    found = []
    for number, row in enumerate(rows):
        now = read.get(row.activity_id)
        mood = now.as_shown.sentiment if now and now.sentiment else row.mood
        own = [each for each in row.found_by if search and each.search_id == search.id]
        found.append(
            Card(
                id=row.activity_id,
                face=records.Face(name=row.name or row.address, key=row.address, network=row.network),
                name=row.name or row.address,
                at=row.at,
                channel=row.channel,
                is_private=row.is_private,
                is_deleted=row.is_deleted,
                pieces=tuple(pieces_of(row.text, understood)),
                mood=said.mood_of(now) if now and now.sentiment else UNHAPPY.get(mood, ""),
                mood_words=str(said.SENTIMENTS.get(mood, "")),
                language=said.language_name(((now.language if now else "") or row.language).split("-")[0]),
                reach=row.reach,
                state=row.state,
                conversation_href=f"{reverse('inbox-conversation', args=[row.conversation_id])}#message-{row.activity_id}"
                if row.conversation_id
                else "",
                by=row.found_by,
                search_id=search.id if search else None,
                verdict=own[0].verdict if own else 0,
                is_current=number == 0,
            )
        )
    return found


def pieces_of(text: str, queries: Sequence[Query]) -> list[Piece]:
    """A text in pieces, cut around the first word that it was found by."""
    line = " ".join(text.split())
    marks = sorted({mark for query in queries for mark in matching.marks_in(query, line)})
    begin = max(0, marks[0][0] - BEFORE) if marks and marks[0][0] > SHOWN // 2 else 0
    end = min(len(line), begin + SHOWN)
    found: list[Piece] = []
    at = begin
    for first, last in marks:
        if first < at or last > end:
            continue
        if first > at:
            found.append(_piece(line[at:first], is_mark=False))
        found.append(_piece(line[first:last], is_mark=True))
        at = last
    if at < end:
        found.append(_piece(line[at:end], is_mark=False))
    if begin:
        found.insert(0, _piece("… ", is_mark=False))
    if end < len(line):
        found.append(_piece("…", is_mark=False))
    return found


def _piece(text: str, *, is_mark: bool) -> Piece:
    """What renders one line takes the spaces at its ends away: they are put back by the template."""
    return Piece(text, is_mark, " " if text[:1] == " " else "", " " if text[-1:] == " " and len(text) > 1 else "")


def precision_words(precision: Precision) -> str:
    """How much is relevant, with its interval: "71 % relevant (52 to 84 %), of 21 judged"."""
    if precision.share is None:
        return _("nobody has said yet what is relevant")
    low, high = precision.interval
    return ngettext(
        "%(share)d %% relevant (%(low)d%(to)s%(high)d %%), of %(count)d judged",
        "%(share)d %% relevant (%(low)d%(to)s%(high)d %%), of %(count)d judged",
        precision.judged,
    ) % {
        "share": round(100 * precision.share),
        "low": round(100 * low),
        "high": round(100 * high),
        "to": TO,
        "count": precision.judged,
    }
