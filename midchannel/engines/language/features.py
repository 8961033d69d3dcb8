"""Texts to hashed features, a batch at once: single words and pairs of words, and runs of one to five characters.

All of it is arithmetic on one array of code points, so that a thousand texts cost hardly more than their length. A feature is a row
number in a table of 2**bits rows; two features may share one (the hashing trick: Weinberger et al. 2009).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_SPACE, _END = 32, 10


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a batch. `rows` are the table's rows, text after text; `starts[i]` is where text i begins (len texts + 1)."""

    rows: Ints
    starts: Ints

    @property
    def counts(self) -> Ints:
        """How many features each text has."""
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True)
class Letters:
    """A batch as one array: small letters, words parted by one space, every text between line ends."""

    codes: NDArray[np.uint64]
    text: Ints
    inside: NDArray[np.bool_]
    size: int


def letters_of(texts: Sequence[str]) -> Letters:
    """Lay the texts side by side. Signs of punctuation and emoji are words of their own."""
    joined = "\n " + " \n ".join(text.lower().replace("\n", " ") for text in texts) + " \n"
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    text = np.cumsum(codes == _END) - 1
    return Letters(codes, text, (codes != _SPACE) & (codes != _END), len(texts))


def character_runs(letters: Letters, *, longest: int, bits: int, seed: int) -> Features:
    """Runs of 1 to `longest` characters that stay inside a word and its two borders."""
    codes, inside = letters.codes, letters.inside
    blocked = ~inside
    rows, owners = [], []
    value = np.full(len(codes), np.uint64(seed), np.uint64)
    for length in range(1, longest + 1):
        value = value[: len(codes) - length + 1]
        with np.errstate(over="ignore"):
            value = (value ^ codes[length - 1 :]) * _PRIME
        keep = inside.copy() if length == 1 else ~(codes[: len(value)] == _END)
        keep = keep[: len(value)]
        if length > 1:
            keep &= codes[length - 1 :] != _END
            for step in range(1, length - 1):
                keep &= ~blocked[step : step + len(value)]
            if length == 2:
                keep &= inside[: len(value)] | inside[1 : 1 + len(value)]
        rows.append(_row_of(value[keep], bits))
        owners.append(letters.text[: len(value)][keep])
    return _gather(rows, owners, letters.size)


def words_of(letters: Letters, *, bits: int, seed: int) -> Features:
    """Words and pairs of neighbouring words."""
    codes, inside = letters.codes, letters.inside
    first = inside & ~np.concatenate(([False], inside[:-1]))
    begins = np.flatnonzero(first)
    if not len(begins):
        return Features(np.empty(0, np.int64), np.zeros(letters.size + 1, np.int64))
    ends = np.flatnonzero(inside & ~np.concatenate((inside[1:], [False]))) + 1
    place = np.arange(len(codes), dtype=np.int64) - np.repeat(
        np.concatenate(([0], begins)), np.diff(np.concatenate(([0], begins, [len(codes)])))
    )
    with np.errstate(over="ignore"):
        spread = (codes + np.uint64(1)) * (_PRIME * (place.astype(np.uint64) * np.uint64(2) + np.uint64(1)))
        spread ^= spread >> np.uint64(29)
        total = np.concatenate((np.zeros(1, np.uint64), np.cumsum(spread, dtype=np.uint64)))
        word = ((total[ends] - total[begins]) ^ np.uint64(seed)) * _PRIME
        pair = (word[:-1] * np.uint64(31) ^ word[1:]) * _PRIME
    owner = letters.text[begins]
    together = owner[:-1] == owner[1:]
    return _gather([_row_of(word, bits), _row_of(pair[together], bits)], [owner, owner[:-1][together]], letters.size)


def _row_of(value: NDArray[np.uint64], bits: int) -> Ints:
    return ((value ^ (value >> np.uint64(31))) * _PRIME >> np.uint64(64 - bits)).astype(np.int64)


def _gather(rows: list[Ints], owners: list[Ints], size: int) -> Features:
    row, owner = np.concatenate(rows), np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(size + 1))
    return Features(row[order], starts)
