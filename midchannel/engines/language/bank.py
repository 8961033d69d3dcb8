"""Linear heads over hashed features, eight bits a weight: what a thousand texts cost is a table's look-ups and their sums.

A bank has one table for words and their pairs, one for runs of characters, and a small exact one for the lexicon's features; all heads
are columns of the same tables, so every text is looked up once for all of them. A head is "one" (its labels exclude each other:
softmax) or "many" (each stands alone: sigmoid). `stretch` and `shift` make its probabilities true (Platt 1999), fitted on held-out texts.
The labels of the last head may also be weighed against each other (`Between`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from midchannel.engines.language import features, letters
from midchannel.engines.language import lexicon as feeling
from midchannel.engines.language.features import Features, Floats
from midchannel.engines.language.letters import Ints

WORD_SEED, RUN_SEED = 2, 1


class Head(msgspec.Struct, frozen=True):
    """Which columns of a bank belong together. `stretch`, `shift` and, for "many", `threshold` have one number a column.

    At or above its threshold a label is said to hold: where precision and recall were best balanced on held-out texts.
    """

    name: str
    labels: tuple[str, ...]
    kind: str
    first: int
    stretch: tuple[float, ...]
    shift: tuple[float, ...]
    threshold: tuple[float, ...] = ()

    @property
    def columns(self) -> slice:
        """The head's columns in its bank."""
        return slice(self.first, self.first + len(self.labels))

    def probabilities(self, scores: Floats) -> Floats:
        """Raw scores of the bank (texts, columns) to calibrated probabilities (texts, labels)."""
        own = scores[:, self.columns] * np.array(self.stretch, np.float32) + np.array(self.shift, np.float32)
        return _each_alone(own) if self.kind == "many" else _one_of_all(own)


def _each_alone(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.minimum(np.maximum(odds, np.float32(-30)), np.float32(30)))), np.float32)


def _one_of_all(odds: Floats) -> Floats:
    own = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(own / own.sum(axis=1, keepdims=True), np.float32)


class Shape(msgspec.Struct, frozen=True):
    """What a bank consists of. `longest` is the longest run of characters; bits 0 means there is no such table."""

    version: str
    word_bits: int
    run_bits: int
    longest: int
    heads: tuple[Head, ...]


@dataclass(frozen=True)
class Between:
    """A layer between the raw scores of a head's labels and those that count: what sounds like a complaint and like praise may be neither.

    `into` (labels + 1, width) and `out` (width + 1, labels); the last row of each is its bias.
    """

    into: Floats
    out: Floats

    def weighed(self, scores: Floats) -> Floats:
        """Raw scores (texts, labels) to those that count."""
        inner = np.maximum(scores @ self.into[:-1] + self.into[-1], 0)
        return np.asarray(inner @ self.out[:-1] + self.out[-1], np.float32)


@dataclass(frozen=True)
class Bank:
    """The tables, ready to score. `word_scale` and `run_scale` give back what eight bits took, a number a column.

    `words` and `runs` have whole numbers of eight bits.
    """

    shape: Shape
    words: NDArray[np.int8] | Floats
    runs: NDArray[np.int8] | Floats
    word_scale: Floats
    run_scale: Floats
    dense: Floats
    bias: Floats
    lexicon: Mapping[str, float]
    between: Between | None = None

    @cached_property
    def feelings(self) -> feeling.Lexicon:
        """The lexicon as it is looked up."""
        return feeling.compiled(self.lexicon)

    def score(self, texts: Sequence[str]) -> Floats:
        """Texts in their read form to raw scores (texts, columns)."""
        return self.score_letters(letters.of(texts))

    def score_letters(self, batch: letters.Letters) -> Floats:
        """A batch already laid side by side to raw scores (texts, columns)."""
        scores = np.tile(self.bias, (batch.size, 1))
        if not batch.size:
            return scores
        shape = self.shape
        if shape.word_bits:
            found = features.words_of(batch, bits=shape.word_bits, seed=WORD_SEED)
            scores += looked_up(self.words, found) * self.word_scale
        if shape.run_bits:
            found = features.character_runs(batch, longest=shape.longest, bits=shape.run_bits, seed=RUN_SEED)
            scores += looked_up(self.runs, found) * self.run_scale
        if self.lexicon:
            scores += feeling.features_of(batch, self.feelings) @ self.dense
        if self.between is not None:
            own = shape.heads[-1].columns
            scores[:, own] = self.between.weighed(scores[:, own])
        return scores

    def probabilities(self, scores: Floats) -> dict[str, Floats]:
        """Raw scores (texts, columns) to the calibrated probabilities of every head (texts, labels), by its name."""
        stretch, shift = self._calibration
        own = scores * stretch + shift
        alone = _each_alone(own)
        return {
            head.name: alone[:, head.columns] if head.kind == "many" else _one_of_all(own[:, head.columns])
            for head in self.shape.heads
        }

    @cached_property
    def _calibration(self) -> tuple[Floats, Floats]:
        """The stretch and the shift of every column."""
        stretch, shift = np.ones_like(self.bias), np.zeros_like(self.bias)
        for head in self.shape.heads:
            stretch[head.columns], shift[head.columns] = head.stretch, head.shift
        return stretch, shift

    def head(self, name: str) -> Head:
        """The head of this name. Raises KeyError."""
        for head in self.shape.heads:
            if head.name == name:
                return head
        raise KeyError(name)


