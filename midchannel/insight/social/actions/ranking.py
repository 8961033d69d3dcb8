"""Everybody's place among the people who talk about the company, and their communities, computed anew."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from midchannel.engines import wording
from midchannel.insight.social.models import Community, Ranking
from midchannel.outside.channels.kinds import TALK, Flag
from midchannel.outside.channels.queries.talking import NOT_PUBLIC_TALK
from midchannel.platform.database.bulk import array, fetch

WINDOW = timedelta(days=180)
HALF_LIFE = timedelta(days=30)
DAMPING = 0.85
SEED = 1988
DRAWS = 20
# Communities that are shown and described; the rest are too small to be called one.
MOST_COMMUNITIES, LEAST_SIZE = 50, 3
TOP_HANDLES, TOP_WORDS, TEXTS = 6, 8, 400


@dataclass(frozen=True, slots=True)
class Ranked:
    """One handle's place. `above` is the share of the others that is listened to less, None where nobody turned to them at all.

    `listeners` turned to them, `talks` times. `community` is a number of the ranking's, None for a group too small to be called one.
    """

    handle_id: int
    above: float | None
    low: float
    high: float
    place: int
    listeners: int
    talks: int
    community: int | None


@dataclass(frozen=True, slots=True)
class _Heard:
    """Ties in the window, and what everybody said in public: decayed numbers of activities, and of those addressed to the company."""

    ties: list[tuple[int, int, float, int]]
    voices: dict[int, float]


def rank(*, now: datetime) -> tuple[int, list[Ranked]]:
    """Rank everybody who spoke in public in the last 180 days, or was spoken to; what is 30 days old counts half.

    Keeps the ranking with its communities, and returns its id and everybody's place. Nobody spoke: (0, []). Imports NumPy and SciPy.
    """
    import numpy as np

    from midchannel.engines import influence

    heard = _hear(now)
    handles = sorted(heard.voices.keys() | {end for tie in heard.ties for end in tie[:2]})
    if not handles:
        Ranking.objects.all().delete()
        return 0, []
    number = {handle_id: index for index, handle_id in enumerate(handles)}
    sources = np.fromiter((number[tie[0]] for tie in heard.ties), np.int64, len(heard.ties))
    targets = np.fromiter((number[tie[1]] for tie in heard.ties), np.int64, len(heard.ties))
    weights = np.fromiter((tie[2] for tie in heard.ties), np.float64, len(heard.ties))
    graph = influence.graph_of(len(handles), sources, targets, weights)
    groups = influence.group(graph, seed=SEED)
    voices = np.array([heard.voices.get(handle_id, 0.0) for handle_id in handles])
    drawn = influence.toward(groups.of, voices)
    standing = influence.standing_of(graph, toward=drawn, damping=DAMPING, draws=DRAWS, seed=SEED)
    times = np.fromiter((tie[3] for tie in heard.ties), np.float64, len(heard.ties))
    talks = np.bincount(targets, times, minlength=len(handles))
    listeners = np.bincount(graph.targets, minlength=len(handles))
    shares = np.bincount(groups.of, voices)
    names = _numbers(groups.sizes.tolist(), shares.tolist())
    ranking_id = _keep(handles, heard, groups, standing.rank, names, shares, now=now)
    # The best of those who are alike has the place of all of them.
    places = 1 + np.round((1 - standing.above) * max(len(handles) - 1, 0)).astype(int)
    places -= _ties_above(standing.above)
    return ranking_id, [
        Ranked(
            handle_id=handle_id,
            above=float(standing.above[i]) if listeners[i] else None,
            low=float(standing.low[i]),
            high=float(standing.high[i]),
            place=max(1, int(places[i])),
            listeners=int(listeners[i]),
            talks=int(talks[i]),
            community=names.get(int(groups.of[i])),
        )
        for i, handle_id in enumerate(handles)
    ]


def _ties_above(above: Any) -> Any:
    """How many others share each one's place."""
    import numpy as np

    _values, inverse, counts = np.unique(above, return_inverse=True, return_counts=True)
    return counts[inverse] - 1


