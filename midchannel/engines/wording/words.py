"""From a text to the words worth counting."""

import re
from collections.abc import Iterable

from midchannel.engines.wording.languages import stop_words

# Addresses, links, names of people and code are no words of a language.
NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|@[\w.-]+|&\w+;", re.I)
WORD = re.compile(r"[^\W\d_]+(?:['\u2019\-][^\W\d_]+)*")
# Scripts that put no space between words: pairs of characters stand for them.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
SHORTEST, LONGEST = 3, 30


def words_of(text: str, language: str = "") -> list[str]:
    """The words of a text in small letters, in order, with repeats: no stop words of its language, no links, addresses or numbers."""
    stops = stop_words(language)
    return [word for word in _raw(NOT_WORDS.sub(" ", text)) if word not in stops]


def _raw(text: str) -> Iterable[str]:
    for found in WORD.findall(text):
        if UNSPACED.search(found):
            yield from (found[i : i + 2] for i in range(len(found) - 1))
            continue
        word = found.casefold().replace("\u2019", "'").removesuffix("'s")
        if SHORTEST <= len(word) <= LONGEST:
            yield word