def looked_up(table: NDArray[np.int8] | Floats, found: Features) -> Floats:
    """The sum of the rows of each text, over the root of how many there are."""
    counts = found.counts
    summed = (_sum_of_few if len(found.rows) < FEW_ROWS else _sum_of_many)(table, found, counts)
    return np.asarray(summed / np.sqrt(np.maximum(counts, 1), dtype=np.float32)[:, None], np.float32)


FEW_ROWS = 5_000
"""Below so many rows it is not worth looking for those that are the same. Both ways add whole numbers: exact, in any order."""


def _sum_of_few(table: NDArray[np.int8] | Floats, found: Features, counts: Ints) -> Floats:
    summed = np.zeros((len(counts), table.shape[1]), np.float32)
    some = counts.nonzero()[0]
    if len(some):
        summed[some] = np.add.reduceat(table.take(found.rows, axis=0).astype(np.float32), found.starts[some], axis=0)
    return summed


def _sum_of_many(table: NDArray[np.int8] | Floats, found: Features, counts: Ints) -> Floats:
    """Only rows that a text has are made floats: the table stays as small as it is kept."""
    seen = np.zeros(len(table), bool)
    seen[found.rows] = True
    used = np.flatnonzero(seen)
    place = (seen.cumsum(dtype=np.int32) - 1)[found.rows]
    ones = np.ones(len(found.rows), np.float32)
    picked = csr_array((ones, place, found.starts.astype(np.int32)), (len(counts), len(used)))
    return np.asarray(picked @ table.take(used, axis=0).astype(np.float32))


def save(bank: Bank, path: Path) -> None:
    """Write a bank as one compressed file."""
    between: dict[str, Any] = {} if bank.between is None else {"into": bank.between.into, "out": bank.between.out}
    np.savez_compressed(
        path,
        shape=np.frombuffer(msgspec.json.encode(bank.shape), np.uint8),
        words=bank.words.astype(np.int8),
        runs=bank.runs.astype(np.int8),
        word_scale=bank.word_scale,
        run_scale=bank.run_scale,
        dense=bank.dense,
        bias=bank.bias,
        lexicon=np.frombuffer(msgspec.json.encode(dict(bank.lexicon)), np.uint8),
        **between,
    )


def load(path: Path) -> Bank:
    """Read a bank. Raises FileNotFoundError, and ValueError for what is none."""
    with np.load(path, allow_pickle=False) as kept:
        try:
            shape = msgspec.json.decode(kept["shape"].tobytes(), type=Shape)
            words = msgspec.json.decode(kept["lexicon"].tobytes(), type=dict[str, float])
            return Bank(
                shape,
                kept["words"],
                kept["runs"],
                kept["word_scale"],
                kept["run_scale"],
                kept["dense"],
                kept["bias"],
                words,
                Between(kept["into"], kept["out"]) if "into" in kept else None,
            )
        except (KeyError, msgspec.DecodeError) as error:
            raise ValueError(f"{path.name} is no bank of heads: {error}") from error
