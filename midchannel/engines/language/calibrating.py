"""A company's own adjustment of what the models say, learned from its people's corrections.

For every label it adds to the models' log odds: a stretch and a shift (Platt 1999), and a weight for each word and pair of words that
stood in corrected texts, so that a similar text moves more than any other. All of it is shrunk towards "as the models say" by normal
priors (logistic regression with offset, maximum a posteriori), so that one correction changes little but its like. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from scipy.sparse import csr_array
from scipy.special import expit

from midchannel.engines.language import features, letters, normal
from midchannel.engines.language.features import Floats
from midchannel.engines.language.letters import Letters

BITS, SEED = 16, 5
OF_STRETCH, OF_SHIFT, OF_WORDS = 0.05, 0.25, 9.0
"""Variances of the priors: how far a stretch, a shift and all the words of a text together may be expected to lie from nothing."""
LEAST, FOLDS = 10, 5
"""Below so many corrections of a label nothing can be held out; above, so many parts are held out in turn."""
EDGE = 0.005


class Own(msgspec.Struct, frozen=True):
    """What is added for one label. `words` are rows of the hashed table with their weights."""

    stretch: float = 1.0
    shift: float = 0.0
    words: dict[int, float] = {}


class Adjustment(msgspec.Struct, frozen=True):
    """What is added, by head and label."""

    heads: dict[str, dict[str, Own]] = {}


@dataclass(frozen=True, slots=True)
class Corrected:
    """A text about whose label a person said whether it `holds`; `said` is the models' own probability."""

    text: str
    said: float
    holds: bool


class Worth(msgspec.Struct, frozen=True):
    """What an adjustment is worth on corrections it had not seen: mean log loss (nats) and share right, before and after.

    `is_used` is false where it was not better; `held_out` is 0 where there were too few to hold any out.
    """

    corrections: int
    held_out: int
    loss_before: float = 0.0
    loss_after: float = 0.0
    right_before: float = 0.0
    right_after: float = 0.0
    is_used: bool = True


def learn(corrected: Sequence[Corrected]) -> tuple[Own, Worth]:
    """The adjustment for one label, and what it is worth. One that does not help on held-out corrections is none."""
    table = _table([each.text for each in corrected])
    base = _odds(np.array([each.said for each in corrected]))
    holds = np.array([each.holds for each in corrected], float)
    count = len(corrected)
    if count < LEAST:
        return _fit(table, base, holds), Worth(count, 0)
    after = np.empty(count, np.float32)
    for fold in range(FOLDS):
        held = np.arange(count) % FOLDS == fold
        own = _fit(table[~held], base[~held], holds[~held])
        after[held] = _apply_table(own, table[held], base[held])
    loss_before, loss_after = _loss(base, holds), _loss(after, holds)
    is_used = loss_after < loss_before
    worth = Worth(
        count,
        count,
        round(loss_before, 4),
        round(loss_after, 4),
        round(float(((base > 0) == holds).mean()), 4),
        round(float(((after > 0) == holds).mean()), 4),
        is_used,
    )
    return (_fit(table, base, holds) if is_used else Own()), worth


def apply(
    adjustment: Adjustment, labels: Mapping[str, tuple[str, ...]], batch: Letters, said: dict[str, Floats]
) -> dict[str, Floats]:
    """Probabilities (texts, labels) by head, adjusted. `labels` names the columns of each head that may be adjusted.

    A head whose labels exclude each other ("sentiment") keeps adding up to one.
    """
    wanted = {head: own for head, own in adjustment.heads.items() if head in said and head in labels}
    if not wanted:
        return said
    table = _rows_of(features.words_of(batch, bits=BITS, seed=SEED))
    changed = dict(said)
    for head, own in wanted.items():
        before = np.clip(said[head].astype(float), EDGE / 10, 1 - EDGE / 10)
        odds = np.log(before) if head in EXCLUSIVE else np.log(before / (1 - before))
        for at, label in enumerate(labels[head]):
            if label in own:
                odds[:, at] = _apply_table(own[label], table, odds[:, at])
        if head in EXCLUSIVE:
            odds = np.exp(odds - odds.max(axis=1, keepdims=True))
            changed[head] = np.asarray(odds / odds.sum(axis=1, keepdims=True), np.float32)
        else:
            changed[head] = np.asarray(expit(odds), np.float32)
    return changed


EXCLUSIVE = frozenset({"sentiment"})


def _table(texts: Sequence[str]) -> csr_array:
    forms = [normal.read_form(text[:3000]) for text in texts]
    return _rows_of(features.words_of(letters.of(forms), bits=BITS, seed=SEED))


def _rows_of(found: features.Features) -> csr_array:
    counts = found.counts
    weights = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts)
    return csr_array((weights, found.rows.astype(np.int32), found.starts.astype(np.int32)), (len(counts), 1 << BITS))


def _odds(probability: Floats) -> Floats:
    clipped = np.clip(probability, EDGE, 1 - EDGE)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _fit(table: csr_array, base: Floats, holds: Floats) -> Own:
    from scipy.optimize import minimize  # 20 MB and most of a second in every process; only who learns needs it

    used = np.unique(table.indices)
    narrow = table[:, used] if len(used) else None
    prior = np.concatenate(([1 / OF_STRETCH, 1 / OF_SHIFT], np.full(len(used), 1 / OF_WORDS)))

    def loss(own: Floats) -> tuple[float, Floats]:
        odds = base * (1 + own[0]) + own[1]
        if narrow is not None:
            odds = odds + narrow @ own[2:]
        wrong = expit(odds) - holds
        value = float(np.logaddexp(0, odds).sum() - (holds * odds).sum() + 0.5 * (prior * own * own).sum())
        words = narrow.T @ wrong if narrow is not None else np.empty(0)
        return value, np.concatenate(([wrong @ base, wrong.sum()], words)) + prior * own

    found = minimize(loss, np.zeros(2 + len(used)), jac=True, method="L-BFGS-B", options={"maxiter": 200}).x
    words = {
        int(row): round(float(weight), 4) for row, weight in zip(used, found[2:], strict=True) if abs(weight) > 1e-3
    }
    return Own(round(1 + float(found[0]), 4), round(float(found[1]), 4), words)


def _apply_table(own: Own, table: csr_array, odds: Floats) -> Floats:
    weights = np.zeros(1 << BITS)
    if own.words:
        weights[list(own.words)] = list(own.words.values())
    return np.asarray(odds * own.stretch + own.shift + table @ weights)


def _loss(odds: Floats, holds: Floats) -> float:
    return float((np.logaddexp(0, odds) - holds * odds).mean())
