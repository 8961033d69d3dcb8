"""A company's own topics: learned from texts that its people labelled, and read again in new ones.

A topic that has fewer than LEAST texts is not learned; texts without a label teach what is about none of them. What is learned is a
linear model over hashed words, pairs of words and runs of characters (tf-idf of unit length; multinomial logistic regression with a
normal prior, by L-BFGS), eight bits a weight, only for features that stood in two texts or more. Probabilities are made true on texts
that were held out.
"""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from midchannel.engines.language import features, letters, normal
from midchannel.engines.language.features import Floats
from midchannel.engines.language.letters import Letters

EXAMPLE_FILE = "banking.npz"
BITS, LONGEST, WORD_SEED, RUN_SEED = 19, 5, 7, 8
LEAST = 8
"""So many texts a topic needs before it is learned."""
TOPICS_LEAST = 2
NONE = ""
"""The label of texts that are about none of the topics."""
HELD_OUT, FEW = 5, 2000
"""Every fifth text of a topic tells how sure the model may be; up to so many texts, each of them does, in turn."""
SURE = 0.5
"""From this probability a topic is said to hold."""
PENALTY = 5e-6
STEPS = 80
Ints = NDArray[np.int64]


class Shape(msgspec.Struct, frozen=True):
    """What a model of topics can say. `stretch` makes its probabilities true; `texts` is how many each topic was learned from.

    `right` is the share of the `held_out` texts whose topic it named without having seen them.
    """

    labels: tuple[str, ...]
    texts: tuple[int, ...]
    stretch: float = 1.0
    right: float = 0.0
    held_out: int = 0


@dataclass(frozen=True)
class Topics:
    """A model of topics: for each of the kept features (rows of the hashed table: words, then runs) its rarity and its weights."""

    shape: Shape
    words: Ints
    runs: Ints
    rarity: Floats
    weights: NDArray[np.int8]
    scale: Floats
    bias: Floats

    def probabilities(self, batch: Letters) -> Floats:
        """Texts to probabilities (texts, topics); a row sums to 1, or to 0 where no word of the text is known."""
        given = _weighed(_counted(batch), (self.words, self.runs), self.rarity)
        scores = np.asarray(given @ self.weights.astype(np.float32)) * self.scale + self.bias
        chances = _softmax(scores * np.float32(self.shape.stretch))
        chances[np.diff(csr_array(given[:, : len(self.words)]).indptr) == 0] = 0  # no word of it was ever seen
        return chances


def learn_topics(texts: Sequence[str], labels: Sequence[str], *, least: int = LEAST) -> Topics | None:
    """Learn topics from texts and the label of each; "" means none of them.

    None where fewer than two topics have `least` texts: nothing is guessed.
    """
    often = Counter(labels)
    names = tuple(sorted(label for label, count in often.items() if label and count >= least))
    if len(names) < TOPICS_LEAST:
        return None
    names = (*names, NONE) if often[NONE] >= least else names
    number = {name: at for at, name in enumerate(names)}
    kept = [(text, number[label]) for text, label in zip(texts, labels, strict=True) if label in number]
    right = np.array([label for _, label in kept])
    blocks = _counted(_batch([text for text, _ in kept]))
    part = _parts(right)
    scores, seen = [], []
    for held in (part == at for at in range(HELD_OUT if len(right) <= FEW else 1)):
        model = _fitted([block[~held] for block in blocks], right[~held], names)
        given = _weighed([block[held] for block in blocks], (model.words, model.runs), model.rarity)
        scores.append(np.asarray(given @ model.weights.astype(np.float32)) * model.scale + model.bias)
        seen.append(right[held])
    said, true = np.concatenate(scores), np.concatenate(seen)
    model = _fitted(blocks, right, names)
    share = float((said.argmax(axis=1) == true).mean())
    shape = Shape(names, tuple(often[name] for name in names), _stretch(said, true), round(share, 4), len(true))
    return Topics(shape, model.words, model.runs, model.rarity, model.weights, model.scale, model.bias)


def read_topics(
    model: Topics | None, texts: Sequence[str], *, sure: float = SURE
) -> list[tuple[tuple[str, float], ...]]:
    """For each text the topics that hold with at least this probability, likeliest first. Nothing where it is not sure."""
    if model is None or not texts:
        return [()] * len(texts)
    return read_batch(model, _batch(texts), sure=sure)


def read_batch(model: Topics, batch: Letters, *, sure: float = SURE) -> list[tuple[tuple[str, float], ...]]:
    """As `read_topics`, of a batch that was laid out already."""
    return [
        tuple(
            (model.shape.labels[at], round(float(row[at]), 3))
            for at in np.argsort(-row, kind="stable")
            if row[at] >= sure and model.shape.labels[at]
        )
        for row in model.probabilities(batch)
    ]


def save(model: Topics, into: Path | io.BytesIO) -> None:
    """Write a model as one compressed file."""
    np.savez_compressed(
        into,
        shape=np.frombuffer(msgspec.json.encode(model.shape), np.uint8),
        words=model.words.astype(np.int32),
        runs=model.runs.astype(np.int32),
        rarity=model.rarity.astype(np.float16),
        weights=model.weights,
        scale=model.scale,
        bias=model.bias,
    )


