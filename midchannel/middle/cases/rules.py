"""Which conversation opens which case: a pure decision."""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a rule asks of a conversation that has begun; what is empty or None is not asked. `words`: one of them has to be there."""

    channel_id: int | None = None
    network: str = ""
    words: tuple[str, ...] = ()
    intent: str = ""
    sentiment: str = ""
    is_urgent: bool = False
    is_public: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing, so that every conversation would open a case."""
        return self == Conditions()


@dataclass(frozen=True, slots=True)
class Begun:
    """A conversation that has begun, as far as rules may ask: where, its first words, and what was understood in them."""

    channel_id: int
    network: str
    is_public: bool
    text: str
    intents: tuple[str, ...] = ()
    sentiment: str = ""
    is_urgent: bool = False


def fits(asked: Conditions, begun: Begun) -> bool:
    """Whether everything that is asked holds. Words are found whole, whatever their case; a word with a star at its end as a beginning."""
    return (
        asked.channel_id in {None, begun.channel_id}
        and asked.network in {"", begun.network}
        and asked.is_public in {None, begun.is_public}
        and (not asked.intent or asked.intent in begun.intents)
        and asked.sentiment in {"", begun.sentiment}
        and (begun.is_urgent or not asked.is_urgent)
        and (not asked.words or any(has_word(begun.text, each) for each in asked.words))
    )


def has_word(text: str, word: str) -> bool:
    """Whether a word, or a row of words, stands in a text."""
    core, end = (word[:-1], r"\w*") if word.endswith("*") else (word, "")
    parts = [re.escape(each) for each in core.casefold().split()]
    whole = r"(?<!\w)" + r"\s+".join(parts) + end + r"(?!\w)"
    return bool(parts) and re.search(whole, text.casefold()) is not None


def check_words(words: Sequence[str]) -> tuple[str, ...]:
    """Words as they are kept: trimmed, each once, in order, at most 50 of at most 100 characters."""
    kept = dict.fromkeys(" ".join(each.replace("\0", "").split())[:100] for each in words)
    return tuple(each for each in kept if each.strip("* "))[:50]
