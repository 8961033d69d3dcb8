"""Fitting the intents: few rows, so that what the other heads have learned from many is given to learn from, too.

What another head says (its raw score) is a sum over the same features. So a weight on it is a sum of weights on features, and is folded
into the intents' own columns: learning from other heads costs nothing when a text is read.
"""

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from midchannel.engines.language import bank
from midchannel.engines.language.intents import LABELS
from training.language import data, fit, intents

Floats = NDArray[np.float32]
EVERY = 7
"""Of the rows of other sets every seventh: they are many, and say little."""
STRENGTH = 10.0
"""The inverse of the penalty."""
TRUST = 0.05
"""How readily another head is believed, beside the words themselves."""
FOLDS = 5


def fitted(
    source: data.Source,
    words: dict[str, float],
    others: Floats,
    others_bias: Floats,
    *,
    first: int,
    tweets: bool = True,
) -> tuple[Floats, Floats, bank.Head]:
    """Weights (features, labels), bias, and the head. `others`: weights of the heads before (features, columns), as they are scored."""
    own = intents.posts(source, "train", "calibration")
    examples = [post.example for post in own]
    examples += intents.phrases(source)
    examples += list(intents.reviews(source))
    examples += list(intents.other_sets(source, tweets=tweets))[::EVERY]
    matrix = fit.Matrix(
        data.texts_of(examples), words, word_bits=fit.WORD_BITS, run_bits=fit.RUN_BITS, longest=fit.LONGEST
    )
    idf = [fit.rarity(matrix.blocks[0], fit.WORD_WEIGHT), fit.rarity(matrix.blocks[1], fit.RUN_WEIGHT), None]
    heard = np.asarray(matrix.joined([None, None, None]) @ others + others_bias)
    mean, spread = heard[: len(own)].mean(axis=0), heard[: len(own)].std(axis=0) + 1e-6
    given = sp.hstack([matrix.joined(idf), sp.csr_matrix((heard - mean) / spread * TRUST)]).tocsr()
    truth = fit.truth_of(examples, len(LABELS))
    weight = np.array([example.weight for example in examples]) / intents.OWN
    weights, bias = _learned(given, truth, weight, _learns(own, len(examples)))
    scores, true = _unseen(given, truth, weight, own, np.asarray(given[: len(own)] @ weights + bias))
    stretch, shift = fit.calibrate(scores, true, "many")
    head = bank.Head("intent", LABELS, "many", 0, stretch, shift)
    threshold = _thresholds(head.probabilities(scores), true)
    fold = np.concatenate([idf[0], idf[1], np.ones(matrix.blocks[2].shape[1], np.float32)])
    direct, trust = weights[: len(fold)], weights[len(fold) :] * (TRUST / spread)[:, None]
    folded = np.asarray(fold[:, None] * direct + others @ trust, np.float32)
    bias = bias + (others_bias - mean) @ trust
    return folded, np.asarray(bias, np.float32), bank.Head("intent", LABELS, "many", first, stretch, shift, threshold)


def _learns(own: list[intents.Post], size: int) -> NDArray[np.bool_]:
    chosen = np.ones(size, bool)
    chosen[: len(own)] = [post.split == "train" for post in own]
    return chosen


def _learned(
    given: sp.csr_matrix, truth: NDArray[np.int8], weight: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """A column for each label, by dual coordinate descent (Hsieh et al. 2008), on the features that there are."""
    used = np.unique(given[chosen].indices)
    small = given[:, used]
    out, bias = np.zeros((given.shape[1], truth.shape[1]), np.float32), []
    for at in range(truth.shape[1]):
        rows = np.flatnonzero(chosen & (truth[:, at] >= 0))
        found = LogisticRegression(
            solver="liblinear", dual=True, C=STRENGTH, max_iter=200, tol=1e-3, random_state=1, intercept_scaling=3
        ).fit(small[rows], truth[rows, at], sample_weight=weight[rows])
        out[used, at] = found.coef_[0]
        bias.append(found.intercept_[0])
    return out, np.array(bias, np.float32)


def _unseen(
    given: sp.csr_matrix,
    truth: NDArray[np.int8],
    weight: NDArray[np.float64],
    own: list[intents.Post],
    scores: Floats,
) -> tuple[Floats, NDArray[np.int8]]:
    """Scores of our posts by who has not seen them: those for calibration, and each industry's by what the others taught."""
    places = sorted({post.industry for post in own})
    part = np.array([places.index(post.industry) % FOLDS for post in own])
    learns = _learns(own, given.shape[0])
    for at in range(FOLDS):
        chosen = learns.copy()
        chosen[: len(own)] &= part != at
        other, other_bias = _learned(given, truth, weight, chosen)
        held = np.flatnonzero(learns[: len(own)] & (part == at))
        scores[held] = given[held] @ other + other_bias
    return np.asarray(scores, np.float32), truth[: len(own)]


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
