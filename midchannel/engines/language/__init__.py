"""What a text says: its language, feeling, tone, and what in it is personal. On the CPU, in batches, from models in this package.

`read` is the door. Nothing here knows where a text comes from or what becomes of the answer, and nothing raises for a text.
"""

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from midchannel.engines.language import bank, letters, normal

FOLDER = Path(__file__).parent / "models"
LANGUAGE_FILE, MEANING_FILE = "language.npz", "meaning.npz"
LANGUAGE_BITS, LANGUAGE_WORD_BITS = 17, 16
LANGUAGE_READ = 300
"""So many characters of a text are enough to tell its language."""


@functools.cache
def languages() -> bank.Bank:
    """The bank that tells languages."""
    return bank.load(FOLDER / LANGUAGE_FILE)


@functools.cache
def meanings() -> bank.Bank:
    """The bank of sentiment, emotion, toxicity and spam."""
    return bank.load(FOLDER / MEANING_FILE)


def tell_languages(texts: Sequence[str]) -> list[tuple[str, float]]:
    """For each text the most likely language (BCP 47) and its probability."""
    return tell_languages_of(letters.of([normal.read_form(text)[: 2 * LANGUAGE_READ] for text in texts]))


def tell_languages_of(batch: letters.Letters) -> list[tuple[str, float]]:
    """The same of texts in their read form that lie side by side already."""
    if not batch.size:
        return []
    head = languages().shape.heads[0]
    found = head.probabilities(languages().score_letters(batch.telling(LANGUAGE_READ)))
    best = found.argmax(axis=1)
    sure = found[np.arange(len(best)), best].tolist()
    return [(head.labels[at], chance) for at, chance in zip(best.tolist(), sure, strict=True)]
