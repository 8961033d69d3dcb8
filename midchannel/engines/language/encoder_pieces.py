"""Texts to the pieces of words that the encoder knows: BERT's way (Devlin et al. 2019), lower case and without accents.

A word is the longest pieces that the vocabulary has, from its beginning on; a word that cannot be put together so is one sign for
*unknown*. Emoji carry much of a post's feeling and are hardly in the vocabulary, so they are read by their names.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from midchannel.engines.language import normal

PAD, UNKNOWN, BEGIN, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"
LONGEST = 64
"""So many pieces of a text are read, its begin and end among them."""
LONGEST_WORD = 64
_SIGNS = {normal.LINK: " link ", normal.PERSON: " @ ", normal.NUMBER: " 1 "}
_WORDS = re.compile(r"\w+|[^\w\s]")
_EMOJI = re.compile("[\u2190-\u2bff\U0001f000-\U0001faff]")
_IDEOGRAPH = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff])")


class Pieces:
    """A vocabulary, ready to take words apart. `numbers` has the number of each piece."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.numbers: Mapping[str, int] = {piece: at for at, piece in enumerate(vocabulary)}
        self._begin, self._end = self.numbers[BEGIN], self.numbers[END]
        self._unknown = self.numbers[UNKNOWN]
        self._word = lru_cache(maxsize=50_000)(self._apart)

    def of(self, text: str) -> list[int]:
        """The numbers of a text's pieces, LONGEST at most, between begin and end."""
        found = [self._begin]
        for word in _WORDS.findall(form(text)):
            found += self._word(word)
            if len(found) >= LONGEST:
                break
        return [*found[: LONGEST - 1], self._end]

    def _apart(self, word: str) -> tuple[int, ...]:
        if len(word) > LONGEST_WORD:
            return (self._unknown,)
        found, at = [], 0
        while at < len(word):
            for end in range(len(word), at, -1):
                number = self.numbers.get(("##" if at else "") + word[at:end])
                if number is not None:
                    break
            else:
                return (self._unknown,)
            found.append(number)
            at = end
        return tuple(found)


def form(text: str) -> str:
    """A text as its words are looked up: lower case without accents, emoji by their names, links, people and numbers as words."""
    found = normal.read_form(text)
    for sign, word in _SIGNS.items():
        found = found.replace(sign, word)
    if found.isascii():
        return found.lower()
    found = _EMOJI.sub(lambda each: f" {unicodedata.name(each[0], '').lower()} ", found)
    found = "".join(each for each in unicodedata.normalize("NFD", found.lower()) if unicodedata.category(each) != "Mn")
    return _IDEOGRAPH.sub(r" \1 ", found)
