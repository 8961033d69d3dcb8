"""Properties that hold whatever the orders are, and known answers by integration."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from midchannel.engines import lifetime
from midchannel.engines.lifetime import NotFittedError, Purchasing, Spending, Values
from midchannel.engines.lifetime.tests.test_cdnow import cdnow

NONE_OPEN = ((1e-12, 0, 0, 0), (0, 1e-12, 0, 0), (0, 0, 1e-12, 0), (0, 0, 0, 1e-12))
parameter = st.floats(0.05, 8)
life = st.tuples(st.integers(0, 400), st.floats(0, 1), st.floats(0.1, 500))


def purchasing(r: float, alpha: float, a: float, b: float) -> Purchasing:
    return Purchasing(r, alpha, a, b, NONE_OPEN, 100, 0.0)


def orders_of(each: tuple[int, float, float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    repeats, share, age = each
    return np.array([float(repeats)]), np.array([share * age if repeats else 0.0]), np.array([age])


@given(st.tuples(parameter, parameter, parameter, parameter), life, st.floats(0, 300))
@settings(max_examples=150, deadline=None)
def test_expectations_are_numbers_that_can_be(
    parameters: tuple[float, float, float, float], each: tuple[int, float, float], horizon: float
) -> None:
    r, alpha, a, b = parameters
    model, people = purchasing(r, alpha, a, b), orders_of(each)

    alive = model.chance_alive(*people)[0]
    orders = model.expected_orders(*people, horizon)[0]
    longer = model.expected_orders(*people, horizon + 10)[0]

    assert 0 <= alive <= 1
    assert math.isfinite(orders)
    assert 0 <= orders <= longer + 1e-9
    # Nobody is expected to buy more often than they would if they never left.
    assert orders <= alive * (r + each[0]) / (alpha + each[2]) * horizon * (1 + 1e-6) + 1e-9


@given(st.tuples(parameter, parameter, st.floats(0.1, 4), st.floats(0.1, 4)), st.integers(0, 12), st.floats(0.5, 60))
@settings(max_examples=25, deadline=None)
def test_expected_orders_are_what_integration_gives(
    parameters: tuple[float, float, float, float], repeats: int, horizon: float
) -> None:
    r, alpha, a, b = parameters
    model, people = purchasing(r, alpha, a, b), orders_of((repeats, 0.7, 40.0))

    # The chance to be still here after a time, integrated over everybody's chance to leave, times the rate, over the horizon.
    def still_buying(at: float) -> float:
        def one(leaves: float) -> float:
            return float(leaves ** (a - 1) * (1 - leaves) ** (b + repeats - 1) * rate(leaves, at))

        def rate(leaves: float, at: float) -> float:
            whole = (alpha + 40.0) ** (r + repeats) / (alpha + 40.0 + leaves * at) ** (r + repeats + 1)
            return float((r + repeats) * whole)

        # Variables changed so that the ends are tame.
        def tame(u: float) -> float:
            leaves = u ** (1 / a)
            return one(leaves) * leaves / (a * u) if 0 < leaves < 1 else 0.0

        whole = integrate.quad(tame, 0, 1, limit=200)[0]
        return float(whole / math.exp(math.lgamma(a) + math.lgamma(b + repeats) - math.lgamma(a + b + repeats)))

    expected = integrate.quad(still_buying, 0, horizon)[0] * model.chance_alive(*people)[0]

    assert model.expected_orders(*people, horizon)[0] == pytest.approx(expected, rel=2e-3)


def test_where_the_closed_form_divides_nothing_by_nothing_it_goes_on_smoothly() -> None:
    people = orders_of((3, 0.5, 30.0))

    values = [purchasing(0.5, 4.0, a, 2.0).expected_orders(*people, 20.0)[0] for a in (0.999, 1.0, 1.001)]

    assert values[0] > values[1] > values[2]
    assert values[1] == pytest.approx((values[0] + values[2]) / 2, rel=1e-5)


@given(st.sampled_from([0.3, 1.5]), st.sampled_from([0.5, 2.0]))
@settings(max_examples=4, deadline=None)
def test_what_was_simulated_is_found_again(r: float, a: float) -> None:
    chance = np.random.default_rng(11)
    rows = []
    for _ in range(4000):
        rate, leaves, at, times = chance.gamma(r, 1 / 4.0), chance.beta(a, 2.5), 0.0, []
        age = chance.uniform(20, 60)
        while (at := at + chance.exponential(1 / max(rate, 1e-9))) < age:
            times.append(at)
            if chance.random() < leaves:
                break
        rows.append((len(times), times[-1] if times else 0.0, age))
    repeats, last, ages = np.array(rows).T

    model = lifetime.fit_purchasing(repeats, last, ages)

    spread = np.sqrt(np.diag(np.array(model.covariance)))
    found = np.log([model.r, model.alpha, model.a, model.b])
    assert np.all(np.abs(found - np.log([r, 4.0, a, 2.5])) < 4.5 * spread)


@given(st.floats(0.001, 1000))
@settings(max_examples=6, deadline=None)
def test_another_unit_of_time_or_money_changes_nothing_else(unit: float) -> None:
    repeats, last, age, mean = (column[::3] for column in cdnow())

    one, other = lifetime.fit_purchasing(repeats, last, age), lifetime.fit_purchasing(repeats, last * unit, age * unit)
    paid, paid_other = lifetime.fit_spending(repeats, mean), lifetime.fit_spending(repeats, mean * unit)

    assert other.alpha == pytest.approx(one.alpha * unit, rel=1e-3)
    assert other.r == pytest.approx(one.r, rel=1e-3)
    assert paid_other.v == pytest.approx(paid.v * unit, rel=1e-3)
    assert paid_other.p == pytest.approx(paid.p, rel=1e-3)


def test_the_same_seed_gives_the_same_interval_and_a_longer_horizon_a_higher_one() -> None:
    model = purchasing(0.8, 6.0, 0.7, 3.0)
    spending = Spending(6.0, 4.0, 60.0, ((1e-9, 0, 0), (0, 1e-9, 0), (0, 0, 1e-9)), 100, 0.0)
    repeats, last, age, mean = np.array([[5.0, 0.0], [30.0, 0.0], [33.0, 50.0], [20.0, 0.0]])

    def values(horizon: float) -> Values:
        return lifetime.value_of(
            model, spending, repeats=repeats, last=last, age=age, mean=mean, horizon=horizon, draws=500
        )

    one, again, longer = values(52.0), values(52.0), values(104.0)

    assert np.array_equal(one.low, again.low)
    assert np.array_equal(one.high, again.high)
    assert longer.value[0] > one.value[0]
    assert one.low[0] <= one.value[0] <= one.high[0]
    assert one.alive[1] == 1  # who ordered once cannot have left by a later order


@pytest.mark.parametrize(
    ("repeats", "last", "age"),
    [([], [], []), ([0.0, 0.0], [0.0, 0.0], [3.0, 9.0]), ([1.0], [2.0], [3.0])],
)
def test_too_few_or_too_alike_orders_are_refused(repeats: list[float], last: list[float], age: list[float]) -> None:
    with pytest.raises(NotFittedError):
        lifetime.fit_purchasing(np.array(repeats), np.array(last), np.array(age))


def test_everybody_spending_the_same_is_refused_and_so_is_nothing_spent() -> None:
    with pytest.raises(NotFittedError):
        lifetime.fit_spending(np.array([2.0, 3.0, 4.0]), np.array([10.0, 10.0, 10.0]))
    with pytest.raises(ValueError, match="above 0"):
        lifetime.fit_spending(np.array([2.0, 3.0]), np.array([10.0, 0.0]))


def test_an_order_after_now_is_refused() -> None:
    with pytest.raises(ValueError, match="between the first one and now"):
        lifetime.fit_purchasing(np.array([1.0]), np.array([5.0]), np.array([4.0]))
