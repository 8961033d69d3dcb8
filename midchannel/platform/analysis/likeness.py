"""Levels of likeness for many pairs at once: the same as `engines.identity.levels` gives pair by pair."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler
from scipy import sparse

from midchannel.engines.identity import keys, levels, nicknames
from midchannel.platform.analysis.frame import Codes, Column, Floats, Longs, Texts

Levels = npt.NDArray[np.int8]
Words: TypeAlias = Any
"""A sparse matrix of SciPy, which has no types."""

AT_ONCE = 500_000
"""So many pairs of values are compared in one step, which bounds the memory."""


_Compare = Callable[[Longs, Longs], Levels]
"""Levels of pairs of unequal values, given by their places."""


class Comparer:
    """A kind of comparison made ready for a set of values. `words` are the weighed words of texts."""

    def __init__(self, kind: str, values: Texts, words: Words | None = None) -> None:
        self.size = max(1, len(values))
        self.same = levels.KINDS[kind].same
        self.compare: _Compare | None = None
        if kind not in {"exact", "order"}:
            self.compare = _text(values, words) if kind == "text" else _FAST.get(kind, _slow(kind))(values)

    def of_column(self, column: Column, left: Longs, right: Longs) -> Levels:
        """The level of each pair of records, -1 where one has no value."""
        best = np.full(len(left), -1, np.int8)
        for one in column.codes:
            for other in column.codes:
                best = np.maximum(best, self.of_codes(one[left], other[right]))
        return best

    def of_codes(self, left: Codes, right: Codes) -> Levels:
        """The level of each pair of values, given by their places; each different pair of values is compared once."""
        found = np.full(len(left), -1, np.int8)
        both = (left >= 0) & (right >= 0)
        found[both & (left == right)] = self.same
        apart = np.flatnonzero(both & (left != right))
        if self.compare is None or not len(apart):
            found[apart] = 0
            return found
        packed = np.minimum(left[apart], right[apart]).astype(np.int64) * self.size + np.maximum(
            left[apart], right[apart]
        )
        packed, back = np.unique(packed, return_inverse=True)
        got = np.empty(len(packed), np.int8)
        for start in range(0, len(packed), AT_ONCE):
            part = packed[start : start + AT_ONCE]
            got[start : start + AT_ONCE] = self.compare(part // self.size, part % self.size)
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


def _alike(scorer: Callable[..., Any], left: Texts, right: Texts, *, least: float | None = None) -> Floats:
    """How alike pairs are; what is less than `least` may be 0. A little under it is computed, or rounding would decide."""
    cutoff = None if least is None else 0.98 * least
    return process.cpdist(left.tolist(), right.tolist(), scorer=scorer, dtype=np.float64, score_cutoff=cutoff)


def _is_edited(left: Texts, right: Texts, most: int) -> npt.NDArray[np.bool_]:
    found = process.cpdist(
        left.tolist(), right.tolist(), scorer=DamerauLevenshtein.distance, dtype=np.int32, score_cutoff=most
    )
    return np.asarray(found <= most)


def _lengths(values: Texts) -> npt.NDArray[np.int64]:
    return np.fromiter(map(len, values), np.int64, len(values))


def _spelled(values: Texts, spell: Callable[[str], str]) -> tuple[Texts, npt.NDArray[np.int64]]:
    """Values spelled otherwise, and a number for each different spelling."""
    places: dict[str, int] = {}
    made = np.empty(len(values), object)
    made[:] = [spell(each) for each in values]
    return made, np.fromiter((places.setdefault(each, len(places)) for each in made), np.int64, len(made))


def _name(values: Texts) -> _Compare:
    formal = _spelled(values, nicknames.formal)[1]
    lengths = _lengths(values)
    known = np.fromiter(map(nicknames.is_known, values), bool, len(values))

    def compare(ones: Longs, others: Longs) -> Levels:
        left, right = values[ones], values[others]
        alike = _alike(JaroWinkler.similarity, left, right, least=0.7)
        found = np.select([alike >= 0.9, alike >= 0.8, alike >= 0.7], [3, 2, 1], 0).astype(np.int8)
        found[formal[ones] == formal[others]] = 3
        some = np.flatnonzero(alike >= 0.75)
        found[some[_is_edited(left[some], right[some], 1)]] = 4
        shortest = np.minimum(lengths[ones], lengths[others])
        doubtful = (alike >= 0.7) & (known[ones] & known[others] | (shortest <= levels.SHORT))
        for at in np.flatnonzero(doubtful | (shortest == 1)):
            found[at] = levels.KINDS["name"].level(left[at], right[at])
        return found

    return compare


def _code(values: Texts) -> _Compare:
    lengths = _lengths(values)

    def compare(ones: Longs, others: Longs) -> Levels:
        found = (np.minimum(lengths[ones], lengths[others]) >= 3) & (np.abs(lengths[ones] - lengths[others]) <= 1)
        some = np.flatnonzero(found)
        found[some] = _is_edited(values[ones[some]], values[others[some]], 1)
        return np.asarray(found, np.int8)

    return compare


def _email(values: Texts) -> _Compare:
    users, numbers = _spelled(values, levels.user_letters)

    def compare(ones: Longs, others: Longs) -> Levels:
        left, right = values[ones], values[others]
        found = (_alike(JaroWinkler.similarity, users[ones], users[others], least=0.88) >= 0.88).astype(np.int8)
        found[numbers[ones] == numbers[others]] = 2
        some = np.flatnonzero(_alike(fuzz.ratio, left, right, least=levels.NEAR_EMAIL) >= levels.NEAR_EMAIL)
        found[some] = 3
        found[_is_edited(left, right, 2)] = 4
        return found

    return compare


def _handle(values: Texts) -> _Compare:
    letters, numbers = _spelled(values, keys.squeeze)

    def compare(ones: Longs, others: Longs) -> Levels:
        alike = _alike(JaroWinkler.similarity, letters[ones], letters[others], least=0.85)
        found = np.select([alike >= 0.94, alike >= 0.85], [2, 1], 0).astype(np.int8)
        found[numbers[ones] == numbers[others]] = 3
        return found

    return compare


def _date(values: Texts) -> _Compare:
    days = np.fromiter(map(levels.days, values), np.int64, len(values))
    parts = [_spelled(values, each)[1] for each in (_year, _month, _day)]
    month_day, day_month = _crossed(values)

    def compare(ones: Longs, others: Longs) -> Levels:
        gap = np.abs(days[ones] - days[others])
        same = [each[ones] == each[others] for each in parts]
        found = np.select(
            [(sum(each.astype(np.int8) for each in same) == 2) | (gap <= 31), gap <= 366, gap <= 3660], [3, 2, 1], 0
        )
        mistyped = same[0] & (month_day[ones] == day_month[others])
        some = np.flatnonzero(~mistyped)
        mistyped[some] = _is_edited(values[ones[some]], values[others[some]], 1)
        found[mistyped] = 4
        return found.astype(np.int8)

    return compare


def _crossed(values: Texts) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Month and day as numbers of one kind, in their order and the other way round."""
    places: dict[tuple[str, str], int] = {}
    straight = [places.setdefault((each[4:6], each[6:8]), len(places)) for each in values]
    turned = [places.setdefault((each[6:8], each[4:6]), len(places)) for each in values]
    return np.array(straight, np.int64), np.array(turned, np.int64)


def _year(value: str) -> str:
    return value[:4]


def _month(value: str) -> str:
    return value[4:6]


def _day(value: str) -> str:
    return value[6:8]


def _slow(kind: str) -> Callable[[Texts], _Compare]:
    level = levels.KINDS[kind].level
    return lambda values: lambda ones, others: np.fromiter(map(level, values[ones], values[others]), np.int8, len(ones))


def _text(values: Texts, words: Words | None) -> _Compare:
    def compare(ones: Longs, others: Longs) -> Levels:
        letters = _alike(fuzz.token_sort_ratio, values[ones], values[others], least=45)
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

    return compare


_FAST = {"name": _name, "code": _code, "email": _email, "handle": _handle, "date": _date}
