"""What is ordinary: how many people are to be expected in each hour of the week, and how much that varies by itself.

A count is taken as negative binomial: a Poisson whose rate is uncertain. Its mean is level x hour of the day x day of the week x a factor
of its own for the hour of the week, each drawn towards 1 where little was seen (a Gamma prior's mean: (seen + k) / (expected + k)).
How much it varies beyond Poisson is measured on the past by moments, separately for hours and for days, since busy hours come together.

Sources: Gelman et al., Bayesian Data Analysis, 2.6 (Gamma-Poisson); Cameron and Trivedi (1998), 3.2 (moment estimator of NB2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaln

Floats = NDArray[np.float64]
WEEK, DAY = 168, 24
LEAST_HOURS = 14 * DAY
# How many people's worth of "nothing special about it" each factor starts with.
PRIOR_HOUR, PRIOR_DAY, PRIOR_SLOT = 6.0, 10.0, 12.0
LEAST_LEVEL = 0.02
# The level itself is known no better than this many people allow.
PRIOR_LEVEL = 0.5


@dataclass(frozen=True, slots=True)
class Baseline:
    """What each hour of the week is expected to have (168 means, from Monday 00:00 UTC), and 1/size of the negative binomial.

    `hour_spread` is for an hour, `day_spread` for 24 of them; `hours` is how much past it was learned from.
    """

    means: Floats
    hour_spread: float
    day_spread: float
    hours: int

    @property
    def is_known(self) -> bool:
        """Whether there is past enough to say what is ordinary."""
        return self.hours >= LEAST_HOURS

    def hour_above(self, slot: int, count: int) -> float:
        """The chance of so many or more in one hour of the week."""
        return above(count, float(self.means[slot % WEEK]), self.hour_spread)

    def day_above(self, slot: int, count: int, hours: int = DAY) -> float:
        """The chance of so many or more in some hours from a slot on."""
        mean = float(self.means[[(slot + each) % WEEK for each in range(hours)]].sum())
        return above(count, mean, self.day_spread)

    def hour_limit(self, slot: int, chance: float, least: int = 1) -> int:
        """The smallest count that is as unlikely as this, or more so, in one hour."""
        return limit_of(float(self.means[slot % WEEK]), self.hour_spread, chance, least)


def learn(counts: Floats, first_slot: int, ordinary: NDArray[np.bool_] | None = None) -> Baseline:
    """Learn from consecutive hours, the first of which is `first_slot` of its week; hours that were not ordinary are left out."""
    hours = len(counts)
    kept = np.ones(hours, bool) if ordinary is None else ordinary
    slots = (first_slot + np.arange(hours)) % WEEK
    seen, known = counts[kept].astype(float), slots[kept]
    if not len(seen):
        return Baseline(np.full(WEEK, LEAST_LEVEL), 1.0, 1.0, 0)
    level = max((seen.sum() + PRIOR_LEVEL) / len(seen), LEAST_LEVEL)
    by_hour = _factors(seen, known % DAY, np.full(len(seen), level), DAY, PRIOR_HOUR)
    expected = level * by_hour[known % DAY]
    by_day = _factors(seen, known // DAY, expected, 7, PRIOR_DAY)
    expected = expected * by_day[known // DAY]
    by_slot = _factors(seen, known, expected, WEEK, PRIOR_SLOT)
    every = np.arange(WEEK)
    means = level * by_hour[every % DAY] * by_day[every // DAY] * by_slot
    means *= level * WEEK / means.sum()
    weeks = np.maximum(np.bincount(known, minlength=WEEK), 1.0)
    # How far a slot's mean follows its own past, and so how much of the past's scatter the mean has swallowed.
    own = means * weeks / (means * weeks + PRIOR_SLOT)
    swallowed = np.minimum((2 * own - own**2) / weeks, 0.9)
    hour_spread = _spread(seen, means[known], 1 - swallowed[known])
    uncertain = float(np.average(own**2 * (1 / means + hour_spread) / weeks, weights=means**2))
    overall = (1 / level + hour_spread) * (1 + DAY + 7) / len(seen)
    day_spread = _day_spread(counts, means, slots, kept)
    return Baseline(means, hour_spread + uncertain + overall, day_spread + overall + uncertain / DAY, len(seen))


def _factors(seen: Floats, group: NDArray[np.int_], expected: Floats, size: int, prior: float) -> Floats:
    """How much more than expected each group had, drawn towards 1."""
    had = np.bincount(group, weights=seen, minlength=size)
    due = np.bincount(group, weights=expected, minlength=size)
    return np.asarray((had + prior) / (due + prior), float)


def _spread(seen: Floats, means: Floats, left: Floats | float = 1.0) -> float:
    """1/size by moments: how much the squares exceed what Poisson gives, over the squared means; half a standard error on the safe side.

    `left` is the part of the scatter that fitting the means has left in the squares.
    """
    excess = (seen - means) ** 2 / left - means
    weight = (means**2).sum()
    error = np.sqrt((excess**2).sum()) / weight
    return float(max(excess.sum() / weight, 0.0) + 0.5 * min(error, 0.5))


def _day_spread(counts: Floats, means: Floats, slots: NDArray[np.int_], kept: NDArray[np.bool_]) -> float:
    """The same for whole days, of those with no hour left out."""
    days = len(counts) // DAY
    whole = kept[: days * DAY].reshape(days, DAY).all(axis=1) if days else np.zeros(0, bool)
    if whole.sum() < 7:
        return 0.5
    had = counts[: days * DAY].reshape(days, DAY).sum(axis=1)[whole].astype(float)
    due = means[slots[: days * DAY]].reshape(days, DAY).sum(axis=1)[whole]
    weeks = max(whole.sum() / 7, 1.5)
    return _spread(had, due, 1 - 1 / weeks)


def above(count: int, mean: float, spread: float) -> float:
    """P(X >= count) of a negative binomial with this mean and variance mean + spread x mean^2."""
    if count <= 0:
        return 1.0
    size = 1.0 / max(spread, 1e-9)
    return float(betainc(count, size, mean / (mean + size)))


def limit_of(mean: float, spread: float, chance: float, least: int) -> int:
    """The smallest count of at least `least` whose chance, or that of more, is no greater than this."""
    low, high = least, max(least, 2)
    while above(high, mean, spread) > chance and high < 10**7:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if above(middle, mean, spread) > chance:
            low = middle + 1
        else:
            high = middle
    return low


def share_above(count: int, of: int, share: float, firmness: float) -> float:
    """P(X >= count) of a beta-binomial: of `of` people, each in this mood with a chance that varies around `share`.

    `firmness` is a + b of the beta: the larger, the less it varies from day to day.
    """
    if count <= 0:
        return 1.0
    if firmness > 1e6:
        return float(betainc(count, of - count + 1, share))
    a, b = share * firmness, (1 - share) * firmness
    each = np.arange(count, of + 1)
    logs = (
        gammaln(of + 1) - gammaln(each + 1) - gammaln(of - each + 1)
        + gammaln(each + a) + gammaln(of - each + b) - gammaln(of + a + b)
        + gammaln(a + b) - gammaln(a) - gammaln(b)
    )  # fmt: skip
    return float(min(np.exp(logs).sum(), 1.0))


def learn_share(parts: Floats, wholes: Floats) -> tuple[float, float]:
    """The ordinary share and its firmness, from days (parts of wholes). By moments, as `Baseline` does; drawn to a half by one person."""
    whole = wholes.sum()
    share = float((parts.sum() + 0.5) / (whole + 1.0))
    used = wholes > 0
    expected, n = wholes[used] * share, wholes[used]
    variance = ((parts[used] - expected) ** 2).sum()
    plain = (n * share * (1 - share)).sum()
    room = (n * (n - 1) * share * (1 - share)).sum()
    if room <= 0:
        return share, 20.0
    within = float(np.clip((variance - plain) / room, 0.0, 0.5)) + 0.5 / max(len(n), 2) ** 1.5 + 0.5 / (whole + 1.0)
    return share, max(1.0 / within - 1.0, 2.0)
