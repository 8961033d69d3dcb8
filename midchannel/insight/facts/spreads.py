"""How long things took, as counts in buckets of seconds: exact up to 63 s, then steps of 2 % (so a value is true to 1 %).

Buckets can be added up over days, channels and teams, and any quantile read from the sum; percentiles cannot be averaged.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

EXACT = 64
STEP = 1.02
MAX_SECONDS = 2_000_000_000

# The same rule for PostgreSQL, over a column `seconds`.
BUCKET_SQL = (
    f"(CASE WHEN seconds < {EXACT} THEN seconds"
    f" ELSE {EXACT} + floor(ln(seconds / {EXACT}::float8) / {math.log(STEP)!r}::float8) END)::smallint"
)

NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile in seconds with its 95 % interval; the ends are None where so few values cannot bound it."""

    value: float
    low: float | None
    high: float | None


def seconds_of(bucket: int) -> float:
    """The value a bucket stands for: its geometric middle."""
    if bucket < EXACT:
        return float(bucket)
    return float(EXACT * STEP ** (bucket - EXACT + 0.5))


def bucket_of(seconds: int) -> int:
    """The bucket of a duration."""
    if seconds < EXACT:
        return seconds
    return EXACT + math.floor(math.log(seconds / EXACT) / math.log(STEP))


def quantile(spread: Mapping[int, int], share: float) -> Quantile | None:
    """The quantile at `share` (0.5 is the median) of all values counted, None of nothing.

    The interval is distribution-free: the order statistics whose ranks bound Binomial(n, share) at 95 % (Conover, Practical Nonparametric
    Statistics, 3.2), by the normal approximation from 30 values on and exactly below.
    """
    count = sum(spread.values())
    if not count:
        return None
    low, high = _ranks(count, share)
    ordered = sorted(spread.items())
    middle = max(1, math.ceil(share * count))
    return Quantile(
        seconds_of(_at_rank(ordered, middle)),
        seconds_of(_at_rank(ordered, low)) if low is not None else None,
        seconds_of(_at_rank(ordered, high)) if high is not None else None,
    )


def _at_rank(ordered: list[tuple[int, int]], rank: int) -> int:
    passed = 0
    for bucket, count in ordered:
        passed += count
        if passed >= rank:
            return bucket
    return ordered[-1][0]


def _ranks(count: int, share: float) -> tuple[int | None, int | None]:
    if count >= 30:
        spread = NORMAL_95 * math.sqrt(count * share * (1 - share))
        low, high = math.floor(count * share - spread), math.ceil(count * share + spread) + 1
    else:
        low, high = _exact_ranks(count, share)
    return (low if low >= 1 else None), (high if high <= count else None)


def _exact_ranks(count: int, share: float) -> tuple[int, int]:
    """The largest low and the smallest high rank with P(below low) and P(high or above) at most 2.5 % each."""
    cumulative, low, high = 0.0, 0, count + 1
    for successes in range(count + 1):
        cumulative += math.comb(count, successes) * share**successes * (1 - share) ** (count - successes)
        if cumulative <= 0.025:
            low = successes + 1
        if cumulative >= 0.975:
            high = successes + 1
            break
    return low, high
