"""Whichever engine joins the keys, the pairs are the same."""

import numpy as np
import pytest

from midchannel.platform.analysis import joining

KEYS = [(1, 2, 3), (3,), (), (2, 3, 2**62), (-(2**63), 2**62), (9,) * 1, (-(2**63),)]
PAIRS = [(0, 1), (0, 3), (1, 3), (3, 4), (4, 6)]


def test_records_that_share_a_key_are_pairs_once_and_in_order() -> None:
    left, right = joining.pairs(KEYS, engine="duckdb")

    assert list(zip(left.tolist(), right.tolist(), strict=True)) == PAIRS


def test_a_crowd_at_one_key_is_no_pairs() -> None:
    left, _ = joining.pairs([(7,)] * 50_000, engine="duckdb", crowd=200)

    assert len(left) == 0


def test_an_engine_nobody_has_is_said() -> None:
    with pytest.raises(joining.UnknownEngineError, match="Choose duckdb or spark"):
        joining.pairs(KEYS, engine="abacus")


@pytest.mark.peer("java")
@pytest.mark.filterwarnings("ignore")
def test_spark_finds_what_duckdb_finds() -> None:
    random = np.random.default_rng(5)
    keys = [*KEYS, *(tuple(random.integers(0, 300, 4).tolist()) for _ in range(200))]

    by_spark, by_duckdb = (joining.pairs(keys, engine=engine, crowd=50) for engine in ("spark", "duckdb"))

    assert [each.tolist() for each in by_spark] == [each.tolist() for each in by_duckdb]
