"""Listen: what arrived is asked of every standing search, right behind the arrival path.

A batch leaves one row when it is applied (`search_waiting`). Here the rows are taken, their texts matched in one go, and what was found is
kept, in the transaction in which the rows go: nothing is lost, nothing is found twice, and several workers may do it side by side. A new
search looks through history behind that, a stretch at a time. What a search with a rule finds overheard is taken up.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction

from midchannel.engines.language import reading
from midchannel.engines.searches import Matcher, Query, Said, Sense
from midchannel.middle.signals import queries as signals
from midchannel.middle.signals.queries import Signal
from midchannel.outside.channels.kinds import TALK, Flag
from midchannel.outside.listening import asking
from midchannel.outside.listening.actions import hitting, searching
from midchannel.outside.listening.actions.hitting import Found
from midchannel.outside.listening.events import MentionsFound
from midchannel.outside.listening.queries import searches
from midchannel.outside.listening.queries.searches import Standing
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, fetch
from midchannel.platform.errors import MidchannelError
from midchannel.platform.events import actions as events
from midchannel.usecases import take_up

EVERY_SECONDS = 2.0
STRETCH = 5_000
TAKEN_UP_AT_ONCE = 50
ADDRESSED, PRIVATE = int(Flag.ADDRESSED), int(Flag.PRIVATE)
NOT_SEARCHED = int(Flag.OUTGOING | Flag.AUTOMATIC | Flag.DELETED)
TALKS = array(map(int, TALK))
READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """A text as it is searched."""

    id: int
    handle_id: int
    channel_id: int
    at: datetime
    said: Said


def work(*, now: datetime) -> bool:
    """One round of the loop: what arrived, then a stretch of history. True when there may be more."""
    return hear(now=now) or look_back(now=now)


@transaction.atomic
def hear(*, now: datetime) -> bool:
    """Search what arrived. True when something was taken; what waits is gone when the transaction is through."""
    batches = hitting.take_waiting()
    if not batches:
        return False
    standing = searches.list_standing()
    if not standing:
        return True
    texts = [text for batch in batches for text in _arrived(*batch, reach=_needs_reach(standing))]
    found = hitting.note_hits(match(standing, texts))
    by_search: dict[int, int] = {}
    for each in found:
        by_search[each.search_id] = by_search.get(each.search_id, 0) + 1
    events.emit_many([MentionsFound(object_id=key, count=count) for key, count in sorted(by_search.items())], now=now)
    rules = {each.id for each in standing if each.takes_up}
    overheard = {text.id for text in texts if not text.said.is_addressed}
    wanted = [each for each in found if each.search_id in rules and each.activity_id in overheard]
    for each in wanted[:TAKEN_UP_AT_ONCE]:  # a flood is left to people: its mentions stay new
        with suppress(MidchannelError), transaction.atomic():
            take_up.take_up_by_rule(each.activity_id, each.search_id, now=now)
    return True


@transaction.atomic
def look_back(*, now: datetime) -> bool:
    """Look through a stretch of history for one search that is new or has changed. True when there may be more."""
    for standing in searches.list_standing(only_looking_back=True):
        if not fetch("SELECT 1 FROM search WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED", [standing.id]):
            continue
        texts, down_to = _before(standing.next_id, standing.end_id, reach=_needs_reach([standing]))
        hitting.note_hits(match([standing], texts))
        searching.note_looked_back(standing.id, standing.text, down_to)
        return True
    return False


def match(standing: Sequence[Standing], texts: Sequence[Heard]) -> list[Found]:
    """What some searches find in some texts. Language and mood are kept with what was found."""
    keys, sensed = _matched(_matcher(tuple((each.id, each.text) for each in standing)), texts)
    sensed |= sense_of([text for text, own in zip(texts, keys, strict=True) if own and text.id not in sensed])
    return [
        Found(
            search_id,
            text.id,
            min(text.at, ids.moment_of(text.id)),
            text.handle_id,
            text.channel_id,
            sensed[text.id].mood,
            sensed[text.id].language,
            text.said.reach,
        )
        for text, own in zip(texts, keys, strict=True)
        for search_id in own
    ]


def _matched(matcher: Matcher, texts: Sequence[Heard]) -> tuple[list[list[int]], dict[int, Sense]]:
    """Which searches find each text, and what those texts say of which that had to be known."""
    sensed: dict[int, Sense] = {}

    def read(numbers: list[int]) -> list[Sense]:
        sensed.update(sense_of([texts[number] for number in numbers]))
        return [sensed[texts[number].id] for number in numbers]

    return matcher.match([text.said for text in texts], read), sensed


@lru_cache(maxsize=4)
def _matcher(queries: tuple[tuple[int, str], ...]) -> Matcher:
    """All searches ready to be asked. One whose query cannot be understood any more (an erasure took words out of it) finds nothing."""
    understood = ((key, asking.understood(text)) for key, text in queries)
    return Matcher.of((key, query) for key, query in understood if query is not None)


def _needs_reach(standing: Iterable[Standing]) -> bool:
    queries = (asking.understood(each.text) for each in standing)
    return any(query is not None and query.needs_reach for query in queries)


def sense_of(texts: Sequence[Heard]) -> dict[int, Sense]:
    """What texts say, by activity: the signals that are kept of them; read here where there are none."""
    if not texts:
        return {}
    known = {key: _sense_of_signal(each) for key, each in signals.of_known([text.id for text in texts]).items()}
    unread = [text for text in texts if text.id not in known]
    for begin in range(0, len(unread), READ_AT_ONCE):
        portion = unread[begin : begin + READ_AT_ONCE]
        for text, said in zip(portion, reading.read([each.said.text for each in portion]), strict=True):
            intents = frozenset(name for name, _sure in said.intents)
            known[text.id] = Sense(said.language, said.sentiment, intents, frozenset(name for name, _ in said.topics))
    return known


def _sense_of_signal(signal: Signal) -> Sense:
    return Sense(signal.language, signal.sentiment, frozenset(signal.intents), frozenset(signal.topics))


TEXTS = f"""
SELECT a.id, a.handle_id, a.channel_id, a.at, a.flags, lower(ch.name), ch.network, coalesce(v.text, a.text),
 coalesce(a.data ->> 'subject', '') FROM activity a JOIN channel ch ON ch.id = a.channel_id LEFT JOIN LATERAL (
  SELECT v.text FROM activity_version v WHERE v.activity_id = a.id AND a.flags & {int(Flag.EDITED)} <> 0
  ORDER BY v.id DESC LIMIT 1) v ON true
