"""Communities: people who talk with each other more than with the rest.

With networkit installed by its parallel Louvain method (PLM; Staudt and Meyerhenke, 2016) on one thread with a fixed seed; without, by
label propagation (Raghavan, Albert and Kumara, 2007) with half of the people moving at a time, so that it settles. Both take the graph
without direction. Communities are numbered from 0, the largest first.
"""

import importlib.util
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from midchannel.engines.influence.graph import Graph, Whole

ROUNDS = 60
SMALLEST_WEIGHT = 1e-12


@dataclass(frozen=True, slots=True)
class Groups:
    """`of` is everybody's community, `sizes` how many are in each, `method` what found them, `modularity` how marked they are (up to 1)."""

    of: Whole
    sizes: Whole
    method: str
    modularity: float


def has_networkit() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("networkit") is not None


def group(graph: Graph, *, seed: int = 1, method: str = "") -> Groups:
    """Find the communities; the same seed gives the same ones. `method` is "plm" or "labels"; empty: the best that is there."""
    chosen = method or ("plm" if has_networkit() else "labels")
    both = _both_ways(graph)
    found = _by_plm(both, seed) if chosen == "plm" else _by_labels(both, seed)
    numbered, sizes = _numbered(found)
    return Groups(numbered, sizes, chosen, _modularity(both, numbered))


def _both_ways(graph: Graph) -> sparse.csr_array:
    matrix = graph.matrix()
    return sparse.csr_array(matrix + matrix.T)


def _by_plm(both: sparse.csr_array, seed: int) -> Whole:
    import networkit

    networkit.setNumberOfThreads(1)
    networkit.setSeed(seed, False)
    upper = sparse.triu(both, format="coo")
    made = networkit.GraphFromCoo(
        (upper.data.astype(np.float64), (upper.row.astype(np.uint64), upper.col.astype(np.uint64))),
        n=both.shape[0],
        weighted=True,
    )
    finder = networkit.community.PLM(made, refine=True)
    finder.run()
    return np.asarray(finder.getPartition().getVector(), dtype=np.int64)


def _by_labels(both: sparse.csr_array, seed: int) -> Whole:
    size = both.shape[0]
    chance = np.random.default_rng(seed)
    labels = np.arange(size, dtype=np.int64)
    people = np.arange(size)
    for _ in range(ROUNDS):
        belongs = sparse.csr_array((np.ones(size), (people, labels)), shape=(size, size))
        pull = sparse.csr_array(both @ belongs)
        wanted = _strongest(pull, labels)
        moving = (wanted != labels) & (chance.random(size) < 0.5)
        if not np.any(wanted != labels):
            break
        labels = np.where(moving, wanted, labels)
    return labels


def _strongest(pull: sparse.csr_array, labels: Whole) -> Whole:
    """The label that pulls each the most; one's own where it pulls as much, else the smallest of those alike."""
    rows = np.repeat(np.arange(pull.shape[0]), np.diff(pull.indptr))
    strength = np.round(pull.data, 9) + np.where(pull.indices == labels[rows], SMALLEST_WEIGHT, 0.0)
    order = np.lexsort((pull.indices, -strength, rows))
    first = np.unique(rows[order], return_index=True)
    wanted = labels.copy()
    wanted[first[0]] = pull.indices[order][first[1]]
    return wanted


def _numbered(found: Whole) -> tuple[Whole, Whole]:
    """Communities numbered by size, the largest first; of those alike, by who is in them."""
    if not len(found):
        return found, np.zeros(0, dtype=np.int64)
    _names, firsts, inverse, counts = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((firsts, -counts))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place[inverse].astype(np.int64), counts[order].astype(np.int64)


def _modularity(both: sparse.csr_array, groups: Whole) -> float:
    """Newman's modularity: the share of weight inside communities beyond what chance would put there."""
    total = float(both.sum())
    if total <= 0:
        return 0.0
    edges = both.tocoo()
    inside = float(edges.data[groups[edges.row] == groups[edges.col]].sum())
    degrees = np.bincount(groups, np.asarray(both.sum(axis=1)).ravel())
    return inside / total - float(((degrees / total) ** 2).sum())
