"""PageRank against an oracle that is written another way, and against answers known by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midchannel.engines import influence
from midchannel.engines.influence import Graph
from midchannel.engines.influence.ranking import share_below

SIZE = 8
edges = st.lists(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1), st.floats(0.01, 10)), min_size=0, max_size=40
)


def graph(found: list[tuple[int, int, float]], size: int = SIZE) -> Graph:
    columns = [np.array(column) for column in zip(*found, strict=True)] if found else [np.array([])] * 3
    return influence.graph_of(size, columns[0], columns[1], columns[2])


def oracle(found: list[tuple[int, int, float]], start: np.ndarray, damping: float) -> np.ndarray:
    """The stationary distribution of the walk, solved as linear equations over a full matrix."""
    size = len(start)
    matrix = np.zeros((size, size))
    for source, target, weight in found:
        if source != target:
            matrix[source, target] += weight
    given = matrix.sum(axis=1)
    walk = np.where(given[:, None] > 0, matrix / np.where(given, given, 1)[:, None], start[None, :])
    rank = np.linalg.solve(np.eye(size) - damping * walk.T, (1 - damping) * start)
    return np.asarray(rank / rank.sum())


@given(edges, st.lists(st.floats(0.01, 5), min_size=SIZE, max_size=SIZE), st.floats(0.1, 0.95))
@settings(max_examples=150, deadline=None)
def test_it_is_the_solution_of_its_equations(
    found: list[tuple[int, int, float]], drawn: list[float], damping: float
) -> None:
    start = np.array(drawn) / sum(drawn)

    rank = influence.pagerank(graph(found), toward=start, damping=damping, precision=1e-13, rounds=2000)

    assert rank.sum() == pytest.approx(1)
    assert rank == pytest.approx(oracle(found, start, damping), abs=1e-8)


@given(edges, st.permutations(range(SIZE)))
@settings(max_examples=60, deadline=None)
def test_it_does_not_matter_how_people_are_numbered(found: list[tuple[int, int, float]], new: list[int]) -> None:
    one = influence.pagerank(graph(found), precision=1e-13)
    other = influence.pagerank(graph([(new[s], new[t], w) for s, t, w in found]), precision=1e-13)

    assert other[new] == pytest.approx(one, abs=1e-9)


def test_a_circle_is_even_and_a_star_is_not() -> None:
    circle = influence.pagerank(graph([(i, (i + 1) % SIZE, 1.0) for i in range(SIZE)]))
    star = influence.pagerank(graph([(i, 0, 1.0) for i in range(1, SIZE)]))

    assert circle == pytest.approx(np.full(SIZE, 1 / SIZE))
    # 7 listen to one who listens to nobody: y = d x / 8 + (1 - d) / 8, x = y + 7 d y, x + 7 y = 1.
    y = 1 / (8 + 7 * 0.85)
    assert star[1] == pytest.approx(y, rel=1e-6)
    assert star[0] == pytest.approx(1 - 7 * y, rel=1e-6)


def test_whoever_is_heard_by_those_near_the_company_stands_above_who_is_loud_elsewhere() -> None:
    near = [(1, 0, 1.0), (2, 0, 1.0), (0, 1, 1.0)]
    elsewhere = [(i, 3, 5.0) for i in range(4, 8)] + [(3, 4, 1.0)]
    both = graph(near + elsewhere)
    groups = np.array([0, 0, 0, 1, 1, 1, 1, 1])

    plain = influence.pagerank(both)
    drawn = influence.pagerank(both, toward=influence.toward(groups, np.array([0, 3, 0, 0, 0, 0, 0, 0.0])))

    assert plain[3] > plain[0]
    assert drawn[0] > drawn[3]
    assert influence.toward(groups, np.zeros(8)) == pytest.approx(np.full(8, 1 / 8))


def test_places_have_intervals_that_hold_them_and_are_the_same_again() -> None:
    chance = np.random.default_rng(2)
    found = [(int(s), int(t), 1.0) for s, t in chance.integers(0, 60, (400, 2))]
    people = graph(found, 60)

    one, again = influence.standing_of(people), influence.standing_of(people)

    assert np.array_equal(one.low, again.low)
    assert np.all(one.low <= one.above)
    assert np.all(one.above <= one.high)
    assert one.low.min() >= 0
    assert one.high.max() <= 1
    assert (one.high - one.low).mean() > 0.05


def test_those_alike_share_a_place() -> None:
    assert share_below(np.array([0.1, 0.1, 0.3, 0.5])) == pytest.approx([0, 0, 2 / 3, 1])


@pytest.mark.parametrize(
    ("sources", "targets", "weights"), [([0], [9], [1.0]), ([-1], [0], [1.0]), ([0], [1], [-1.0]), ([0], [1], [np.nan])]
)
def test_edges_that_cannot_be_are_refused(sources: list[int], targets: list[int], weights: list[float]) -> None:
    with pytest.raises(ValueError, match=r"an edge|a weight"):
        influence.graph_of(3, np.array(sources), np.array(targets), np.array(weights))


def test_nobody_and_somebody_alone() -> None:
    assert len(influence.pagerank(graph([], 0))) == 0
    assert influence.standing_of(graph([], 1)).above == pytest.approx([0])
    with pytest.raises(ValueError, match="begin somewhere"):
        influence.pagerank(graph([], 2), toward=np.zeros(2))
