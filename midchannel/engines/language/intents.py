"""What somebody wants with a text: several intents may hold of one, and `other` holds where none does."""

from collections.abc import Mapping

import numpy as np

from midchannel.engines.language.bank import Bank
from midchannel.engines.language.features import Floats

HEAD = "intent"
LABELS: tuple[str, ...] = (
    "complaint",
    "question",
    "praise",
    "purchase_interest",
    "idea",
    "churn_risk",
    "cancellation",
    "other",
)
"""The names of the intents, as they stand in a reading."""
OTHER = LABELS.index("other")
_NAMED = [at for at in range(len(LABELS)) if at != OTHER]


def holding(bank: Bank, said: Mapping[str, Floats]) -> list[tuple[tuple[str, float], ...]]:
    """For each text the intents that hold, likeliest first, each with its probability; `other` only where it stands alone.

    `said` has the probabilities (texts, labels) of every head by its name. A bank without intents says nothing of them.
    """
    if HEAD not in said:
        return [()] * len(next(iter(said.values()), ()))
    holds = chosen(said[HEAD], np.array(bank.head(HEAD).threshold, np.float32))
    chances = said[HEAD].astype(np.float64).round(3)
    likeliest = (-chances).argsort(axis=1, kind="stable").tolist()
    return [
        tuple((LABELS[at], row[at]) for at in order if own[at])
        for row, own, order in zip(chances.tolist(), holds.tolist(), likeliest, strict=True)
    ]


def chosen(probabilities: Floats, threshold: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which labels hold, (texts, labels): those over their thresholds; `other` where none does and it is likelier than not to."""
    holds = probabilities >= threshold
    rest = holds[:, _NAMED].any(axis=1)
    holds[:, OTHER] &= ~rest
    return holds
