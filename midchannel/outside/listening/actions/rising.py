"""What rises is computed from the newest texts and kept until it is computed again: words, pairs of words and hashtags.

People are counted and not posts, and a term that fewer than five people use is not kept: it may tell who somebody is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction

from midchannel.engines import wording
from midchannel.engines.alarm import rising
from midchannel.engines.alarm.rising import Rise
from midchannel.outside.channels.kinds import TALK, Flag
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch

LENGTHS = (24, 168)
"""Hours looked at: a day, a week. Each is compared with four times as long before it."""
BEFORE = 4
MOST_TEXTS = 60_000
LONGEST = 1_000
MOST_KEPT = 40
EXAMPLES = 30
NOT_SAID = int(Flag.OUTGOING | Flag.AUTOMATIC | Flag.DELETED | Flag.PRIVATE)


def compute(hours: int, *, now: datetime) -> int:
    """Compute what rose in the last hours, in public. Returns how many terms are kept."""
    people: dict[bool, dict[str, set[int]]] = {True: defaultdict(set), False: defaultdict(set)}
    everybody: dict[bool, set[tuple[int, int]]] = {True: set(), False: set()}
    examples: dict[str, list[int]] = defaultdict(list)
    begin = now - timedelta(hours=hours)
    posts = 0
    for identifier, handle_id, at, text in _texts(now - timedelta(hours=hours * (BEFORE + 1)), now):
        is_now = at >= begin
        posts += is_now
        # Somebody counts once a stretch of this length, so that five stretches are compared like with like.
        stretch = int((now - at) / timedelta(hours=hours))
        person = hash((handle_id, stretch))
        everybody[is_now].add((handle_id, stretch))
        for term in set(terms_of(text)):
            people[is_now][term].add(person)
            if is_now and len(examples[term]) < EXAMPLES:
                examples[term].append(identifier)
    had = Counter({term: len(who) for term, who in people[True].items()})
    before = {term: len(people[False][term]) for term in had if term in people[False]}
    rises = rising.rising(had, before, people_now=len(everybody[True]), people_before=len(everybody[False]))
    who = {each.term: frozenset(people[True][each.term]) for each in rises[:200]}
    kept = rising.common_root(who, rises[:200])[:MOST_KEPT]
    tested = sum(1 for count in had.values() if count >= rising.LEAST_PEOPLE)
    counted = (posts, len(everybody[True]), len(everybody[False]), tested)
    _keep(hours, kept, examples, counted, now=now)
    return len(kept)


def terms_of(text: str) -> Iterator[str]:
    """Hashtags, words that say something, and pairs of them that stand side by side."""
    yield from (tag.casefold() for tag in _hashtags(text))
    words = wording.words_of(text, wording.language_of(text))
    yield from words
    yield from (f"{one} {two}" for one, two in pairwise(words) if one != two)


def _hashtags(text: str) -> Iterable[str]:
    return (each.rstrip(".,;:!?)") for each in text.split() if each.startswith("#") and len(each) > 2)


def _texts(since: datetime, until: datetime) -> list[tuple[int, int, datetime, str]]:
    return fetch(
        "SELECT id, handle_id, at, left(text, %s) FROM activity WHERE kind = ANY(%s::int[]) AND flags & %s = 0 AND text <> ''"
        " AND id >= %s AND at >= %s AND at <= %s ORDER BY id DESC LIMIT %s",
        [LONGEST, array(map(int, TALK)), NOT_SAID, ids.at(since), since, until, MOST_TEXTS],
    )


@transaction.atomic
def _keep(
    hours: int, rises: list[Rise], examples: dict[str, list[int]], counted: tuple[int, int, int, int], *, now: datetime
) -> None:
    execute("DELETE FROM rising_term WHERE hours = %s", [hours])
    copy_rows(
        "rising_term",
        ("computed_at", "hours", "place", "term", "now", "before", "ratio", "low", "high", "chance", "activity_ids"),
        (
            (now.isoformat(), hours, place, each.term, each.now, each.before, each.ratio, each.low, each.high, each.chance,
             array(examples[each.term]))
            for place, each in enumerate(rises)
        ),
    )  # fmt: skip
    execute(
        "INSERT INTO rising_state (hours, computed_at, posts, people, before_people, tested) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (hours) DO UPDATE SET computed_at = excluded.computed_at, posts = excluded.posts, people = excluded.people,"
        " before_people = excluded.before_people, tested = excluded.tested",
        [hours, now, *counted],
    )
