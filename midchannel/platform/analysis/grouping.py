"""From weighed pairs to customers, for a whole table: component by component, each split as real time splits it."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from midchannel.engines.identity import clusters, model
from midchannel.platform.analysis.frame import Frame, Longs
from midchannel.platform.analysis.weighing import Weighed

Verdicts = npt.NDArray[np.str_]


def partition(
    frame: Frame, weighed: Weighed, verdicts: Verdicts, *, guarded: Iterable[str] = clusters.GUARDED
) -> Longs:
    """For each record the smallest place of its group. `guarded` are the fields whose conflict keeps groups apart."""
    linked = np.flatnonzero(verdicts == model.AUTO)
    left, right = weighed.left[linked], weighed.right[linked]
    graph = sparse.coo_matrix((np.ones(len(linked)), (left, right)), shape=(frame.size, frame.size))
    _, component = csgraph.connected_components(graph, directed=False)
    smallest = np.full(frame.size, frame.size)
    np.minimum.at(smallest, component, np.arange(frame.size))
    group: Longs = smallest[component].astype(np.int64)
    facts = [name for name in guarded if name in frame.columns]
    open_ = ~_is_one(component, left, frame, facts)
    for part in _each_open(component, weighed, open_):
        edges = _edges(weighed, verdicts, part)
        for members in clusters.partition(
            {each for edge in edges for each in edge[:2]}, edges, facts=_facts(frame, facts, edges)
        ):
            group[list(members)] = min(members)
    return group


def _is_one(component: Longs, left: Longs, frame: Frame, facts: list[str]) -> npt.NDArray[np.bool_]:
    """Components that need no thought: every pair in them is linked, and no fact has two values."""
    sizes = np.bincount(component, minlength=len(component))
    links = np.bincount(component[left], minlength=len(component))
    one: npt.NDArray[np.bool_] = links == sizes * (sizes - 1) // 2
    for name in facts:
        codes = frame.columns[name].codes[0]
        known = np.flatnonzero(codes >= 0)
        low, high = np.full(len(sizes), np.iinfo(np.int32).max), np.full(len(sizes), -1)
        np.minimum.at(low, component[known], codes[known])
        np.maximum.at(high, component[known], codes[known])
        one &= low >= high
    return one


def _each_open(component: Longs, weighed: Weighed, open_: npt.NDArray[np.bool_]) -> Iterator[Longs]:
    """The pairs of each component that needs thought."""
    of = component[weighed.left]
    inside = np.flatnonzero((of == component[weighed.right]) & open_[of])
    inside = inside[np.argsort(of[inside], kind="stable")]
    if len(inside):
        yield from np.split(inside, np.flatnonzero(np.diff(of[inside])) + 1)


def _edges(weighed: Weighed, verdicts: Verdicts, part: Longs) -> list[clusters.Edge]:
    columns = (
        weighed.left[part].tolist(),
        weighed.right[part].tolist(),
        weighed.weight[part].tolist(),
        verdicts[part].tolist(),
    )
    return [clusters.Edge(*each) for each in zip(*columns, strict=True)]


def _facts(frame: Frame, names: list[str], edges: list[clusters.Edge]) -> dict[int, dict[str, str]]:
    """What the records of edges have in guarded fields."""
    held: dict[int, dict[str, str]] = {}
    for name in names:
        column = frame.columns[name]
        for each in {record for edge in edges for record in edge[:2]}:
            code = int(column.codes[0, each])
            if code >= 0:
                held.setdefault(each, {})[name] = str(column.values[code])
    return held
