"""Fitting: hashed features to columns of weights, to eight bits, to true probabilities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import SGDClassifier

from midchannel.engines import language
from midchannel.engines.language import bank, features, letters, lexicon, normal
from training.language.data import Example

WORD_BITS, RUN_BITS, LONGEST = 17, 18, 5
WORD_WEIGHT = RUN_WEIGHT = 2.0
DENSE_WEIGHT = 2.0


class Matrix:
    """Examples as a sparse matrix: words, runs, lexicon."""

    def __init__(
        self,
        texts: Sequence[str],
        words: Mapping[str, float],
        *,
        word_bits: int,
        run_bits: int,
        longest: int,
        only_letters: bool = False,
    ) -> None:
        self.word_bits, self.run_bits = word_bits, run_bits
        compiled = lexicon.compiled(words) if words else None
        parts: list[tuple[sp.csr_matrix, ...]] = []
        read = [normal.read_form(text) for text in texts]
        for at in range(0, len(read), 2000):
            some = read[at : at + 2000]
            batch = letters.of(some)
            batch = batch.telling(language.LANGUAGE_READ) if only_letters else batch
            one = []
            if word_bits:
                one.append(_rows(features.words_of(batch, bits=word_bits, seed=bank.WORD_SEED), word_bits))
            if run_bits:
                one.append(
                    _rows(features.character_runs(batch, longest=longest, bits=run_bits, seed=bank.RUN_SEED), run_bits)
                )
            if compiled:
                one.append(sp.csr_matrix(lexicon.features_of(batch, compiled) * np.float32(DENSE_WEIGHT)))
            parts.append(tuple(one))
        self.blocks = [sp.vstack(block).tocsr() for block in zip(*parts, strict=True)]

    def joined(self, idf: Sequence[NDArray[np.float32] | None]) -> sp.csr_matrix:
        """One matrix, each hashed column weighed by how rare it is."""
        return sp.hstack(
            [
                block if weight is None else block @ sp.diags(weight)
                for block, weight in zip(self.blocks, idf, strict=True)
            ]
        ).tocsr()


def _rows(found: features.Features, bits: int) -> sp.csr_matrix:
    counts = np.maximum(found.counts, 1)
    values = np.repeat((1 / np.sqrt(counts)).astype(np.float32), found.counts)
    matrix = sp.csr_matrix(
        (values, found.rows.astype(np.int32), found.starts.astype(np.int32)), shape=(len(counts), 2**bits)
    )
    matrix.sum_duplicates()
    return matrix


def rarity(block: sp.csr_matrix, weight: float) -> NDArray[np.float32]:
    """Inverse document frequency, nothing for what was seen once."""
    seen = np.asarray((block > 0).sum(axis=0)).ravel()
    rare = np.log((1 + block.shape[0]) / (1 + seen)) + 1
    rare[seen < 2] = 0
    return np.asarray(weight * rare / 6, np.float32)


def one_against_all(
    matrix: sp.csr_matrix, truth: NDArray[np.int8], weights: NDArray[np.float32], *, alpha: float, epochs: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A logistic column for each label. `truth` is (examples, labels) of 1, 0, or -1 where nothing is known. Returns weights and bias."""
    columns, bias = [], []
    for at in range(truth.shape[1]):
        known = truth[:, at] >= 0
        if not (truth[known, at] > 0).any():  # its rows were left out: it is never said
            columns.append(np.zeros(matrix.shape[1], np.float32))
            bias.append(-10.0)
            continue
        fitted = SGDClassifier(
            loss="log_loss",
            alpha=alpha,
            max_iter=epochs,
            tol=None,
            class_weight="balanced",
            average=True,
            random_state=1,
        ).fit(matrix[known], truth[known, at], sample_weight=weights[known])
        columns.append(fitted.coef_[0].astype(np.float32))
        bias.append(float(fitted.intercept_[0]))
    return np.stack(columns, axis=1), np.array(bias, np.float32)


