"""The intents: few rows of our own, and what other sets say of them; they hear the heads before them (`hearing`), and are
weighed against each other (`bank.Between`)."""

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from midchannel.engines.language import bank
from midchannel.engines.language.intents import LABELS
from training.language import data, fit, hearing, intents, static

Floats = NDArray[np.float32]
EVERY = 7
"""Of the rows of other sets every seventh: they are many, and say little."""
LEAN = hearing.Lean(heads=0.05, near=0.15, strength=10.0)
FOLDS = 5
WIDTH, PENALTY = 16, 10.0
"""Of the layer between the labels."""


@dataclass(frozen=True)
class Fitted:
    """Weights (features, labels), bias, the layer between the labels, and the head."""

    weights: Floats
    bias: Floats
    between: bank.Between
    head: bank.Head


def fitted(source: data.Source, words: dict[str, float], others: Floats, *, first: int, tweets: bool = True) -> Fitted:
    """The intents. `others`: weights of the heads before (features, columns), as they are scored.

    The layer between the labels, probabilities and thresholds come from posts not seen: those kept for calibration, and each industry's
    by what the others taught.
    """
    own = intents.posts(source, "train", "calibration")
    examples = [post.example for post in own]
    examples += intents.phrases(source)
    examples += list(intents.reviews(source))
    examples += list(intents.other_sets(source, tweets=tweets))[::EVERY]
    matrix = fit.Matrix(
        data.texts_of(examples), words, word_bits=fit.WORD_BITS, run_bits=fit.RUN_BITS, longest=fit.LONGEST
    )
    truth = fit.truth_of(examples, len(LABELS))
    weight = np.array([example.weight for example in examples]) / intents.OWN
    places = sorted({post.industry for post in own})
    group = np.array([places.index(post.industry) % FOLDS for post in own])
    part = [int(at) if post.split == "train" else -1 for at, post in zip(group, own, strict=True)]
    near = static.table(source, fit.WORD_BITS)
    found = hearing.fitted(matrix, truth, weight, others=others, near=near, part=part, lean=LEAN)
    right = truth[: len(own)]
    between = _between(found.unseen, right)
    unseen = np.zeros_like(found.unseen)
    for at in range(FOLDS):
        unseen[group == at] = _between(found.unseen[group != at], right[group != at]).weighed(found.unseen[group == at])
    stretch, shift = fit.calibrate(unseen, right, "many")
    head = bank.Head("intent", LABELS, "many", 0, stretch, shift)
    threshold = _thresholds(head.probabilities(unseen), right)
    return Fitted(found.weights, found.bias, between, msgspec.structs.replace(head, first=first, threshold=threshold))


def _between(scores: Floats, truth: NDArray[np.int8]) -> bank.Between:
    """The layer between the labels, fitted on scores (rows, labels) of rows by who has not seen them."""
    mean, spread = scores.mean(axis=0), scores.std(axis=0)
    net = MLPClassifier((WIDTH,), solver="lbfgs", alpha=PENALTY, max_iter=1000, random_state=1)
    net.fit((scores - mean) / spread, truth)
    into, out = net.coefs_
    into = into / spread[:, None]
    bias, out_bias = net.intercepts_
    return bank.Between(
        np.vstack([into, bias - mean @ into]).astype(np.float32), np.vstack([out, out_bias]).astype(np.float32)
    )


def _thresholds(probabilities: Floats, truth: NDArray[np.int8]) -> tuple[float, ...]:
    """For each label the probability from which its F1 is best, smoothed over its neighbours: the rows are few."""
    cuts = np.arange(0.1, 0.71, 0.02)
    out = []
    for at in range(truth.shape[1]):
        right = truth[:, at] > 0
        f1 = []
        for cut in cuts:
            said = probabilities[:, at] >= cut
            f1.append(2 * (right & said).sum() / max(1, right.sum() + said.sum()))
        smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.ones(5) / 5, "valid")
        out.append(round(float(cuts[smooth.argmax()]), 2))
    return tuple(out)