def _hear(now: datetime) -> _Heard:
    since, half = now - WINDOW, HALF_LIFE.total_seconds()
    # People whom links say to be one do not raise each other.
    ties = fetch(
        "SELECT t.from_id, t.to_id, sum(power(0.5, greatest(extract(epoch FROM %(now)s - t.at), 0) / %(half)s))::float8, count(*)"
        " FROM talk t LEFT JOIN source_record f ON f.handle_id = t.from_id LEFT JOIN source_record o ON o.handle_id = t.to_id"
        " WHERE t.at >= %(since)s AND f.customer_id IS DISTINCT FROM o.customer_id OR t.at >= %(since)s AND f.customer_id IS NULL"
        " GROUP BY 1, 2",
        {"now": now, "half": half, "since": since},
    )
    voices = fetch(
        "SELECT handle_id, sum(CASE WHEN flags & %(addressed)s <> 0 THEN 1.0 ELSE 0.0 END"
        " * power(0.5, greatest(extract(epoch FROM %(now)s - at), 0) / %(half)s))::float8 FROM activity"
        " WHERE at >= %(since)s AND kind = ANY(%(talk)s::int[]) AND flags & %(quiet)s = 0 GROUP BY 1",
        {
            "now": now,
            "half": half,
            "since": since,
            "addressed": int(Flag.ADDRESSED),
            "talk": array(map(int, TALK)),
            "quiet": NOT_PUBLIC_TALK,
        },
    )
    return _Heard(ties, dict(voices))


def _numbers(sizes: list[int], voices: list[float]) -> dict[int, int]:
    """The communities that are large enough, numbered from 1 by how much they say to the company."""
    large = [index for index, size in enumerate(sizes) if size >= LEAST_SIZE]
    large.sort(key=lambda index: (-voices[index], -sizes[index], index))
    return {index: place for place, index in enumerate(large[:MOST_COMMUNITIES], start=1)}


def _keep(  # noqa: PLR0917 - what one ranking is made of
    handles: list[int], heard: _Heard, groups: Any, rank_of: Any, names: dict[int, int], shares: Any, *, now: datetime
) -> int:
    """Write the ranking and its communities; those before go."""
    kept = Ranking(
        at=now,
        since=now - WINDOW,
        people=len(handles),
        ties=len(heard.ties),
        communities=len(names),
        modularity=groups.modularity,
        method=groups.method,
    )
    total = float(shares.sum())
    made = []
    for index, number in names.items():
        members = sorted((i for i in (groups.of == index).nonzero()[0].tolist()), key=lambda i: (-rank_of[i], i))
        made.append(
            Community(
                ranking=kept,
                number=number,
                size=len(members),
                voice=float(shares[index]) / total if total else 0.0,
                handles=[handles[i] for i in members[:TOP_HANDLES]],
                words=_words([handles[i] for i in members[:200]]),
            )
        )
    with transaction.atomic():
        Ranking.objects.all().delete()
        kept.save()
        Community.objects.bulk_create(made)
    return int(kept.pk)


def _words(handle_ids: list[int]) -> list[str]:
    """What a community talks about more than everybody does, in its main language. Only words that five people use can appear."""
    texts = fetch(
        "SELECT left(a.text, 1000) FROM unnest(%s::bigint[]) AS h(id) CROSS JOIN LATERAL (SELECT a.text FROM activity a"
        " WHERE a.handle_id = h.id AND a.kind IN (1, 2) AND a.flags & %s = 0 AND a.text <> '' ORDER BY a.at DESC LIMIT 20) a LIMIT %s",
        [array(handle_ids), NOT_PUBLIC_TALK, TEXTS],
    )
    languages = Counter(wording.language_of(text) for (text,) in texts)
    if not languages:
        return []
    language = languages.most_common(1)[0][0]
    counts = Counter(word for (text,) in texts for word in wording.words_of(text, language))
    known = dict(
        fetch(
            "SELECT word, count FROM word_total WHERE language = %s AND word = ANY(%s)", [language, ["", *list(counts)]]
        )
    )
    theirs = {word: count for word, count in counts.items() if word in known}
    found = wording.typical(theirs, known, total=known.get("", 0))
    return [each.word for each in found[:TOP_WORDS]]
