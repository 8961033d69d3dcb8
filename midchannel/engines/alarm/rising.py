"""What is said more now than before: rate ratios for many terms at once, with intervals, controlled for looking at so many.

People are counted, not posts: one who repeats a word all day makes no trend. Given how many used a term now and before, the number now
is binomial if nothing changed; its tail is the p-value (the exact conditional test of two Poisson rates: Przyborowski and Wilenski 1940).
The interval of the ratio comes from Clopper and Pearson's of that share. Terms are kept by Benjamini and Hochberg (1995): of those that
are shown, at most `false_share` are expected to be chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincinv

LEAST_PEOPLE = 5
LEAST_RATIO = 1.5
FALSE_SHARE = 0.05
INSIDE = 0.9


@dataclass(frozen=True, slots=True)
class Rise:
    """A term that rises: people now and before, how many times as often (`ratio`, and an interval of 9 in 10), and its p-value."""

    term: str
    now: int
    before: int
    ratio: float
    low: float
    high: float
    chance: float


def rising(
    now: Mapping[str, int],
    before: Mapping[str, int],
    *,
    people_now: int,
    people_before: int,
    false_share: float = FALSE_SHARE,
    least_people: int = LEAST_PEOPLE,
) -> list[Rise]:
    """Terms that are used by more people than before, the surest first.

    `now` and `before` count people by term; `people_now`, `people_before` everybody who said anything (people and days together), so that
    a busy day raises nothing by itself.
    """
    terms = [term for term, count in now.items() if count >= least_people]
    if not terms or people_now <= 0 or people_before <= 0:
        return []
    had = np.array([now[term] for term in terms], float)
    earlier = np.array([before.get(term, 0) for term in terms], float)
    share = people_now / (people_now + people_before)
    chances = betainc(had, earlier + 1, share)
    low, high = _interval(had, earlier)
    odds = people_before / people_now
    kept = []
    for at in _benjamini_hochberg(chances, false_share):
        ratio = (had[at] + 0.5) / (earlier[at] + 0.5) * odds
        if ratio < LEAST_RATIO:
            continue
        lowest, highest = (float(end[at] / max(1 - end[at], 1e-9) * odds) for end in (low, high))
        kept.append(Rise(terms[at], int(had[at]), int(earlier[at]), float(ratio), lowest, highest, float(chances[at])))
    return sorted(kept, key=lambda each: (each.chance, -each.ratio, each.term))


def _benjamini_hochberg(chances: np.ndarray[tuple[int], np.dtype[np.float64]], false_share: float) -> list[int]:
    order = np.argsort(chances, kind="stable")
    count = len(order)
    passed = np.nonzero(chances[order] <= false_share * (np.arange(count) + 1) / count)[0]
    return [int(at) for at in order[: passed[-1] + 1]] if len(passed) else []


def _interval(
    had: np.ndarray[tuple[int], np.dtype[np.float64]], earlier: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Clopper and Pearson's interval of the share that is now."""
    outside = (1 - INSIDE) / 2
    low = np.where(had > 0, betaincinv(np.maximum(had, 1e-9), earlier + 1, outside), 0.0)
    high = np.where(earlier > 0, betaincinv(had + 1, np.maximum(earlier, 1e-9), 1 - outside), 1.0)
    return low, high


def common_root(terms: Mapping[str, frozenset[int]], rises: list[Rise]) -> list[Rise]:
    """Without terms that are only part of a longer one said by the same people: "card" beside "card arrival". Hashtags stay.

    `terms` are who said them.
    """
    kept: list[Rise] = []
    for rise in sorted(rises, key=lambda each: (-len(each.term.split()), each.chance)):
        words = set(rise.term.lstrip("#").split())
        longer = [each for each in kept if words < set(each.term.lstrip("#").split())]
        own = terms.get(rise.term, frozenset())
        if rise.term.startswith("#") or not any(
            len(own & terms.get(each.term, frozenset())) >= 0.7 * len(own) for each in longer
        ):
            kept.append(rise)
    return sorted(kept, key=lambda each: (each.chance, -each.ratio, each.term))
