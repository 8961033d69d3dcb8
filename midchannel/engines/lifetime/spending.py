"""How much somebody spends an order: Gamma-Gamma.

Everybody's orders vary around a mean of their own (gamma with shape p), the means vary over people (q, v). It takes for granted that who
orders often does not therefore spend more or less. Source: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value" (2013).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from midchannel.engines.lifetime.fitting import Array, NotFittedError, maximise, spread_of


@dataclass(frozen=True, slots=True)
class Spending:
    """A fitted Gamma-Gamma. `covariance` is that of the logarithms of (p, q, v); v is in units of money."""

    p: float
    q: float
    v: float
    covariance: tuple[tuple[float, ...], ...]
    customers: int
    log_likelihood: float

    def expected_spend(self, repeats: Array, mean: Array) -> Array:
        """What to expect an order of theirs to be worth, in units of money; without a repeat it is everybody's mean.

        Raises NotFittedError where the model has no mean (q at most 1).
        """
        if self.q <= 1:
            raise NotFittedError
        x = np.asarray(repeats, dtype=float)
        spent = np.where(x > 0, np.asarray(mean, dtype=float) * x, 0.0)
        return np.asarray(self.p * (self.v + spent) / (self.p * x + self.q - 1))


def fit_spending(repeats: Array, mean: Array) -> Spending:
    """Fit by maximum likelihood to those who bought again: `mean` is the mean worth of their repeat orders, above 0.

    Raises NotFittedError, and ValueError for a worth that is not above 0.
    """
    x, m = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (repeats, mean))
    x, m = x[x > 0], m[x > 0]
    if len(x) < 2:
        raise NotFittedError
    if np.any(m <= 0) or not np.all(np.isfinite(m)):
        raise ValueError("the mean worth of repeat orders is above 0")
    unit = float(np.exp(np.mean(np.log(m))))
    likelihood = _likelihood(x, m / unit)
    logs, hessian = maximise(likelihood, ((5.0, 4.0, 1.0), (1.0, 2.0, 1.0), (20.0, 3.0, 0.5)))
    p, q, v = np.exp(logs)
    covariance = spread_of(hessian, len(x))
    total = len(x) * (likelihood(logs)[0] - np.log(unit))
    return Spending(float(p), float(q), float(v * unit), tuple(map(tuple, covariance.tolist())), len(x), float(total))


def _likelihood(x: Array, m: Array) -> Callable[[Array], tuple[float, Array]]:
    """The mean log-likelihood over customers, by the logarithms of (p, q, v), with its gradient."""
    log_m, log_x = np.log(m), np.log(x)

    def at(logs: Array) -> tuple[float, Array]:
        p, q, v = np.exp(logs)
        shape = p * x
        scale = np.log(x * m + v)
        value = (
            gammaln(shape + q)
            - gammaln(shape)
            - gammaln(q)
            + q * np.log(v)
            + (shape - 1) * log_m
            + shape * log_x
            - (shape + q) * scale
        )
        by_p = x * (digamma(shape + q) - digamma(shape) + log_m + log_x - scale)
        by_q = digamma(shape + q) - digamma(q) + np.log(v) - scale
        by_v = q / v - (shape + q) / (x * m + v)
        gradient = np.array([np.mean(by_p) * p, np.mean(by_q) * q, np.mean(by_v) * v])
        return float(np.mean(value)), gradient

    return at
