"""PageRank, and how sure a place by it is.

Source: Page, Brin, Motwani and Winograd, "The PageRank Citation Ranking" (1999); personalised by Haveliwala, "Topic-Sensitive PageRank"
(2002). Somebody is listened to when people are who are listened to themselves; with a chance of 1 - damping the walk begins anew, at
people drawn by `toward`.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from midchannel.engines.influence.graph import Floats, Graph, Whole

DAMPING = 0.85


@dataclass(frozen=True, slots=True)
class Standing:
    """Everybody's place. `rank` is PageRank (sums to 1), `above` the share of the others that is listened to less, 0 to 1.

    `low` and `high` hold 90 % of what `above` is when the same people had happened to speak a little more or less (see `standing_of`).
    """

    rank: Floats
    above: Floats
    low: Floats
    high: Floats


def pagerank(
    graph: Graph,
    *,
    toward: Floats | None = None,
    damping: float = DAMPING,
    weights: Floats | None = None,
    precision: float = 1e-9,
    rounds: int = 200,
) -> Floats:
    """PageRank of everybody; sums to 1. `toward` is how much each is drawn when the walk begins anew (any scale, not all 0).

    Who listens to nobody passes on their rank as the walk begins anew. Stops when a round moves less than `precision` in total.
    """
    if graph.size == 0:
        return np.zeros(0)
    start = np.full(graph.size, 1 / graph.size) if toward is None else np.asarray(toward, dtype=float)
    if np.any(start < 0) or start.sum() <= 0:
        raise ValueError("the walk has to begin somewhere")
    start = start / start.sum()
    heard = graph.weights if weights is None else weights
    given = np.bincount(graph.sources, heard, minlength=graph.size)
    mute = given <= 0
    shares = heard / np.where(mute, 1.0, given)[graph.sources]
    onward = sparse.csr_array((shares, (graph.targets, graph.sources)), shape=(graph.size, graph.size))
    rank = start.copy()
    for _ in range(rounds):
        following = damping * (onward @ rank + rank[mute].sum() * start) + (1 - damping) * start
        moved = np.abs(following - rank).sum()
        rank = following
        if moved < precision:
            break
    return np.asarray(rank / rank.sum())


def toward(groups: Whole, voices: Floats) -> Floats:
    """Where the walk begins: in groups by how much their members talk to the company, evenly among the members of each.

    `groups` numbers everybody's group from 0, `voices` is how much everybody says to the company. When nobody says anything, everybody
    alike. So those count as listened to whom the people near the company listen to, and not whoever is loud elsewhere.
    """
    if not len(groups):
        return np.zeros(0)
    sizes = np.bincount(groups)
    said = np.bincount(groups, voices)
    if said.sum() <= 0:
        return np.full(len(groups), 1 / len(groups))
    drawn = said[groups] / sizes[groups]
    return np.asarray(drawn / drawn.sum())


def standing_of(
    graph: Graph, *, toward: Floats | None = None, damping: float = DAMPING, draws: int = 20, seed: int = 1
) -> Standing:
    """Everybody's place with its interval, by a Poisson bootstrap over the edges: each is weighed by a Poisson(1) number, `draws` times."""
    rank = pagerank(graph, toward=toward, damping=damping)
    above = share_below(rank)
    chance = np.random.default_rng(seed)
    drawn = np.empty((draws, graph.size), dtype=np.float32)
    for row in drawn:
        shaken = graph.weights * chance.poisson(1.0, len(graph.weights))
        row[:] = share_below(pagerank(graph, toward=toward, damping=damping, weights=shaken, precision=1e-6))
    if draws == 0 or graph.size == 0:
        return Standing(rank, above, above, above)
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    return Standing(rank, above, np.minimum(low, above), np.maximum(high, above))


def share_below(rank: Floats) -> Floats:
    """For each, the share of the others whose rank is lower; those within rounding of each other are alike."""
    if len(rank) < 2:
        return np.zeros(len(rank))
    rounded = np.round(rank * len(rank), 7)
    return np.asarray(np.searchsorted(np.sort(rounded), rounded, side="left") / (len(rank) - 1))
