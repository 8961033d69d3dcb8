"""How often somebody will buy again: BG/NBD.

Somebody who is still a customer buys at random at a rate of their own; after each order they may leave for good. Rates are gamma
distributed over people (r, alpha), the chance to leave beta distributed (a, b). Source: Fader, Hardie and Lee, "Counting Your Customers the
Easy Way", Marketing Science 24 (2005), and their note on computing it without overflow.

Of each customer it needs: `repeats`, the orders after the first; `last`, the time from the first to the last order; `age`, the time from
the first order until now. Any unit of time, the same for all; alpha comes out in it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1

from midchannel.engines.lifetime.fitting import Array, NotFittedError, maximise, spread_of

__all__ = ["NotFittedError", "Purchasing", "fit_purchasing"]

NEAR_ONE = 1e-5
FAR, TERMS = 30.0, 10_000


@dataclass(frozen=True, slots=True)
class Purchasing:
    """A fitted BG/NBD. `covariance` is that of the logarithms of (r, alpha, a, b); `customers` is how many it was fitted to."""

    r: float
    alpha: float
    a: float
    b: float
    covariance: tuple[tuple[float, ...], ...]
    customers: int
    log_likelihood: float

    def log_odds_gone(self, repeats: Array, last: Array, age: Array) -> Array:
        """The logarithm of the odds that they have left; minus infinity for those who ordered once (they leave only after a repeat)."""
        x, recency, now = _checked(repeats, last, age)
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = (
                np.log(self.a)
                - np.log(self.b + x - 1)
                + (self.r + x) * (np.log(self.alpha + now) - np.log(self.alpha + recency))
            )
        return np.where(x > 0, odds, -np.inf)

    def chance_alive(self, repeats: Array, last: Array, age: Array) -> Array:
        """The probability that they are still customers, 0 to 1."""
        return np.asarray(expit(-self.log_odds_gone(repeats, last, age)))

    def expected_orders(self, repeats: Array, last: Array, age: Array, horizon: float) -> Array:
        """How many orders to expect within `horizon` from now.

        The hypergeometric function is taken after Euler's transformation: its large parameter then stands below, and nothing overflows.
        An array of as many as there are customers.
        """
        if horizon < 0:
            raise ValueError("a horizon is not negative")
        # Where a is 1, or a + b is 1 and somebody has no repeat, the form is nothing by nothing: both sides of it are taken.
        if min(abs(self.a - 1), abs(self.a + self.b - 1)) < NEAR_ONE:
            sides = [self._expected(self.a + side * NEAR_ONE * 2, repeats, last, age, horizon) for side in (-1, 1)]
            return np.asarray((sides[0] + sides[1]) / 2)
        return self._expected(self.a, repeats, last, age, horizon)

    def _expected(self, a: float, repeats: Array, last: Array, age: Array, horizon: float) -> Array:
        x, _recency, now = _checked(repeats, last, age)
        share = horizon / (self.alpha + now + horizon)
        below = a + self.b + x - 1
        kept = (1 - share) ** (a - 1) * _hypergeometric(a + self.b - 1 - self.r, a - 1, below, share)
        orders = below / (a - 1) * (1 - kept)
        return np.asarray(np.maximum(orders, 0.0) * self.chance_alive(repeats, last, age))


def _hypergeometric(one: float, other: float, below: Array, share: Array) -> Array:
    """Gauss' 2F1. Where `below` is large the plain series ends soon; there SciPy's way round by 1 - share is lost in whole differences."""
    below, share = np.broadcast_arrays(below, share)
    far = below > FAR
    found = np.array(hyp2f1(one, other, np.where(far, 1.0, below), np.where(far, 0.0, share)))
    if np.any(far):
        term, total = np.ones(int(far.sum())), np.ones(int(far.sum()))
        for step in range(TERMS):
            term = term * (one + step) * (other + step) / ((below[far] + step) * (step + 1)) * share[far]
            total += term
            if np.all(np.abs(term) < 1e-15 * np.abs(total)):
                break
        found[far] = total
    return found


def fit_purchasing(repeats: Array, last: Array, age: Array) -> Purchasing:
    """Fit by maximum likelihood. Raises NotFittedError, and ValueError for what cannot be (negative times, a last order after now)."""
    x, recency, now = _checked(repeats, last, age)
    if not len(x) or not np.any(x > 0):
        raise NotFittedError
    # Alike customers are counted, not repeated; times in units of the longest age, so that no parameter is far from the others.
    unit = float(np.max(now)) or 1.0
    alike, counts = np.unique(np.stack([x, recency / unit, now / unit], axis=1), axis=0, return_counts=True)
    likelihood = _likelihood(alike[:, 0], alike[:, 1], alike[:, 2], counts / len(x))
    logs, hessian = maximise(likelihood, ((0.5, 0.1, 0.8, 2.5), (1.0, 1.0, 1.0, 1.0), (0.2, 0.05, 0.3, 1.0)))
    r, alpha, a, b = np.exp(logs)
    covariance = spread_of(hessian, len(x))
    # With time in other units each log-density moves by a constant: one log(unit) for every repeat.
    total = len(x) * likelihood(logs)[0] - float(np.sum(x)) * np.log(unit)
    return Purchasing(
        float(r), float(alpha * unit), float(a), float(b), tuple(map(tuple, covariance.tolist())), len(x), float(total)
    )


def _likelihood(x: Array, recency: Array, now: Array, share: Array) -> Callable[[Array], tuple[float, Array]]:
    """The mean log-likelihood over customers, by the logarithms of (r, alpha, a, b), with its gradient."""
    bought = x > 0

    def at(logs: Array) -> tuple[float, Array]:
        r, alpha, a, b = np.exp(logs)
        counting = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        staying = betaln(a, b + x) - betaln(a, b)
        alive = -(r + x) * np.log(alpha + now)
        before = np.where(bought, b + x - 1, 1.0)
        before = np.maximum(before, 1e-300)
        gone = np.where(bought, np.log(a) - np.log(before) - (r + x) * np.log(alpha + recency), -np.inf)
        either = np.logaddexp(alive, gone)
        left = np.where(bought, np.exp(gone - either), 0.0)
        here = 1 - left
        by_r = digamma(r + x) - digamma(r) + np.log(alpha) - here * np.log(alpha + now) - left * np.log(alpha + recency)
        by_alpha = r / alpha - (r + x) * (here / (alpha + now) + left / (alpha + recency))
        by_a = digamma(a + b) - digamma(a + b + x) + left / a
        by_b = digamma(a + b) - digamma(b) + digamma(b + x) - digamma(a + b + x) - left / before
        gradient = np.array(
            [
                np.dot(share, by) * parameter
                for by, parameter in zip((by_r, by_alpha, by_a, by_b), (r, alpha, a, b), strict=True)
            ]
        )
        return float(np.dot(share, counting + staying + either)), gradient

    return at


def _checked(repeats: Array, last: Array, age: Array) -> tuple[Array, Array, Array]:
    x, recency, now = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (repeats, last, age))
    if np.any(x < 0) or np.any(recency < 0) or np.any(recency > now * (1 + 1e-12)):
        raise ValueError("orders lie between the first one and now, and none is counted negative")
    return x, recency, now
