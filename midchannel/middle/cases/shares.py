"""Shares with their intervals: how often something was, and by how much two shares differ. Pure."""

import math
from dataclasses import dataclass

NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the interval of 95 %."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much one share is above another, with the interval of 95 %."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out nothing at all."""
        return self.low > 0 or self.high < 0


def share(hits: int, of: int) -> Share:
    """A share with its interval. Formula: Wilson, Journal of the American Statistical Association 22 (1927)."""
    if not of:
        return Share(0, 0, 0.0, 1.0)
    p, z2 = hits / of, NORMAL_95**2
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = NORMAL_95 * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Share(hits, of, max(0.0, middle - half), min(1.0, middle + half))


def difference(one: Share, other: Share) -> Difference:
    """One share less another. Formula: Newcombe, Statistics in Medicine 17 (1998), method 10."""
    value = one.value - other.value
    low = value - math.hypot(one.value - one.low, other.high - other.value)
    high = value + math.hypot(one.high - one.value, other.value - other.low)
    return Difference(value, max(-1.0, low), min(1.0, high))
