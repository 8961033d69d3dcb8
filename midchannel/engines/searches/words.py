"""From a text to the words that searches look for, with their places.

Words are compared without case, accents and the forms of apostrophes; scripts that put no space between words give one word a sign.
A hashtag or a name behind an @ is there as itself and as the word it holds.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST_READ = 20_000
WORD = re.compile(r"[#@]?[^\W_]+(?:['\u2019_][^\W_]+)*")
UNSPACED = re.compile("[\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
PIECES = re.compile(
    "[\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
    "|[^\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)
ACCENTS = re.compile("[\u0300-\u036f]")

Places = dict[str, list[int]]


def places_of(text: str) -> Places:
    """Every word of a text with its places, counted from 0; at most the first LONGEST_READ characters are looked at."""
    places: Places = {}
    at = 0
    for raw in WORD.findall(text[:LONGEST_READ]):
        for word in _words_in(raw):
            if word in places:
                places[word].append(at)
            else:
                places[word] = [at]
            if word[0] in "#@":
                places.setdefault(word[1:], []).append(at)
            at += 1
    return places


def spelled(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text, each with where in the text it begins and ends, one for each place."""
    for found in WORD.finditer(text[:LONGEST_READ]):
        at = found.start()
        for piece in PIECES.findall(found.group()) if UNSPACED.search(found.group()) else [found.group()]:
            yield fold(piece), at, at + len(piece)
            at += len(piece)


def words_of(text: str) -> list[str]:
    """The words of a text, in order."""
    return [word for raw in WORD.findall(text) for word in _words_in(raw)]


def _words_in(raw: str) -> list[str]:
    if raw.isascii() or not UNSPACED.search(raw):
        return [fold(raw)]
    return [fold(piece) for piece in PIECES.findall(raw)]


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """The form in which words are compared: "Café's" is "cafe"."""
    if word.isascii():
        folded = word.lower()
    else:
        folded = ACCENTS.sub("", unicodedata.normalize("NFKD", word)).casefold().replace("\u2019", "'")
        folded = unicodedata.normalize("NFC", folded)
    return folded.removesuffix("'s") or folded
