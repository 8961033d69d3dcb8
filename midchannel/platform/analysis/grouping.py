"""From weighed pairs to customers, for a whole table: component by component, each split as real time splits it."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from midchannel.engines.identity import clusters, model
from midchannel.platform.analysis.frame import Longs
from midchannel.platform.analysis.weighing import Weighed


def partition(
    size: int, weighed: Weighed, verdicts: Sequence[str], *, facts: Mapping[int, Mapping[str, str]] | None = None
) -> Longs:
    """For each record the smallest place of its group."""
    group = np.arange(size)
    linked = np.flatnonzero(np.asarray(verdicts) == model.AUTO)
    graph = sparse.coo_matrix((np.ones(len(linked)), (weighed.left[linked], weighed.right[linked])), shape=(size, size))
    _, component = csgraph.connected_components(graph, directed=False)
    inside = np.flatnonzero(component[weighed.left] == component[weighed.right])
    inside = inside[np.argsort(component[weighed.left[inside]], kind="stable")]
    of = component[weighed.left[inside]]
    for part in np.split(inside, np.flatnonzero(np.diff(of)) + 1) if len(inside) else []:
        edges = [
            clusters.Edge(int(weighed.left[at]), int(weighed.right[at]), float(weighed.weight[at]), str(verdicts[at])) for at in part
        ]
        records = {each for edge in edges for each in edge[:2]}
        held = {each: facts[each] for each in records if each in facts} if facts else None
        for members in clusters.partition(records, edges, facts=held):
            group[list(members)] = min(members)
    return group
