"""What somebody will be worth within a time from now, with an interval.

The value is the expected number of orders times the expected worth of one. The interval is a parametric bootstrap of this very customer:
again and again the parameters are drawn from what the fit leaves open, then whether they are still a customer, their own rate, chance to
leave and worth of an order from what their orders say of them (all conjugate, so exact), then the orders and what is spent. So it holds
all that is not known: the fit, the person, and chance.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from midchannel.engines.lifetime.fitting import Array
from midchannel.engines.lifetime.purchasing import Purchasing
from midchannel.engines.lifetime.spending import Spending

PORTION = 2_000


@dataclass(frozen=True, slots=True)
class Values:
    """One number a customer in each array. `value` is expected, `low` and `high` hold `inside` of what may come; money as it went in."""

    alive: Array
    orders: Array
    spend: Array
    value: Array
    low: Array
    high: Array
    inside: float


def value_of(
    purchasing: Purchasing,
    spending: Spending,
    *,
    repeats: Array,
    last: Array,
    age: Array,
    mean: Array,
    horizon: float,
    draws: int = 500,
    inside: float = 0.8,
    seed: int = 1,
) -> Values:
    """What some customers will be worth within `horizon` (in the unit of time of the fit); the same seed gives the same interval."""
    x, recency, now, m = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (repeats, last, age, mean))
    orders = purchasing.expected_orders(x, recency, now, horizon)
    spend = spending.expected_spend(x, m)
    chance = np.random.default_rng(seed)
    low, high = np.zeros(len(x)), np.zeros(len(x))
    rates = _drawn(chance, (purchasing.r, purchasing.alpha, purchasing.a, purchasing.b), purchasing.covariance, draws)
    worths = _drawn(chance, (spending.p, spending.q, spending.v), spending.covariance, draws)
    edges = [(1 - inside) / 2, (1 + inside) / 2]
    for begin in range(0, len(x), PORTION):
        part = slice(begin, begin + PORTION)
        people = (x[part, None], recency[part, None], now[part, None], m[part, None])
        totals = _lives(chance, rates, worths, people, horizon)
        low[part], high[part] = np.quantile(totals, edges, axis=1)
    return Values(purchasing.chance_alive(x, recency, now), orders, spend, orders * spend, low, high, inside)


def _drawn(
    chance: np.random.Generator, centre: tuple[float, ...], covariance: tuple[tuple[float, ...], ...], draws: int
) -> Array:
    """Parameters as they may be, one row each of `draws` values."""
    logs = chance.multivariate_normal(np.log(centre), np.asarray(covariance), size=draws, method="cholesky")
    return np.exp(logs).T


def _lives(
    chance: np.random.Generator, rates: Array, worths: Array, people: tuple[Array, Array, Array, Array], horizon: float
) -> Array:
    """What each customer (rows) spends in each draw (columns)."""
    x, recency, now, m = people
    r, alpha, a, b = rates
    p, q, v = worths
    shape = (x.shape[0], r.shape[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(a) - np.log(b + x - 1) + (r + x) * (np.log(alpha + now) - np.log(alpha + recency))
    gone = np.where(x > 0, odds, -np.inf)
    here = chance.random(shape) < expit(-gone)
    wanted = chance.poisson(np.minimum(chance.gamma(r + x, 1 / (alpha + now)) * horizon, 1e6))
    leaving = np.clip(chance.beta(np.broadcast_to(a, shape), b + x), 1e-12, 1.0)
    orders = np.where(here, np.minimum(wanted, chance.geometric(leaving)), 0)
    mean_rate = np.maximum(chance.gamma(q + p * x, 1 / (v + np.where(x > 0, x * m, 0.0))), 1e-300)
    spent = chance.standard_gamma(np.where(orders > 0, p * orders, 1.0)) / mean_rate
    return np.where(orders > 0, spent, 0.0)
