"""Maximum likelihood over positive parameters, with how sure one may be of them."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Beyond these the likelihood is flat and the parameter has left for infinity: nothing can be said of it.
LOWEST, HIGHEST = -12.0, 12.0


class NotFittedError(Exception):
    """No parameters explain these orders better than others; there are too few of them, or they are all alike."""


def maximise(
    likelihood: Callable[[Array], tuple[float, Array]], starts: tuple[tuple[float, ...], ...]
) -> tuple[Array, Array]:
    """The logarithms of the parameters with the greatest mean log-likelihood, from the best of some starts.

    `likelihood` takes the logarithms and gives the mean log-likelihood and its gradient. Returns the logarithms and the Hessian of the
    negative mean there, by central differences of the gradient. Raises NotFittedError.
    """
    from scipy import optimize  # 20 MB and most of a second in every process; only who learns needs it

    def down(parameters: Array) -> tuple[float, Array]:
        value, gradient = likelihood(parameters)
        return -value, -gradient

    best: optimize.OptimizeResult | None = None
    for start in starts:
        found = optimize.minimize(
            down,
            np.log(np.asarray(start, dtype=float)),
            jac=True,
            method="L-BFGS-B",
            bounds=[(LOWEST, HIGHEST)] * len(start),
            options={"maxiter": 2000, "ftol": 1e-15, "gtol": 1e-10},
        )
        if np.isfinite(found.fun) and (best is None or found.fun < best.fun):
            best = found
    if best is None or np.max(np.abs(best.jac)) > 1e-4 or np.any(np.abs(best.x) > HIGHEST - 1e-6):
        raise NotFittedError
    return best.x, _hessian(down, best.x)


def spread_of(hessian: Array, count: float) -> Array:
    """The covariance of the logarithms: the inverse of the information of `count` customers. Raises NotFittedError.

    Source: the asymptotic normality of maximum likelihood estimates.
    """
    try:
        covariance = np.linalg.inv(hessian * count)
        np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError as error:
        raise NotFittedError from error
    return np.asarray(covariance)


def _hessian(down: Callable[[Array], tuple[float, Array]], at: Array, step: float = 1e-4) -> Array:
    rows = []
    for index in range(len(at)):
        aside = np.zeros_like(at)
        aside[index] = step
        rows.append((down(at + aside)[1] - down(at - aside)[1]) / (2 * step))
    hessian = np.array(rows)
    return np.asarray((hessian + hessian.T) / 2)
