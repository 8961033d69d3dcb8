"""Which language a text is in: by a learned head, by an alphabet that writes one language alone, or several at once.

"mul" (ISO 639-2: several languages) is said of a text whose parts are in different ones; "" of one that nothing is known about.
"""

import functools
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from midchannel.engines import language
from midchannel.engines.language import letters, normal
from midchannel.engines.language.features import Floats
from midchannel.engines.language.letters import Letters

SURE = 0.5
SEVERAL = "mul"
DOUBTED, PART, PART_SURE, MAIN_PART, MAIN_SCRIPT = 0.9, 4, 0.75, 0.7, 0.7
"""A text of which the head is less sure than this is looked at in parts of so many words; a part counts when it is so sure; and the
text is in one language when so many of the parts agree."""
LATIN = 0x24F
"""Up to here all letters are Latin."""
ALPHABETS = {
    "hy": (0x530, 0x58F), "bn": (0x980, 0x9FF), "pa": (0xA00, 0xA7F), "gu": (0xA80, 0xAFF), "or": (0xB00, 0xB7F), "ta": (0xB80, 0xBFF),
    "te": (0xC00, 0xC7F), "kn": (0xC80, 0xCFF), "ml": (0xD00, 0xD7F), "si": (0xD80, 0xDFF), "th": (0xE00, 0xE7F), "lo": (0xE80, 0xEFF),
    "bo": (0xF00, 0xFFF), "my": (0x1000, 0x109F), "ka": (0x10A0, 0x10FF), "km": (0x1780, 0x17FF),
}  # fmt: skip
"""Blocks of Unicode in which, for our purpose, one language is written, and of which nothing was learned."""
_CODES = ("", *ALPHABETS)


def tell(texts: Sequence[str]) -> list[tuple[str, float]]:
    """For each text its language (BCP 47) and how likely it is that."""
    return tell_of(letters.of([normal.read_form(text)[: 2 * language.LANGUAGE_READ] for text in texts]))


def tell_of(batch: Letters) -> list[tuple[str, float]]:
    """The same of texts in their read form that lie side by side already."""
    if not batch.size:
        return []
    telling = batch.telling(language.LANGUAGE_READ)
    told = _likeliest(telling)
    for row, said in _by_alphabet(telling):
        told[row] = said
    for row in _in_several_scripts(telling):
        told[row] = (SEVERAL, told[row][1])
    doubted = [row for row, (_, sure) in enumerate(told) if sure < DOUBTED]
    for row, parts in _parts(telling, doubted):
        told[row] = _several(told[row], parts)
    return [said if said[1] >= SURE else ("", said[1]) for said in told]


def probabilities(batch: Letters) -> Floats:
    """What the head says of each text (texts, labels)."""
    return (
        language.languages()
        .shape.heads[0]
        .probabilities(language.languages().score_letters(batch.telling(language.LANGUAGE_READ)))
    )


def _likeliest(telling: Letters) -> list[tuple[str, float]]:
    bank = language.languages()
    head = bank.shape.heads[0]
    found = bank.probabilities(bank.score_letters(telling))[head.name]
    best = found.argmax(axis=1)
    sure = found[np.arange(len(best)), best].tolist()
    return [(head.labels[at], chance) for at, chance in zip(best.tolist(), sure, strict=True)]


@functools.cache
def _blocks() -> NDArray[np.int8]:
    """For every sixteen code points of the basic plane the number of its alphabet."""
    out = np.zeros(0x1000, np.int8)
    for number, (first, last) in enumerate(ALPHABETS.values(), 1):
        out[first >> 4 : (last >> 4) + 1] = number
    return out


def _by_alphabet(telling: Letters) -> list[tuple[int, tuple[str, float]]]:
    """Texts of which most letters are in such an alphabet."""
    if telling.codes.max() <= LATIN:
        return []
    inside = telling.inside & (telling.codes < 0x10000)
    number = _blocks()[(telling.codes[inside] >> np.uint64(4)).astype(np.int64)]
    if not number.any():
        return []
    owner = telling.text[inside]
    counts = np.zeros((telling.size, len(_CODES)), np.int64)
    np.add.at(counts, (owner, number), 1)
    best = counts[:, 1:].argmax(axis=1) + 1
    share = counts[np.arange(telling.size), best] / np.maximum(counts.sum(axis=1), 1)
    return [(row, (_CODES[best[row]], float(share[row]))) for row in np.flatnonzero(share > SURE).tolist()]


@functools.cache
def _scripts() -> NDArray[np.int8]:
    """For every sixteen code points of the basic plane the number of its script; Chinese and Japanese signs are of one."""
    names: dict[str, int] = {}
    out = np.zeros(0x1000, np.int8)
    for block in range(0x1000):
        named = [
            unicodedata.name(chr(code), "") for code in range(block << 4, (block << 4) + 16) if chr(code).isalpha()
        ]
        if named:
            first = named[0].split()[0]
            out[block] = names.setdefault("CJK" if first in {"HIRAGANA", "KATAKANA"} else first, len(names) + 1)
    return out


def _in_several_scripts(telling: Letters) -> list[int]:
    """Texts in three scripts or more, of which none has most of the letters."""
    if telling.codes.max() <= LATIN:
        return []
    inside = telling.inside & (telling.codes < 0x10000)
    codes = telling.codes[inside]
    number = _scripts()[(codes >> np.uint64(4)).astype(np.int64)]
    counts = np.zeros((telling.size, int(number.max()) + 1), np.int64)
    np.add.at(counts, (telling.text[inside], number), 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mixed = (share.max(axis=1) < MAIN_SCRIPT) & ((share > 0.05).sum(axis=1) > 2)
    return np.flatnonzero(mixed).tolist()


def _parts(telling: Letters, rows: Sequence[int]) -> list[tuple[int, list[tuple[str, float]]]]:
    """What is said of the parts of these texts, of those that have several."""
    cut: list[tuple[int, list[str]]] = []
    for row in rows:
        first, last = np.searchsorted(telling.text, (row, row + 1))
        words = "".join(map(chr, telling.codes[first:last].tolist())).split()
        if len(words) >= 2 * PART:
            cut.append((row, [" ".join(words[at : at + PART]) for at in range(0, len(words) - PART // 2, PART)]))
    if not cut:
        return []
    laid = letters.of([part for _, parts in cut for part in parts]).telling(language.LANGUAGE_READ)
    told = _likeliest(laid)
    for at, said in _by_alphabet(laid):
        told[at] = said
    out, at = [], 0
    for row, parts in cut:
        out.append((row, told[at : at + len(parts)]))
        at += len(parts)
    return out


def _several(said: tuple[str, float], parts: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """One language, unless the parts that are sure of theirs are of several."""
    held = Counter(code.partition("-")[0] for code, sure in parts if sure >= PART_SURE)
    if not held or sum(held.values()) < max(3, len(parts) / 2):
        return said
    top = held.most_common(1)[0][1] / sum(held.values())
    return said if top >= MAIN_PART else (SEVERAL, round(1 - top, 3))
