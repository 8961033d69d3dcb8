"""How typical a word is of somebody, against everybody else."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

PRIOR, PRIOR_SHARE = 500.0, 0.1


@dataclass(frozen=True, slots=True)
class Typical:
    """A word, how often they said it, how much more often than others (a ratio of odds), and how sure that is (standard errors)."""

    word: str
    count: int
    times: float
    z: float


def typical(
    theirs: Mapping[str, int], everybody: Mapping[str, int], *, total: int, least_z: float = 1.96, least_count: int = 2
) -> list[Typical]:
    """The words somebody says more often than others do, the surest first.

    `everybody` counts these words in all texts (theirs included), `total` all words of all texts. The prior is everybody's use, weighed as
    500 words (a tenth of all, where these are few): who has said little is thought to speak like everybody. Only words said
    `least_count` times, and `least_z` standard errors above 0, are given.
    """
    mine = sum(theirs.values())
    whole = max(total, mine, 1)
    others = whole - mine
    weight = min(PRIOR, PRIOR_SHARE * whole)
    found = []
    for word, count in theirs.items():
        used = max(everybody.get(word, 0), count)
        prior = weight * used / whole
        here = _log_odds(count + prior, mine + weight)
        there = _log_odds(used - count + prior, others + weight)
        error = math.sqrt(1 / (count + prior) + 1 / (used - count + prior))
        z = (here - there) / error
        if count >= least_count and z >= least_z:
            found.append(Typical(word, count, math.exp(here - there), z))
    return sorted(found, key=lambda each: (-each.z, each.word))


def _log_odds(part: float, whole: float) -> float:
    return math.log(part) - math.log(max(whole - part, 1e-9))