WHERE a.kind = ANY('{TALKS}'::int[]) AND a.flags & {NOT_SEARCHED} = 0
"""
REACH = """
SELECT i, coalesce((
  SELECT max(coalesce(r.attributes ->> 'followers', r.attributes ->> 'x_followers')::bigint) FROM source_record r WHERE r.handle_id = i
  AND coalesce(r.attributes ->> 'followers', r.attributes ->> 'x_followers') ~ '^[0-9]{1,9}$'),
  (SELECT count(DISTINCT t.from_id) FROM talk t WHERE t.to_id = i)) FROM unnest(%s::bigint[]) AS i
"""


def _arrived(channel_id: int, first_id: int, last_id: int, edited: Sequence[int], *, reach: bool) -> list[Heard]:
    """The texts of a batch, and of those that it edited, as they are now."""
    rows = fetch(
        f"{TEXTS} AND ((a.id >= %(first)s AND a.id <= %(last)s AND a.channel_id = %(channel)s)"
        " OR a.id = ANY(%(edited)s::bigint[]))",
        {"first": first_id, "last": last_id, "channel": channel_id, "edited": array(edited)},
    )
    return _heard(rows, reach=reach)


def _before(next_id: int, end_id: int, *, reach: bool, limit: int = STRETCH) -> tuple[list[Heard], int]:
    """The texts of a stretch of history below an id, and the id down to which they reach."""
    rows = fetch(
        f"{TEXTS} AND a.id < %(next)s AND a.id >= %(end)s ORDER BY a.id DESC LIMIT %(limit)s",
        {"next": next_id, "end": end_id, "limit": limit},
    )
    return _heard(rows, reach=reach), rows[-1][0] if len(rows) == limit else end_id


def _heard(rows: Sequence[Sequence[Any]], *, reach: bool) -> list[Heard]:
    known: dict[int, int] = dict(fetch(REACH, [array({row[1] for row in rows})])) if reach and rows else {}
    found = []
    for identifier, handle_id, channel_id, at, flags, channel, network, words, subject in rows:
        said = Said(
            f"{subject}\n{words}" if subject else words,
            channel,
            network,
            is_addressed=bool(flags & ADDRESSED),
            is_public=not flags & PRIVATE,
            reach=known.get(handle_id),
        )
        found.append(Heard(identifier, handle_id, channel_id, at, said))
    return found


def try_on_history(query: Query, *, since: datetime, until: datetime, stop: int) -> tuple[list[Heard], int, datetime]:
    """For trying a query: what it finds of the newest texts, how many were looked at, and back to when. At most `stop` are looked at."""
    matcher = Matcher.of([(0, query)])
    next_id, end_id, looked = ids.at(until), ids.at(since), 0
    found: list[Heard] = []
    while next_id > end_id and looked < stop:
        texts, next_id = _before(next_id, end_id, reach=query.needs_reach, limit=min(STRETCH, stop - looked))
        looked += len(texts)
        keys, _sensed = _matched(matcher, texts)
        found += [text for text, own in zip(texts, keys, strict=True) if own]
    return found, looked, since if next_id <= end_id else ids.moment_of(next_id)
