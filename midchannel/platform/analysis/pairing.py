"""Which pairs to compare: those that share a key, the rarest keys first, within a budget."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from midchannel.engines.identity import keys
from midchannel.platform.analysis.frame import Frame, Longs

WHOLE = 2_500
"""A table of no more records than this is compared pair by pair."""

A_RECORD = 100
"""So many pairs a record are compared at most."""

BUDGET = 6_000_000
"""So many pairs are compared at most in a table of no more than BUDGET / A_LARGE_RECORD records."""

A_LARGE_RECORD = 20
"""So many pairs a record are compared at most in a larger table."""

CROWD = 1_000
"""The most records that share a key which is followed in a table."""


def of_frame(table: Frame) -> tuple[Longs, Longs]:
    """The pairs of a table to compare, by place, the smaller first, each once."""
    if table.size <= WHOLE:
        left, right = np.triu_indices(table.size, 1)
        return left.astype(np.int64), right.astype(np.int64)
    records, found = flat([keys.blocking_keys(table.record(at)) for at in range(table.size)])
    return from_keys(records, found, size=table.size)


def flat(found: Sequence[tuple[int, ...]]) -> tuple[Longs, Longs]:
    """Records' keys as two columns: the record's place, the key."""
    counts = np.fromiter(map(len, found), np.int64, len(found))
    return np.repeat(np.arange(len(found)), counts), np.fromiter((key for each in found for key in each), np.int64, int(counts.sum()))


def from_keys(records: Longs, found: Longs, *, size: int, crowd: int = CROWD) -> tuple[Longs, Longs]:
    """Pairs that share a key which no more than `crowd` records have; of larger blocks only as many as the budget allows."""
    order = np.argsort(found, kind="stable")
    records, found = records[order], found[order]
    starts = np.flatnonzero(np.r_[True, found[1:] != found[:-1]]) if len(found) else np.empty(0, np.int64)
    lengths = np.diff(np.r_[starts, len(found)])
    budget = max(min(BUDGET, A_RECORD * size), A_LARGE_RECORD * size)
    pairs = np.empty(0, np.int64)
    waiting: list[Longs] = []
    for length in np.unique(lengths[(lengths > 1) & (lengths <= crowd)]):
        blocks = starts[lengths == length]
        for part in np.array_split(blocks, max(1, len(blocks) * int(length) ** 2 // 4_000_000)):
            waiting.append(_within(records, part, int(length), size))
        if sum(map(len, waiting)) > min(2_000_000, budget // 4) or len(pairs) > budget // 2:
            pairs, waiting = _once(np.concatenate([pairs, *waiting])), []
        if len(pairs) > budget:
            break
    pairs = _once(np.concatenate([pairs, *waiting]))
    return pairs // size, pairs % size


def _within(records: Longs, blocks: npt.NDArray[np.int64], length: int, size: int) -> Longs:
    """All pairs within blocks of one length, each pair as one number."""
    ones, others = np.triu_indices(length, 1)
    left, right = records[blocks[:, None] + ones].ravel(), records[blocks[:, None] + others].ravel()
    return _once(left * size + right)


def _once(numbers: Longs) -> Longs:
    """Each number once, sorted; by sorting, for hashing takes ten times as long on numbers like these."""
    found = np.sort(numbers)
    return found[np.r_[True, found[1:] != found[:-1]]] if len(found) else found
