"""Texts to hashed features, a batch at once: single words and pairs of words, and runs of one to five characters.

All of it is arithmetic on one array of code points, so that a thousand texts cost hardly more than their length. A feature is a row
number in a table of 2**bits rows; two features may share one (the hashing trick: Weinberger et al. 2009).
"""

from collections.abc import Sequence
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
    borders = codes == END
    bounds = letters.bounds
    value = np.full(len(codes), np.uint64(seed), np.uint64)
    whole = np.ones(len(codes), bool)  # whether what is between a run's two ends is inside
    blocks = []
    for length in range(1, longest + 1):
        last = length - 1
        value = value[: len(codes) - last]
        with np.errstate(over="ignore"):
            value = (value ^ codes[last:]) * PRIME
        if length == 1:
            keep = inside
        else:
            if length > 2:
                whole = whole[: len(value)] & inside[last - 1 : -1]
            keep = ~(borders[: len(value)] | borders[last:])
            keep &= whole if length > 2 else inside[:-1] | inside[1:]
        blocks.append((_row_of(value[keep], bits), _counts(keep, bounds)))
    return _gather(blocks)


def words_of(letters: Letters, *, bits: int, seed: int) -> Features:
    """Words and pairs of neighbouring words; signs that follow one another are a word of their own."""
    words = letters.words
    if not len(words.begins):
        return Features(np.empty(0, np.int32), np.zeros(letters.size + 1, np.int64))
    with np.errstate(over="ignore"):
        word = (words.value ^ np.uint64(seed)) * PRIME
        pair = (word[:-1] * np.uint64(31) ^ word[1:]) * PRIME
    together = words.owner[:-1] == words.owner[1:]
    size = letters.size
    return _gather(
        [
            (_row_of(word, bits), np.bincount(words.owner, minlength=size)),
            (_row_of(pair[together], bits), np.bincount(words.owner[:-1][together], minlength=size)),
        ]
    )


def _row_of(value: NDArray[np.uint64], bits: int) -> Rows:
    return ((value ^ (value >> np.uint64(31))) * PRIME >> np.uint64(64 - bits)).astype(np.int32)


def _counts(keep: NDArray[np.bool_], bounds: Ints) -> Ints:
    """How many are kept of each text, which are those between two bounds."""
    before = np.concatenate((np.zeros(1, np.int64), np.cumsum(keep)))
    return np.diff(before[np.minimum(bounds, len(keep))])


def _gather(blocks: Sequence[tuple[Rows, Ints]]) -> Features:
    """Blocks of rows, each in the order of its texts with how many each text has, to one: text after text, block after block."""
    counts = np.array([each for _, each in blocks])
    starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts.sum(axis=0))))
    rows = np.empty(starts[-1], np.int32)
    free = starts[:-1].copy()
    for block, own in blocks:
        behind = np.cumsum(own) - own
        rows[np.arange(len(block)) + np.repeat(free - behind, own)] = block
        free += own
    return Features(rows, starts)
