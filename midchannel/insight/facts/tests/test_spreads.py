"""Quantiles from sums of buckets, against the sorted values themselves."""

import math
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from midchannel.insight.facts import spreads

SECONDS = st.lists(st.integers(0, 40 * 86_400), min_size=1, max_size=400)


@given(SECONDS, st.sampled_from([0.5, 0.9]))
def test_a_quantile_is_true_to_one_per_cent(values: list[int], share: float) -> None:
    exact = sorted(values)[max(1, math.ceil(share * len(values))) - 1]

    found = spreads.quantile(Counter(map(spreads.bucket_of, values)), share)

    assert found is not None
    assert abs(found.value - exact) <= 0.011 * exact + 1


@given(SECONDS, st.sampled_from([0.5, 0.9]))
def test_the_interval_holds_the_quantile(values: list[int], share: float) -> None:
    found = spreads.quantile(Counter(map(spreads.bucket_of, values)), share)

    assert found is not None
    assert found.low is None or found.low <= found.value
    assert found.high is None or found.high >= found.value


def test_nothing_has_no_quantile() -> None:
    assert spreads.quantile({}, 0.5) is None


def test_few_values_bound_nothing_above() -> None:
    found = spreads.quantile(Counter([10, 20, 30]), 0.9)

    assert found is not None
    assert (found.value, found.high) == (30.0, None)


def test_the_interval_covers_the_true_median_nineteen_times_of_twenty() -> None:
    rng = random.Random(7)
    covered = 0
    for _ in range(600):
        sample = Counter(spreads.bucket_of(int(rng.expovariate(1 / 3600))) for _ in range(25))
        found = spreads.quantile(sample, 0.5)
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        covered += found.low * 0.99 <= 3600 * math.log(2) <= found.high * 1.01

    assert covered / 600 > 0.94
