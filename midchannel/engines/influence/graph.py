"""A graph of people: an edge goes from who listens to who is listened to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Graph:
    """`size` people, numbered from 0. Edges once each, sorted by source; nobody listens to themselves; weights above 0."""

    size: int
    sources: Whole
    targets: Whole
    weights: Floats

    def matrix(self, weights: Floats | None = None) -> sparse.csr_array:
        """The adjacency matrix, sources in rows."""
        given = self.weights if weights is None else weights
        return sparse.csr_array((given, (self.sources, self.targets)), shape=(self.size, self.size))


def graph_of(size: int, sources: Whole, targets: Whole, weights: Floats) -> Graph:
    """Make one of any edges: several between the same two are added up, loops and weights of 0 are left out.

    Raises ValueError for a number that is nobody's, and for a weight that is negative or no number.
    """
    sources, targets = np.asarray(sources, dtype=np.int64), np.asarray(targets, dtype=np.int64)
    weights = np.asarray(weights, dtype=np.float64)
    if len(sources) and not 0 <= min(sources.min(), targets.min()) <= max(sources.max(), targets.max()) < size:
        raise ValueError("an edge names somebody who is not there")
    if np.any(weights < 0) or not np.all(np.isfinite(weights)):
        raise ValueError("a weight is a number that is not negative")
    kept = (sources != targets) & (weights > 0)
    summed = sparse.coo_array((weights[kept], (sources[kept], targets[kept])), shape=(size, size)).tocsr()
    summed.sum_duplicates()
    ordered = summed.tocoo()
    return Graph(size, ordered.row.astype(np.int64), ordered.col.astype(np.int64), ordered.data)
