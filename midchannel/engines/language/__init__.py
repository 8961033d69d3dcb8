"""What a text says: its language, feeling, tone, and what in it is personal. On the CPU, in batches, from models in this package.

`read` is the door. Nothing here knows where a text comes from or what becomes of the answer, and nothing raises for a text.
"""

import functools
from pathlib import Path

from midchannel.engines.language import bank

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
