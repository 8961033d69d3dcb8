"""Parts of a whole with their uncertainty, where one loud voice must not decide: people are drawn anew, not posts.

Source: the bootstrap over clusters (Davison and Hinkley 1997, 3.8): everybody's posts stay together, people are drawn with replacement.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

DRAWS = 2_000
INSIDE = 0.9
SEED = 20_240_229
MOST_PEOPLE = 20_000


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the whole: 0 to 1, with an interval of 9 in 10; `people` and `posts` behind it, `loudest` the share of its posts by one."""

    name: str
    share: float
    low: float
    high: float
    people: int
    posts: int
    loudest: float


def shares(names: Sequence[str], posts: Mapping[int, Sequence[int]], *, by_people: bool = True) -> list[Share]:
    """The share of each name. `posts` has for every person how many posts of theirs name each.

    By people everybody has one vote, split evenly among the names they spoke of; else every post counts.
    """
    if not posts:
        return [Share(name, 0.0, 0.0, 1.0, 0, 0, 0.0) for name in names]
    counted = np.array([posts[person] for person in sorted(posts)], float)
    weight = counted
    if by_people:
        spoke = (counted > 0).astype(float)
        weight = spoke / np.maximum(spoke.sum(axis=1, keepdims=True), 1.0)
    total = weight.sum()
    middle = weight.sum(axis=0) / total if total else np.zeros(len(names))
    low, high = _bootstrap(weight)
    return [
        Share(
            name,
            float(middle[at]),
            float(min(low[at], middle[at])),
            float(max(high[at], middle[at])),
            int((counted[:, at] > 0).sum()),
            int(counted[:, at].sum()),
            float(counted[:, at].max() / max(counted[:, at].sum(), 1.0)),
        )
        for at, name in enumerate(names)
    ]


def _bootstrap(weight: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> tuple[list[float], list[float]]:
    """Ends of the interval of each column's share. A quarter of a person on each name keeps the ends honest where few spoke."""
    chance = np.random.default_rng(SEED)
    people, names = weight.shape
    draws = np.empty((DRAWS, names))
    for begin in range(0, DRAWS, 100):
        times = chance.multinomial(people, np.full(people, 1 / people), size=100)
        draws[begin : begin + 100] = times @ weight + chance.gamma(0.25, size=(100, names))
    part = draws / np.maximum(draws.sum(axis=1, keepdims=True), 1e-9)
    outside = (1 - INSIDE) / 2
    return list(np.quantile(part, outside, axis=0)), list(np.quantile(part, 1 - outside, axis=0))


def wilson(part: int, whole: int, z: float = 1.645) -> tuple[float, float]:
    """Wilson's interval of a share (1927), of 9 in 10 by default; (0, 1) of nothing."""
    if whole <= 0:
        return 0.0, 1.0
    share = part / whole
    centre = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * np.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))
