"""What rises is computed from the newest texts and kept until it is computed again: words, pairs of words, hashtags, and topics.

A topic is a group of like texts that nobody has named (`engines.language.discovering`). People are counted and not posts, and what fewer
than five people say is not kept: it may tell who somebody is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction

from midchannel.engines import wording
from midchannel.engines.alarm import rising
from midchannel.engines.alarm.rising import LEAST_PEOPLE, Rise
from midchannel.engines.language import discovering
from midchannel.engines.language.discovering import NAMED_BY, Group
from midchannel.outside.channels.kinds import TALK, Flag
from midchannel.platform import ids
from midchannel.platform.database.bulk import array, copy_rows, execute, fetch, text_array

LENGTHS = (24, 168)
"""Hours looked at: a day, a week. Each is compared with four times as long before it."""
BEFORE = 4
MOST_TEXTS, MOST_GROUPED = 60_000, 20_000
LONGEST = 1_000
MOST_KEPT = 40
EXAMPLES = 30
NOT_SAID = int(Flag.OUTGOING | Flag.AUTOMATIC | Flag.DELETED | Flag.PRIVATE)


@dataclass(frozen=True, slots=True)
class Post:
    """A text of the time that is looked at. `person` is somebody in one stretch of it; `is_named`: it has a topic of the company."""

    id: int
    person: int
    is_now: bool
    is_named: bool
    text: str


@dataclass(frozen=True, slots=True)
class Risen:
    """What rises, with some posts; `words` only of a topic."""

    rise: Rise
    activity_ids: Sequence[int]
    words: tuple[str, ...] = ()


def compute(hours: int, *, now: datetime) -> int:
    """Compute what rose in the last hours, in public. Returns how much is kept."""
    posts = _posts(hours, now=now)
    people = _people(posts)
    terms, tested = _terms(posts, people)
    kept = [*terms, *_topics(posts, before=_topics_before(hours))]
    counted = (sum(post.is_now for post in posts), len(people[True]), len(people[False]), tested)
    _keep(hours, kept, counted, now=now)
    return len(kept)


def _posts(hours: int, *, now: datetime) -> list[Post]:
    length, begin = timedelta(hours=hours), now - timedelta(hours=hours)
    since = now - length * (BEFORE + 1)
    rows = fetch(
        "SELECT a.id, a.handle_id, a.at, s.topics IS NOT NULL, left(a.text, %s) FROM activity a LEFT JOIN signal s ON s.id = a.id"
        " WHERE a.kind = ANY(%s::int[]) AND a.flags & %s = 0 AND a.text <> '' AND a.id >= %s AND a.at >= %s AND a.at <= %s"
        " ORDER BY a.id DESC LIMIT %s",
        [LONGEST, array(map(int, TALK)), NOT_SAID, ids.at(since), since, now, MOST_TEXTS],
    )
    # Somebody counts once a stretch of this length, so that five stretches are compared like with like.
    return [
        Post(identifier, hash((handle_id, int((now - at) / length))), at >= begin, is_named, text)
        for identifier, handle_id, at, is_named, text in rows
    ]


def _people(posts: Iterable[Post]) -> dict[bool, set[int]]:
    """Who said something now, and who before."""
    found: dict[bool, set[int]] = {True: set(), False: set()}
    for post in posts:
        found[post.is_now].add(post.person)
    return found


def _terms(posts: Sequence[Post], everybody: Mapping[bool, set[int]]) -> tuple[list[Risen], int]:
    """The words, pairs and hashtags that rise, and how many were tested."""
    people: dict[bool, dict[str, set[int]]] = {True: defaultdict(set), False: defaultdict(set)}
    examples: dict[str, list[int]] = defaultdict(list)
    for post in posts:
        for term in set(terms_of(post.text)):
            people[post.is_now][term].add(post.person)
            if post.is_now and len(examples[term]) < EXAMPLES:
                examples[term].append(post.id)
    had = Counter({term: len(who) for term, who in people[True].items()})
    before = {term: len(people[False][term]) for term in had if term in people[False]}
    rises = rising.rising(had, before, people_now=len(everybody[True]), people_before=len(everybody[False]))[:200]
    who = {each.term: frozenset(people[True][each.term]) for each in rises}
    kept = rising.common_root(who, rises)[:MOST_KEPT]
    tested = sum(count >= LEAST_PEOPLE for count in had.values())
    return [Risen(each, examples[each.term]) for each in kept], tested


def _topics(posts: Sequence[Post], *, before: Sequence[Group]) -> list[Risen]:
    """Groups of like texts that more people add to than before, without those that the company has named already."""
    sample = posts[:: 1 + len(posts) // MOST_GROUPED]
    members: dict[str, list[Post]] = {}
    words: dict[str, tuple[str, ...]] = {}
    for group in discovering.discover([post.text for post in sample], before=before):
        inside = [sample[place] for place in group.texts]
        fresh = [post for post in inside if post.is_now]
        said = tuple(word for word in group.words if _is_common(word, inside))
        is_known = any(group.name == each.name for each in before)
        name = group.name if is_known else " ".join(said[:NAMED_BY])
        if said and 2 * sum(post.is_named for post in fresh) < len(fresh):
            members[name], words[name] = inside, said
    people = {name: _people(inside) for name, inside in members.items()}
    everybody = _people(sample)
    rises = rising.rising(
        {name: len(who[True]) for name, who in people.items()},
        {name: len(who[False]) for name, who in people.items()},
        people_now=len(everybody[True]),
        people_before=len(everybody[False]),
    )
    return [
        Risen(each, [post.id for post in members[each.term] if post.is_now][:EXAMPLES], words[each.term])
        for each in rises
    ]


def _is_common(word: str, posts: Iterable[Post]) -> bool:
    """Whether enough people say a word for it to be shown."""
    return len({post.person for post in posts if word in post.text.lower()}) >= LEAST_PEOPLE


def _topics_before(hours: int) -> list[Group]:
    """The topics of the last time, for their names."""
    rows = fetch("SELECT term, words FROM rising_term WHERE hours = %s AND words <> '{}' ORDER BY place", [hours])
    return [Group(name, tuple(words), (), 0.0) for name, words in rows]


def terms_of(text: str) -> Iterator[str]:
    """Hashtags, words that say something, and pairs of them that stand side by side."""
    yield from (tag.casefold() for tag in _hashtags(text))
    words = wording.words_of(text, wording.language_of(text))
    yield from words
    yield from (f"{one} {two}" for one, two in pairwise(words) if one != two)


def _hashtags(text: str) -> Iterable[str]:
    return (each.rstrip(".,;:!?)") for each in text.split() if each.startswith("#") and len(each) > 2)


@transaction.atomic
def _keep(hours: int, risen: Sequence[Risen], counted: tuple[int, int, int, int], *, now: datetime) -> None:
    execute("DELETE FROM rising_term WHERE hours = %s", [hours])
    copy_rows(
        "rising_term",
        ("computed_at", "hours", "place", "term", "now", "before", "ratio", "low", "high", "chance", "activity_ids", "words"),
        (
            (now.isoformat(), hours, place, each.term, each.now, each.before, each.ratio, each.low, each.high, each.chance,
             array(kept.activity_ids), text_array(kept.words))
            for place, kept in enumerate(risen) for each in (kept.rise,)
        ),
    )  # fmt: skip
    execute(
        "INSERT INTO rising_state (hours, computed_at, posts, people, before_people, tested) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (hours) DO UPDATE SET computed_at = excluded.computed_at, posts = excluded.posts, people = excluded.people,"
        " before_people = excluded.before_people, tested = excluded.tested",
        [hours, now, *counted],
    )
