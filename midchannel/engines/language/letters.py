"""A batch of texts as one array of code points: what every block of features is reckoned from, so that a text is walked once.

Which code points are letters, which are capitals and what their small letters are stands in tables made once from Python's own.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.uint64]

PRIME = np.uint64(0x9E3779B97F4A7C15)
SPACE, END = 32, 10
_PLANE = 0x10000
JOINING = frozenset("'\u2019_")
"""What joins the parts of a word, and is none of its letters."""
GAP, WORD, SIGN = 0, 1, 2
"""Kinds of code points: between words; of a word; a sign of punctuation or a picture."""


@functools.cache
def _tables() -> tuple[NDArray[np.uint32], NDArray[np.int8], NDArray[np.bool_], NDArray[np.bool_]]:
    """For the basic plane: its small letter, its kind, whether it is a capital, whether it tells of a language."""
    plane = [chr(each) for each in range(_PLANE)]
    small = np.array([ord(low) if len(low := each.lower()) == 1 else at for at, each in enumerate(plane)], np.uint32)
    word = np.array([each.isalnum() or each in JOINING for each in plane], bool)
    for first, last in (
        (0x300, 0x36F),
        (0x610, 0x61A),
        (0x64B, 0x65F),
        (0x900, 0xDFF),
        (0xE31, 0xE4E),
        (0xE000, 0xF8FF),
    ):
        word[first : last + 1] = True
    kind = np.where(word, WORD, SIGN).astype(np.int8)
    kind[[SPACE, END, 9, 13]] = GAP
    telling = word.copy()
    telling[[at for at, each in enumerate(plane) if each.isdigit() or each == "_"]] = False
    telling[0xE000:0xF900] = False
    return small, kind, np.array([each.isupper() for each in plane], bool), telling


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a batch: where each begins and ends in the codes, whose it is, and 64 bits that stand for it."""

    begins: Ints
    ends: Ints
    owner: Ints
    value: Codes


@dataclass(frozen=True)
class Letters:
    """Texts side by side in small letters, every text between line ends. `text` says whose each code point is."""

    codes: Codes
    text: Ints
    kind: NDArray[np.int8]
    size: int
    capitals: Ints
    lengths: Ints

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """True where there is no gap."""
        return np.asarray(self.kind != GAP)

    @cached_property
    def bounds(self) -> Ints:
        """Where each text begins, and where the last ends (texts + 1)."""
        return np.searchsorted(self.text, np.arange(self.size + 1))

    @cached_property
    def words(self) -> Words:
        """Words, and runs of signs, as they follow one another."""
        kind, codes = self.kind, self.codes
        changes = (kind[1:] != kind[:-1]).nonzero()[0] + 1
        heads = (kind[changes] != GAP).nonzero()[0]
        begins, ends = changes[heads], changes[heads + 1]  # what is last is always a gap
        begun = np.zeros(len(codes), np.int64)
        begun[begins] = begins
        place = np.arange(len(codes)) - np.maximum.accumulate(begun)
        return Words(begins, ends, self.text[begins], _sums(codes, place, begins, ends))

    def telling(self, longest: int) -> "Letters":
        """Only what tells of a language: letters and their marks, of the first `longest` code points of each text."""
        telling = np.zeros(len(self.codes), bool)
        basic = self.codes < _PLANE
        telling[basic] = _tables()[3][self.codes[basic]]
        telling &= np.arange(len(self.codes)) - self.bounds[np.maximum(self.text, 0)] <= longest
        ends = self.codes == END
        codes = np.where(telling | ends, self.codes, np.uint64(SPACE))
        kind = np.where(telling, WORD, GAP).astype(np.int8)
        return Letters(codes, self.text, kind, self.size, self.capitals, self.lengths)


def of(texts: Sequence[str]) -> Letters:
    """Lay the texts side by side."""
    joined = "\n " + " \n ".join([text.replace("\n", " ") for text in texts]) + " \n"
    given = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)
    small, kinds, capital, _ = _tables()
    basic = given < _PLANE
    low = given.copy()
    low[basic] = small[given[basic]]
    kind = np.full(len(given), SIGN, np.int8)
    kind[basic] = kinds[low[basic]]
    text = np.cumsum(given == END) - 1
    high = np.zeros(len(given), bool)
    high[basic] = capital[given[basic]]
    owners = text[high]
    return Letters(
        low.astype(np.uint64),
        text,
        kind,
        len(texts),
        np.bincount(owners, minlength=len(texts))[: len(texts)] if len(texts) else np.empty(0, np.int64),
        np.fromiter(map(len, texts), np.int64, len(texts)),
    )


@functools.lru_cache(maxsize=100_000)
def value_of(word: str) -> int:
    """The 64 bits that stand for a word, as `Letters.words` has them."""
    codes = np.array([ord(each) for each in word.lower()], np.uint64)
    end = np.array([len(codes)])
    return int(_sums(codes, np.arange(len(codes)), end * 0, end)[0])


def _sums(codes: Codes, place: Ints, begins: Ints, ends: Ints) -> Codes:
    """A sum over a word's code points, each scattered by its place: the same word has the same sum wherever it stands."""
    spread = (codes + np.uint64(1)) * (PRIME * (place.astype(np.uint64) * np.uint64(2) + np.uint64(1)))
    spread ^= spread >> np.uint64(29)
    total = np.zeros(len(codes) + 1, np.uint64)
    spread.cumsum(out=total[1:])
    return np.asarray(total[ends] - total[begins], np.uint64)
