"""The intents: few rows of our own, and what other sets say of them; they hear the heads before them (`hearing`)."""

import numpy as np
from numpy.typing import NDArray

from midchannel.engines.language import bank
from midchannel.engines.language.intents import LABELS
from training.language import data, fit, hearing, intents, static

Floats = NDArray[np.float32]
EVERY = 7
"""Of the rows of other sets every seventh: they are many, and say little."""
LEAN = hearing.Lean(heads=0.05, near=0.15, strength=10.0)
FOLDS = 5


def fitted(
    source: data.Source, words: dict[str, float], others: Floats, *, first: int, tweets: bool = True
) -> tuple[Floats, Floats, bank.Head]:
    """Weights (features, labels), bias, and the head. `others`: weights of the heads before (features, columns), as they are scored.

    Probabilities and thresholds come from posts not seen: those kept for calibration, and each industry's by what the others taught.
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
    part = [places.index(post.industry) % FOLDS if post.split == "train" else -1 for post in own]
    near = static.table(source, fit.WORD_BITS)
    found = hearing.fitted(matrix, truth, weight, others=others, near=near, part=part, lean=LEAN)
    stretch, shift = fit.calibrate(found.unseen, truth[: len(own)], "many")
    head = bank.Head("intent", LABELS, "many", 0, stretch, shift)
    threshold = _thresholds(head.probabilities(found.unseen), truth[: len(own)])
    return found.weights, found.bias, bank.Head("intent", LABELS, "many", first, stretch, shift, threshold)


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
