"""What a text says: its language, feeling, tone, and what in it is personal. On the CPU, in batches, from models in this package.

`read` is the door. Nothing here knows where a text comes from or what becomes of the answer, and nothing raises for a text.
"""

import functools
import re
from collections.abc import Sequence
from pathlib import Path

from midchannel.engines.language import bank, normal

FOLDER = Path(__file__).parent / "models"
LANGUAGE_FILE, MEANING_FILE = "language.npz", "meaning.npz"
LANGUAGE_BITS = 17
_NO_LETTERS = re.compile(r"(?:[^\w' \u0300-\u036f\u0900-\u0dff]|[\d_\ue000-\uf8ff])+")


def language_form(text: str) -> str:
    """The text as the language head reads it: signs, numbers and names of people out, a few hundred characters are enough."""
    return _NO_LETTERS.sub(" ", normal.read_form(text[:600]))[:400]


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
    own = languages()
    head = own.shape.heads[0]
    found = head.probabilities(own.score([language_form(text) for text in texts]))
    best = found.argmax(axis=1)
    return [(head.labels[at], float(found[row, at])) for row, at in enumerate(best)]
