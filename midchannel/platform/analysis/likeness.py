"""Levels of likeness for many pairs at once: the same as `engines.identity.levels` gives pair by pair."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from scipy import sparse

from midchannel.engines.identity import levels, nicknames
from midchannel.platform.analysis.frame import Codes, Column, Floats, Longs, Texts

Levels = npt.NDArray[np.int8]
Words = sparse.csr_matrix

AT_ONCE = 500_000
"""So many pairs of values are compared in one step, which bounds the memory."""


def of_column(kind: str, column: Column, left: Longs, right: Longs, *, words: "Words | None" = None) -> Levels:
    """The level of each pair of records, -1 where one has no value. `words` are the weighed words of the column's values."""
    best = np.full(len(left), -1, np.int8)
    for one in column.codes:
        for other in column.codes:
            best = np.maximum(best, of_codes(kind, column.values, one[left], other[right], words=words))
    return best


def of_codes(kind: str, values: Texts, left: Codes, right: Codes, *, words: "Words | None" = None) -> Levels:
    """The level of each pair of values, given by their places; each different pair of values is compared once."""
    found = np.full(len(left), -1, np.int8)
    both = (left >= 0) & (right >= 0)
    found[both & (left == right)] = levels.KINDS[kind].same
    apart = np.flatnonzero(both & (left != right))
    if kind in {"exact", "order"} or not len(apart):
        found[apart] = 0
        return found
    packed = np.minimum(left[apart], right[apart]).astype(np.int64) * len(values) + np.maximum(
        left[apart], right[apart]
    )
    packed, back = np.unique(packed, return_inverse=True)
    got = np.empty(len(packed), np.int8)
    for start in range(0, len(packed), AT_ONCE):
        part = packed[start : start + AT_ONCE]
        ones, others = part // len(values), part % len(values)
        got[start : start + AT_ONCE] = (
            _text(values, ones, others, words)
            if kind == "text"
            else _FAST.get(kind, _slow(kind))(values[ones], values[others])
        )
    found[apart] = got[back]
    return found


def weigh_words(values: Texts, words: Mapping[str, float], rare: float) -> "Words":
    """The words of each value by weight, as `levels.weigh_words` has them: a row a value, a column a word."""
    places: dict[str, int] = {}
    rows, columns, weights = [], [], []
    for at, value in enumerate(values):
        for word, weight in levels.weigh_words(value, words, rare).items():
            rows.append(at)
            columns.append(places.setdefault(word, len(places)))
            weights.append(weight)
    return sparse.csr_matrix((weights, (rows, columns)), shape=(len(values), max(1, len(places))))


def _alike(scorer: Callable[..., Any], left: Texts, right: Texts) -> Floats:
    return process.cpdist(left.tolist(), right.tolist(), scorer=scorer, dtype=np.float64)


def _is_edited(left: Texts, right: Texts, most: int) -> npt.NDArray[np.bool_]:
    distances = process.cpdist(
        left.tolist(), right.tolist(), scorer=DamerauLevenshtein.distance, dtype=np.int32, score_cutoff=most
    )
    return np.asarray(distances <= most)


def _lengths(values: Texts) -> npt.NDArray[np.int64]:
    return np.fromiter(map(len, values), np.int64, len(values))


def _name(left: Texts, right: Texts) -> Levels:
    alike = _alike(JaroWinkler.similarity, left, right)
    found = np.select([alike >= 0.9, alike >= 0.8, alike >= 0.7], [3, 2, 1], 0).astype(np.int8)
    formal = nicknames.formal
    short = np.fromiter((formal(one) == formal(other) for one, other in zip(left, right, strict=True)), bool, len(left))
    found[short] = 3
    some = np.flatnonzero(alike >= 0.75)
    found[some[_is_edited(left[some], right[some], 1)]] = 4
    for at in np.flatnonzero(np.minimum(_lengths(left), _lengths(right)) == 1):
        found[at] = levels.KINDS["name"].level(left[at], right[at])
    return found


def _code(left: Texts, right: Texts) -> Levels:
    long = np.minimum(_lengths(left), _lengths(right)) >= 3
    return (_is_edited(left, right, 1) & long).astype(np.int8)


def _slow(kind: str) -> Callable[[Texts, Texts], Levels]:
    level = levels.KINDS[kind].level
    return lambda left, right: np.fromiter(map(level, left, right), np.int8, len(left))


def _text(values: Texts, ones: Longs, others: Longs, words: "Words | None") -> Levels:
    letters = process.cpdist(
        values[ones].tolist(), values[others].tolist(), scorer=fuzz.token_sort_ratio, dtype=np.float64, score_cutoff=45
    )
    shared = (
        np.asarray(words[ones].multiply(words[others]).sum(1)).ravel() if words is not None else np.zeros(len(ones))
    )
    reached = [
        (letters >= 90) | (shared >= 0.8),
        (letters >= 75) | (shared >= 0.6),
        (letters >= 60) | (shared >= 0.4),
        (letters >= 45) | (shared >= 0.2),
    ]
    return np.select(reached, [4, 3, 2, 1], 0).astype(np.int8)


_FAST = {"name": _name, "code": _code}
