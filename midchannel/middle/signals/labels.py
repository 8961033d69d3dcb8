"""The labels as they are kept: numbers and bits that never change their meaning. A new label goes to the end."""

from collections.abc import Iterable

SENTIMENTS = ("", "negative", "neutral", "positive", "mixed")
"""By their number in `signal.sentiment`; 0 means not known."""

INTENTS = (
    "complaint",
    "question",
    "praise",
    "purchase_interest",
    "idea",
    "churn_risk",
    "cancellation",
    "other",
)
"""By their bit in `signal.intents`."""

WHATS = ("language", "sentiment", "intents", "topics", "urgency", "spam")
"""What a person may correct, by its bit in `signal.corrected`."""

URGENT = "urgent"
SPAM = "spam"
URGENT_FROM = 0.5
"""At or above this, a text is said to be urgent, and to be spam."""
SPAM_FROM = 0.7


def bits_of(names: Iterable[str], of: tuple[str, ...]) -> int:
    """Some labels as a number with their bits set. A label that is not known has none."""
    bits = 0
    for name in names:
        if name in of:
            bits |= 1 << of.index(name)
    return bits


def names_of(bits: int, of: tuple[str, ...]) -> tuple[str, ...]:
    """The labels whose bits are set, in their order."""
    return tuple(name for at, name in enumerate(of) if bits >> at & 1)
