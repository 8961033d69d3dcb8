"""Texts to hashed features, a batch at once: single words and pairs of words, and runs of one to five characters.

All of it is arithmetic on one array of code points, so that a thousand texts cost hardly more than their length. A feature is a row
number in a table of 2**bits rows; two features may share one (the hashing trick: Weinberger et al. 2009).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midchannel.engines.language.letters import END, PRIME, Ints, Letters

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a batch. `rows` are the table's rows, text after text; `starts[i]` is where text i begins (len texts + 1)."""

    rows: Ints
    starts: Ints

    @property
    def counts(self) -> Ints:
        """How many features each text has."""
        return np.diff(self.starts)


def character_runs(letters: Letters, *, longest: int, bits: int, seed: int) -> Features:
    """Runs of 1 to `longest` characters that stay inside a word and its two borders; signs count as words' characters."""
    codes, inside = letters.codes, letters.inside
    blocked = ~inside
    ends = codes == END
    rows, owners = [], []
    value = np.full(len(codes), np.uint64(seed), np.uint64)
    for length in range(1, longest + 1):
        value = value[: len(codes) - length + 1]
        with np.errstate(over="ignore"):
            value = (value ^ codes[length - 1 :]) * PRIME
        if length == 1:
            keep = inside
        else:
            keep = ~(ends[: len(value)] | ends[length - 1 :])
            for step in range(1, length - 1):
                keep &= ~blocked[step : step + len(value)]
            if length == 2:
                keep &= inside[: len(value)] | inside[1 : 1 + len(value)]
        rows.append(_row_of(value[keep], bits))
        owners.append(letters.text[: len(value)][keep])
    return _gather(rows, owners, letters.size)


def words_of(letters: Letters, *, bits: int, seed: int) -> Features:
    """Words and pairs of neighbouring words; signs that follow one another are a word of their own."""
    words = letters.words
    if not len(words.begins):
        return Features(np.empty(0, np.int64), np.zeros(letters.size + 1, np.int64))
    with np.errstate(over="ignore"):
        word = (words.value ^ np.uint64(seed)) * PRIME
        pair = (word[:-1] * np.uint64(31) ^ word[1:]) * PRIME
    together = words.owner[:-1] == words.owner[1:]
    return _gather(
        [_row_of(word, bits), _row_of(pair[together], bits)],
        [words.owner, words.owner[:-1][together]],
        letters.size,
    )


def _row_of(value: NDArray[np.uint64], bits: int) -> Ints:
    return ((value ^ (value >> np.uint64(31))) * PRIME >> np.uint64(64 - bits)).astype(np.int64)


def _gather(rows: list[Ints], owners: list[Ints], size: int) -> Features:
    row, owner = np.concatenate(rows), np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(size + 1))
    return Features(row[order], starts)
