"""Properties of partitions, whatever the edges."""

import random

from hypothesis import given
from hypothesis import strategies as st

from midchannel.engines.identity import clusters, model

RECORDS = st.integers(1, 9)
VERDICTS = st.sampled_from([model.MUST, model.AUTO, model.AUTO, model.REVIEW, model.NONE, model.CANNOT])
EDGES = st.lists(
    st.builds(clusters.Edge, RECORDS, RECORDS, st.integers(-20, 20).map(float), VERDICTS).filter(
        lambda edge: edge.left != edge.right
    ),
    max_size=25,
)
FACTS = st.dictionaries(RECORDS, st.fixed_dictionaries({}, optional={"erp_number": st.sampled_from("AB")}), max_size=6)


def _weight(left: int, right: int, weight: float = 10.0, verdict: str = model.AUTO) -> clusters.Edge:
    return clusters.Edge(left, right, weight, verdict)


@given(EDGES, FACTS, st.randoms(use_true_random=False))
def test_every_record_is_in_one_part_whatever_the_order(
    edges: list[clusters.Edge], facts: dict[int, dict[str, str]], chance: random.Random
) -> None:
    parts = clusters.partition(range(1, 10), edges, facts=facts)

    shuffled = [clusters.Edge(edge.right, edge.left, *edge[2:]) if chance.random() < 0.5 else edge for edge in edges]
    chance.shuffle(shuffled)
    assert clusters.partition(reversed(range(1, 10)), shuffled, facts=facts) == parts
    assert sorted(record for part in parts for record in part) == list(range(1, 10))


@given(EDGES)
def test_what_a_person_took_apart_stays_apart(edges: list[clusters.Edge]) -> None:
    parts = clusters.partition(range(1, 10), edges)

    apart = {frozenset(edge[:2]) for edge in edges if edge.verdict == model.CANNOT}
    assert not any(pair <= part for pair in apart for part in parts)


@given(EDGES.map(lambda edges: [edge for edge in edges if edge.verdict != model.CANNOT]))
def test_what_must_be_together_is(edges: list[clusters.Edge]) -> None:
    parts = clusters.partition(range(1, 10), edges)

    assert all(any(set(edge[:2]) <= part for part in parts) for edge in edges if edge.verdict == model.MUST)


@given(EDGES.map(lambda edges: [edge for edge in edges if edge.verdict != model.MUST]), FACTS)
def test_two_erp_numbers_are_never_joined_by_a_program(
    edges: list[clusters.Edge], facts: dict[int, dict[str, str]]
) -> None:
    parts = clusters.partition(range(1, 10), edges, facts=facts)

    for part in parts:
        assert len({facts[each]["erp_number"] for each in part if "erp_number" in facts.get(each, {})}) <= 1


def test_a_chain_of_neighbours_is_not_one_customer() -> None:
    chain = [_weight(at, at + 1) for at in range(1, 6)]

    assert max(map(len, clusters.partition(range(1, 7), chain))) == 2


def test_two_birth_dates_go_to_review_but_not_a_mistyped_one() -> None:
    edges = [_weight(1, 2), _weight(3, 4)]
    facts = {
        1: {"birth_date": "19710624"},
        2: {"birth_date": "19850101"},
        3: {"birth_date": "19710624"},
        4: {"birth_date": "19710724"},
    }

    parts = clusters.partition([1, 2, 3, 4], edges, facts=facts)

    assert parts == [{1}, {2}, {3, 4}]
    assert clusters.held_apart(parts, edges) == [edges[0]]
