"""Texts to hashed features, a batch at once: single words and pairs of words, and runs of one to five characters.

All of it is arithmetic on one array of code points, so that a thousand texts cost hardly more than their length. A feature is a row
number in a table of 2**bits rows; two features may share one (the hashing trick: Weinberger et al. 2009).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midchannel.engines.language.letters import END, PRIME, Ints, Letters

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a batch. `rows` are the table's rows, text after text; `starts[i]` is where text i begins (len texts + 1)."""

    rows: Rows
    starts: Ints

    @property
    def counts(self) -> Ints:
        """How many features each text has."""
        return np.diff(self.starts)


def character_runs(letters: Letters, *, longest: int, bits: int, seed: int) -> Features:
    """Runs of 1 to `longest` characters that stay inside a word and its two borders; signs count as words' characters."""
    codes, inside = letters.codes, letters.inside
    size = len(codes)
    free = codes != END
    value = np.empty((longest, size), np.uint64)
    keep = np.zeros((longest, size), bool)  # a run stands where it begins
    value[0] = (codes ^ np.uint64(seed)) * PRIME
    keep[0] = inside
    whole = inside[1:]  # whether what is between a run's two ends is inside
    for last in range(1, longest):
        left = size - last
        np.multiply(value[last - 1, :left] ^ codes[last:], PRIME, out=value[last, :left])
        if last > 1:
            whole = inside[1:-1] if last == 2 else whole[:-1] & inside[last - 1 : -1]
        ends = free[:left] & free[last:]
        np.logical_and(ends, whole if last > 1 else inside[:-1] | inside[1:], out=keep[last, :left])
    return Features(_row_of(value.T[keep.T], bits), _starts(keep.sum(axis=0))[letters.bounds])


def words_of(letters: Letters, *, bits: int, seed: int) -> Features:
    """Words and pairs of neighbouring words; signs that follow one another are a word of their own."""
    words = letters.words
    count = len(words.begins)
    value = np.empty((count, 2), np.uint64)  # each word, and the pair it begins
    value[:, 0] = (words.value ^ np.uint64(seed)) * PRIME
    value[:-1, 1] = (value[:-1, 0] * np.uint64(31) ^ value[1:, 0]) * PRIME
    keep = np.zeros((count, 2), bool)
    keep[:, 0] = True
    keep[:-1, 1] = words.owner[:-1] == words.owner[1:]
    own = np.bincount(words.owner, minlength=letters.size)
    return Features(_row_of(value[keep], bits), _starts(own + np.maximum(own - 1, 0)))


def _row_of(value: NDArray[np.uint64], bits: int) -> Rows:
    return ((value ^ (value >> np.uint64(31))) * PRIME >> np.uint64(64 - bits)).astype(np.int32)


def _starts(counts: Ints) -> Ints:
    """Where each begins that has so many, and where the last ends."""
    starts = np.zeros(len(counts) + 1, np.int64)
    counts.cumsum(out=starts[1:])
    return starts