def load(source: Path | io.BytesIO) -> Topics:
    """Read a model. Raises FileNotFoundError, and ValueError for what is none."""
    with np.load(source, allow_pickle=False) as kept:
        try:
            shape = msgspec.json.decode(kept["shape"].tobytes(), type=Shape)
            return Topics(
                shape,
                kept["words"].astype(np.int64),
                kept["runs"].astype(np.int64),
                kept["rarity"].astype(np.float32),
                kept["weights"],
                kept["scale"],
                kept["bias"],
            )
        except (KeyError, msgspec.DecodeError) as error:
            raise ValueError(f"This is no model of topics: {error}") from error


def _batch(texts: Sequence[str]) -> Letters:
    return letters.of([normal.read_form(text) for text in texts])


def _counted(batch: Letters) -> list[csr_array]:
    found = (
        features.words_of(batch, bits=BITS, seed=WORD_SEED),
        features.character_runs(batch, longest=LONGEST, bits=BITS, seed=RUN_SEED),
    )
    out = []
    for each in found:
        ones = np.ones(len(each.rows), np.float32)
        block = csr_array((ones, each.rows.astype(np.int32), each.starts.astype(np.int32)), (batch.size, 2**BITS))
        block.sum_duplicates()
        out.append(block)
    return out


def _weighed(blocks: Sequence[csr_array], kept: tuple[Ints, Ints], rarity: Floats) -> csr_array:
    """tf-idf with the logarithm of counts, each block of unit length."""
    out, at = [], 0
    for block, rows in zip(blocks, kept, strict=True):
        own = csr_array(block[:, rows])
        own.data = np.asarray((1 + np.log(own.data)) * rarity[at + own.indices], np.float32)
        long = np.sqrt(np.asarray(own.multiply(own).sum(axis=1)).ravel())
        own.data /= np.repeat(np.maximum(long, 1e-9), np.diff(own.indptr)).astype(np.float32)
        out.append(own)
        at += len(rows)
    return csr_array(hstack(out))


def _fitted(blocks: Sequence[csr_array], right: Ints, names: tuple[str, ...]) -> Topics:
    kept, rare = [], []
    for block in blocks:
        seen = np.bincount(block.indices, minlength=block.shape[1])
        rows = np.flatnonzero(seen >= 2)
        kept.append(rows)
        rare.append(np.log((1 + block.shape[0]) / (1 + seen[rows])) + 1)
    rarity = np.concatenate(rare).astype(np.float16).astype(np.float32)
    given = _weighed(blocks, (kept[0], kept[1]), rarity)
    weights, bias = _logistic(given, right, len(names))
    scale = np.maximum(np.quantile(np.abs(weights), 0.9999, axis=0), 1e-6) / 127
    small = np.clip(np.round(weights / scale), -127, 127).astype(np.int8)
    return Topics(Shape(names, ()), kept[0], kept[1], rarity, small, scale.astype(np.float32), bias)


def _logistic(given: csr_array, right: Ints, labels: int) -> tuple[Floats, Floats]:
    """Weights (features, labels) and bias: multinomial logistic regression with a normal prior."""
    from scipy.optimize import minimize  # 20 MB and most of a second in every process; only who learns needs it

    size, width = given.shape
    across = csr_array(given.T)

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        own = values.reshape(width + 1, labels).astype(np.float32)
        scores = np.asarray(given @ own[:-1]) + own[-1]
        chance = _softmax(scores)
        total = -np.log(np.maximum(chance[np.arange(size), right], 1e-30)).sum() / size
        chance[np.arange(size), right] -= 1
        chance /= size
        slope = np.concatenate([np.asarray(across @ chance) + PENALTY * own[:-1], chance.sum(axis=0)[None]])
        return float(total + PENALTY / 2 * (own[:-1].astype(np.float64) ** 2).sum()), slope.astype(np.float64).ravel()

    start = np.zeros((width + 1) * labels)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 6}).x
    values = found.reshape(width + 1, labels).astype(np.float32)
    return values[:-1], values[-1]


def _softmax(scores: NDArray[Any]) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), scores.dtype)


def _parts(right: Ints) -> Ints:
    """For each text the part it is held out with: every fifth text of each topic is in the same."""
    order = np.argsort(right, kind="stable")
    out = np.zeros(len(right), np.int64)
    out[order] = (np.arange(len(right)) - np.searchsorted(right[order], right[order])) % HELD_OUT
    return out


def _stretch(scores: Floats, right: Ints) -> float:
    """What makes the probabilities true (temperature: Guo et al. 2017), on texts that were held out."""
    from scipy.optimize import minimize

    rows, exact = np.arange(len(right)), scores.astype(np.float64)

    def loss(values: NDArray[np.float64]) -> float:
        return float(-np.log(np.maximum(_softmax(exact * values[0])[rows, right], 1e-30)).mean())

    return float(minimize(loss, np.ones(1), method="L-BFGS-B", bounds=[(0.05, 5)]).x[0])
