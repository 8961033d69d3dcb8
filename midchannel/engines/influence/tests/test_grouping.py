"""Communities that are there are found, by either method, and always the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.engines import influence
from midchannel.engines.influence import Graph
from midchannel.engines.influence.grouping import has_networkit

METHODS = ["labels", pytest.param("plm", marks=pytest.mark.skipif(not has_networkit(), reason="networkit is an extra"))]


def circles(count: int, size: int, *, between: int = 1) -> Graph:
    """Groups in which everybody talks with everybody, each tied to the next by a few words."""
    found = [
        (group * size + one, group * size + other)
        for group in range(count)
        for one in range(size)
        for other in range(size)
        if one != other
    ]
    found += [(group * size + k, ((group + 1) % count) * size + k) for group in range(count) for k in range(between)]
    sources, targets = np.array(found).T
    return influence.graph_of(count * size, sources, targets, np.ones(len(found)))


@pytest.mark.parametrize("method", METHODS)
def test_groups_that_are_there_are_found(method: str) -> None:
    groups = influence.group(circles(6, 9), method=method)

    assert list(groups.sizes) == [9] * 6
    assert all(len(set(groups.of[k * 9 : k * 9 + 9])) == 1 for k in range(6))
    assert groups.modularity > 0.7
    assert groups.method == method


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_finds_the_same_and_the_largest_is_first(method: str) -> None:
    chance = np.random.default_rng(4)
    ends = chance.integers(0, 120, (700, 2))
    graph = influence.graph_of(130, ends[:, 0], ends[:, 1], np.ones(700))

    one, again = influence.group(graph, method=method), influence.group(graph, method=method)

    assert np.array_equal(one.of, again.of)
    assert list(one.sizes) == sorted(one.sizes, reverse=True)
    assert one.sizes.sum() == 130


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=50))
@settings(max_examples=80, deadline=None)
def test_nobody_is_grouped_with_people_they_are_not_tied_to(found: list[tuple[int, int]]) -> None:
    ends = np.array(found or [(0, 0)])
    graph = influence.graph_of(12, ends[:, 0], ends[:, 1], np.ones(len(ends)))

    groups = influence.group(graph, method="labels")

    together = _components(found)
    for one in range(12):
        for other in range(12):
            if groups.of[one] == groups.of[other]:
                assert together[one] == together[other]


def _components(found: list[tuple[int, int]]) -> list[int]:
    label = list(range(12))
    for _ in range(12):
        for one, other in found:
            label[one] = label[other] = min(label[one], label[other])
    return label


def test_nobody_at_all() -> None:
    groups = influence.group(influence.graph_of(0, np.array([]), np.array([]), np.array([])), method="labels")

    assert len(groups.of) == 0
    assert groups.modularity == 0
