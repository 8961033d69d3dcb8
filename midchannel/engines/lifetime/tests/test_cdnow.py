"""Against the figures that were published with the models, on the data they were published with."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from midchannel.engines import lifetime
from midchannel.engines.lifetime import Purchasing, Spending
from midchannel.engines.lifetime.fitting import Array

FILE = Path(__file__).parent / "cdnow" / "cdnow.csv"


@cache
def cdnow() -> tuple[Array, Array, Array, Array]:
    """Repeats, week of the last order, weeks observed, mean worth."""
    with FILE.open() as file:
        rows = [(float(r["x"]), float(r["t_x"]), float(r["T"]), float(r["zbar"])) for r in csv.DictReader(file)]
    repeats, last, age, mean = np.array(rows).T
    return repeats, last, age, mean


@cache
def models() -> tuple[Purchasing, Spending]:
    """Both, fitted once."""
    repeats, last, age, mean = cdnow()
    return lifetime.fit_purchasing(repeats, last, age), lifetime.fit_spending(repeats, mean)


def test_purchasing_has_the_published_parameters() -> None:
    model = models()[0]

    # r, alpha and a to three digits; b is published with three decimals.
    assert f"{model.r:.4f}" == "0.2426"
    assert f"{model.alpha:.3f}" == "4.414"
    assert f"{model.a:.3f}" == "0.793"
    assert f"{model.b:.3f}" == "2.426"


def test_the_log_likelihood_is_the_published_one() -> None:
    assert models()[0].log_likelihood == pytest.approx(-9582.4, abs=0.05)


def test_spending_has_the_published_parameters() -> None:
    model = models()[1]

    assert (f"{model.p:.2f}", f"{model.q:.2f}") == ("6.25", "3.74")
    # Published as 15.44: the same to three digits. The likelihood's summit is at 15.4477, a little above the likelihood of the published.
    assert model.v == pytest.approx(15.44, abs=0.01)
    assert model.log_likelihood > -4055.9247


def test_one_customers_expectation_is_the_published_one() -> None:
    # Fader, Hardie and Lee's worked example: two repeats, the last in week 30.43 of 38.86, the next 39 weeks.
    orders = models()[0].expected_orders(np.array([2.0]), np.array([30.43]), np.array([38.86]), 39)

    assert orders[0] == pytest.approx(1.226, abs=0.001)


def test_the_mean_of_everybody_and_of_one_are_the_published_ones() -> None:
    model = models()[1]

    one = model.expected_spend(np.array([2.0]), np.array([22.35]))[0]
    everybody = model.expected_spend(np.array([0.0]), np.array([0.0]))[0]

    assert one == pytest.approx(24.66, abs=0.02)
    assert everybody == pytest.approx(model.p * model.v / (model.q - 1))


def test_the_interval_holds_what_its_share_says_of_simulated_customers() -> None:
    purchasing, spending = models()
    repeats, last, age, mean = cdnow()

    values = lifetime.value_of(
        purchasing, spending, repeats=repeats, last=last, age=age, mean=mean, horizon=52.0, draws=300
    )

    assert np.all(values.low <= values.high)
    # Expected and simulated agree on the whole, so neither formula is off.
    assert values.value.sum() == pytest.approx(_simulated_total(), rel=0.05)


def _simulated_total() -> float:
    """What the customers would spend in a year, simulated in the plainest way: life by life, order by order."""
    purchasing, spending = models()
    repeats, last, age, mean = cdnow()
    chance = np.random.default_rng(3)
    total, rounds = 0.0, 6
    alive = purchasing.chance_alive(repeats, last, age)
    for _ in range(rounds):
        for x, now, m, p_alive in zip(repeats, age, mean, alive, strict=True):
            if chance.random() > p_alive:
                continue
            rate = chance.gamma(purchasing.r + x, 1 / (purchasing.alpha + now))
            leaves = chance.beta(purchasing.a, purchasing.b + x)
            at, orders = 0.0, 0
            while True:
                at += chance.exponential(1 / max(rate, 1e-12))
                if at > 52:
                    break
                orders += 1
                if chance.random() < leaves:
                    break
            if orders:
                level = chance.gamma(spending.q + spending.p * x, 1 / (spending.v + x * m))
                total += orders * spending.p / level
    return total / rounds