def softmax(
    matrix: sp.csr_matrix,
    right: NDArray[np.int64],
    labels: int,
    weights: NDArray[np.float32],
    *,
    epochs: int,
    rate: float = 0.5,
    decay: float = 1e-7,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """One softmax over labels that exclude each other, by Adagrad in small batches (Duchi et al. 2011). Returns weights and bias."""
    rng = np.random.default_rng(1)
    weight, bias = np.zeros((matrix.shape[1], labels), np.float32), np.zeros(labels, np.float32)
    seen, seen_bias = np.full_like(weight, 1e-2), np.full_like(bias, 1e-2)
    for _ in range(epochs):
        order = rng.permutation(matrix.shape[0])
        for at in range(0, len(order), 512):
            rows = order[at : at + 512]
            some = matrix[rows]
            score = np.asarray(some @ weight) + bias
            score = np.exp(score - score.max(axis=1, keepdims=True))
            score /= score.sum(axis=1, keepdims=True)
            score[np.arange(len(rows)), right[rows]] -= 1
            score *= weights[rows, None]
            used = np.unique(some.indices)
            slope = (
                np.asarray(some[:, used].T @ score, np.float32) / np.float32(np.sqrt(len(rows))) + decay * weight[used]
            )
            seen[used] += slope * slope
            weight[used] -= rate * slope / np.sqrt(seen[used])
            slope_bias = score.sum(axis=0) / np.float32(np.sqrt(len(rows)))
            seen_bias += slope_bias * slope_bias
            bias -= rate * 0.1 * slope_bias / np.sqrt(seen_bias)
    return weight, bias


def evenly(
    matrix: sp.csr_matrix, right: NDArray[np.int64], labels: int, weights: NDArray[np.float32], *, epochs: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A softmax in which each label weighs as much as another, however many rows it has."""
    total = np.bincount(right, weights, labels)
    own = weights * (total.mean() / total)[right]
    return softmax(matrix, right, labels, np.asarray(own / own.mean(), np.float32), epochs=epochs, rate=0.2)


def truth_of(examples: Sequence[Example], labels: int) -> NDArray[np.int8]:
    """1 where an example has a label, 0 where not, -1 where it is not known."""
    out = np.zeros((len(examples), labels), np.int8)
    for at, example in enumerate(examples):
        for label in example.labels:
            out[at, label if label >= 0 else -1 - label] = 1 if label >= 0 else -1
    return out


def eight_bits(weights: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights as whole numbers of eight bits and the scale of each column; the few largest are cut: better than a coarse scale for all."""
    scale = np.maximum(np.quantile(np.abs(weights), 0.9999, axis=0), 1e-6) / 127
    return np.clip(np.round(weights / scale), -127, 127).astype(np.float32), scale.astype(np.float32)


def calibrate(
    scores: NDArray[np.float32], truth: NDArray[np.int8], kind: str
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Stretch and shift that make probabilities true on held-out examples, by their log loss."""
    width = scores.shape[1]
    if kind == "many":
        found = [_platt(scores[:, at], truth[:, at]) for at in range(width)]
        return tuple(each[0] for each in found), tuple(each[1] for each in found)
    right = truth.argmax(axis=1)

    def loss(values: NDArray[np.float64]) -> float:
        own = scores * values[0] + np.concatenate(([0.0], values[1:]))
        own = own - own.max(axis=1, keepdims=True)
        return float(-(own[np.arange(len(right)), right] - np.log(np.exp(own).sum(axis=1))).mean())

    best = minimize(loss, np.concatenate(([1.0], np.zeros(width - 1))), method="L-BFGS-B").x
    return (float(best[0]),) * width, (0.0, *map(float, best[1:]))


def sureness(scores: NDArray[np.float32], truth: NDArray[np.int8]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A stretch alone, each label weighing as much as another: how often labels occur elsewhere is not known, only how sure to be."""
    right = truth.argmax(axis=1)
    weight = 1 / np.bincount(right, minlength=scores.shape[1])[right]

    def loss(values: NDArray[np.float64]) -> float:
        own = scores * values[0]
        own = own - own.max(axis=1, keepdims=True)
        said = own[np.arange(len(right)), right] - np.log(np.exp(own).sum(axis=1))
        return float(-(said * weight).sum() / weight.sum())

    best = float(minimize(loss, np.array([0.5]), method="L-BFGS-B", bounds=[(0.05, 20)]).x[0])
    return (best,) * scores.shape[1], (0.0,) * scores.shape[1]


@dataclass(frozen=True)
class Linear:
    """Columns that are added to others: weights (features, labels) as they are scored, and bias."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


HELP = 0.5
"""What another head's say of a label weighs."""


def helping(
    labels: Sequence[str],
    heads: Sequence[bank.Head],
    columns: Sequence[NDArray[np.float32]],
    biases: Sequence[NDArray[np.float32]],
    priors: Mapping[str, float],
) -> Linear:
    """What heads that are there already say of these labels, over how often the labels occur where they learned.

    Where Ekman's six lack a label, what they say of joy stands for it.
    """
    weights = np.zeros((len(columns[0]), len(labels)), np.float32)
    bias = np.zeros(len(labels), np.float32)
    for head, column, own in zip(heads, columns, biases, strict=True):
        if head.name not in {"emotion", "basic_emotion"}:
            continue
        for at, label in enumerate(labels):
            known = label in head.labels
            place = head.labels.index(label if known else "joy")
            weights[:, at] += HELP * head.stretch[place] * column[:, place]
            usual = np.log(priors[label] / (1 - priors[label])) if head.name == "emotion" else 0.0
            bias[at] += HELP * (head.stretch[place] * own[place] + head.shift[place] - usual)
    return Linear(weights, bias)


def _platt(scores: NDArray[np.float32], truth: NDArray[np.int8]) -> tuple[float, float]:
    known = truth >= 0
    score, right = scores[known].astype(np.float64), truth[known].astype(np.float64)

    def loss(values: NDArray[np.float64]) -> float:
        own = score * values[0] + values[1]
        return float((np.logaddexp(0, own) - right * own).mean() + 2e-3 * (values[0] - 1) ** 2)

    best = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.05, 20), (-20, 20)]).x
    return float(best[0]), float(best[1])


def balance(probabilities: NDArray[np.float32], truth: NDArray[np.int8]) -> tuple[float, ...]:
    """For each label the probability from which its F1 is best, between .1 and .6; .5 where there is too little to tell."""
    out = []
    for at in range(truth.shape[1]):
        known = truth[:, at] >= 0
        sure, right = probabilities[known, at], truth[known, at] > 0
        if right.sum() < 15:
            out.append(0.4)
            continue
        grades = [
            (2 * (right & (sure >= cut)).sum() / max(1, right.sum() + (sure >= cut).sum()), cut)
            for cut in np.arange(0.1, 0.61, 0.02)
        ]
        out.append(round(float(max(grades)[1]), 2))
    return tuple(out)
