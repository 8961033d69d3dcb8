"""Fitting labels of which there are few rows: what heads that learned from many say of a text, and what words lie near its own, is
heard beside its features.

What another head says (its raw score) is a sum over the same features, and so is a text's embedding (`static`). So a weight on either is
a sum of weights on features, and is folded into the labels' own columns: hearing costs nothing when a text is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from training.language import fit

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Lean:
    """How readily other heads, and a word's neighbours, are believed beside the words themselves; the inverse of the penalty."""

    heads: float
    near: float
    strength: float


@dataclass(frozen=True)
class Fitted:
    """Weights (features, labels) and bias, and the scores (rows, labels) of rows by who has not seen them."""

    weights: Floats
    bias: Floats
    unseen: Floats


def fitted(
    matrix: fit.Matrix,
    truth: NDArray[np.int8],
    weight: NDArray[np.float64],
    *,
    others: Floats,
    near: Floats,
    part: Sequence[int],
    lean: Lean,
) -> Fitted:
    """A column for each label. `others`: weights of the heads before (features, columns), as they are scored; `near`: the embeddings of
    words (rows of words, width).

    `part` has a number for each of the first rows, those that count: of a part each is scored by what the other parts taught; below 0 it
    is not learned from at all. Rows after them are always learned from.
    """
    own, held = len(part), np.array(part)
    idf = [fit.rarity(matrix.blocks[0], fit.WORD_WEIGHT), fit.rarity(matrix.blocks[1], fit.RUN_WEIGHT), None]
    hearing = np.hstack([others, np.pad(near, ((0, len(others) - len(near)), (0, 0)))])
    heard = np.asarray(matrix.joined([None, None, None]) @ hearing)
    mean, spread = heard[:own].mean(axis=0), heard[:own].std(axis=0) + 1e-6
    spread[others.shape[1] :] = np.sqrt((spread[others.shape[1] :] ** 2).mean())
    trust = np.where(np.arange(len(spread)) < others.shape[1], lean.heads, lean.near) / spread
    given = sp.hstack([matrix.joined(idf), sp.csr_matrix((heard - mean) * trust)]).tocsr()
    learns = np.concatenate([held >= 0, np.ones(len(truth) - own, bool)])
    weights, bias = _learned(given, truth, weight, learns, lean.strength)
    unseen = np.asarray(given[:own] @ weights + bias, np.float32)
    for number in sorted(set(held[held >= 0].tolist())):
        rows = np.flatnonzero(held == number)
        without = learns.copy()
        without[rows] = False
        other, other_bias = _learned(given, truth, weight, without, lean.strength)
        unseen[rows] = given[rows] @ other + other_bias
    fold = np.concatenate([idf[0], idf[1], np.ones(matrix.blocks[2].shape[1], np.float32)])
    through = weights[len(fold) :] * trust[:, None]
    folded = fold[:, None] * weights[: len(fold)] + hearing @ through
    return Fitted(np.asarray(folded, np.float32), np.asarray(bias - mean @ through, np.float32), unseen)


def _learned(
    given: sp.csr_matrix,
    truth: NDArray[np.int8],
    weight: NDArray[np.float64],
    chosen: NDArray[np.bool_],
    strength: float,
) -> tuple[Floats, Floats]:
    """A column for each label, by dual coordinate descent (Hsieh et al. 2008), on the features that there are."""
    used = np.unique(given[chosen].indices)
    small = given[:, used]
    out, bias = np.zeros((given.shape[1], truth.shape[1]), np.float32), []
    for at in range(truth.shape[1]):
        rows = np.flatnonzero(chosen & (truth[:, at] >= 0))
        found = LogisticRegression(
            solver="liblinear", dual=True, C=strength, max_iter=200, tol=1e-3, random_state=1, intercept_scaling=3
        ).fit(small[rows], truth[rows, at], sample_weight=weight[rows])
        out[used, at] = found.coef_[0]
        bias.append(found.intercept_[0])
    return out, np.array(bias, np.float32)
