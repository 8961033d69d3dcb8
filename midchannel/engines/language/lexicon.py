"""Words with a feeling, and the little grammar around them: negation turns, boosters strengthen, capitals and marks are heard.

The words and their strength (-4 to 4) come from VADER's lexicon (Hutto and Gilbert 2014, MIT; see NOTICE), to which a model may add
words of other languages. The rules are theirs, in short form; what they give is a block of features, not an answer.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midchannel.engines.language import letters
from midchannel.engines.language.features import Floats
from midchannel.engines.language.letters import Codes, Ints, Letters, Words

WIDTH = 14
_NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "none",
        "nobody",
        "nothing",
        "neither",
        "nor",
        "cannot",
        "cant",
        "can't",
        "dont",
        "don't",
        "doesnt",
        "doesn't",
        "didnt",
        "didn't",
        "isnt",
        "isn't",
        "wasnt",
        "wasn't",
        "arent",
        "aren't",
        "wont",
        "won't",
        "wouldnt",
        "wouldn't",
        "without",
        "hardly",
        "aint",
        "ain't",
        "shouldnt",
        "shouldn't",
        "couldnt",
        "couldn't",
        "havent",
        "haven't",
        "hasnt",
        "hasn't",
        "nicht",
        "kein",
        "keine",
        "nie",
        "pas",
        "jamais",
        "ne",
        "nunca",
        "no",
        "não",
        "sin",
        "non",
        "mai",
        "niet",
        "geen",
        "inte",
        "не",
        "ні",
    ]
)
_BOOSTS = {
    **dict.fromkeys(
        [
            "very",
            "really",
            "so",
            "absolutely",
            "totally",
            "extremely",
            "completely",
            "incredibly",
            "super",
            "fucking",
            "too",
            "most",
            "sehr",
            "echt",
            "muy",
            "très",
            "muito",
        ],
        0.29,
    ),
    **dict.fromkeys(
        ["kinda", "kind", "barely", "slightly", "somewhat", "almost", "little", "sort", "etwas", "poco", "peu"], -0.29
    ),
}
_TURN = 0.74


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lexicon as words are looked up in it: their values in order, and their strength."""

    values: Codes
    strength: Floats


def compiled(words: Mapping[str, float]) -> Lexicon:
    """A lexicon ready to be looked up."""
    values = np.array([letters.value_of(word) for word in words], np.uint64)
    order = np.argsort(values)
    return Lexicon(values[order], np.array(list(words.values()), np.float32)[order])


@functools.cache
def _grammar() -> tuple[Lexicon, Lexicon]:
    return compiled(dict.fromkeys(_NEGATIONS, 1.0)), compiled(_BOOSTS)


def features_of(batch: Letters, lexicon: Lexicon) -> Floats:
    """A row of WIDTH numbers for each text of the batch, all roughly between -1 and 1."""
    words, size = batch.words, batch.size
    strengths = _looked_up(words.value, lexicon)
    at = np.flatnonzero(strengths)
    found = _strength(words, at, strengths[at])
    owner = words.owner[at]
    total = np.bincount(owner, found, size).astype(np.float32)
    sum_of = total / np.sqrt(total * total + 15)
    some = np.bincount(owner, minlength=size) > 0
    highest, lowest, last = np.where(some, np.array([[-9], [9], [0]], np.float32), np.float32(0))
    np.maximum.at(highest, owner, found)
    np.minimum.at(lowest, owner, found)
    last[owner] = found
    out = np.empty((WIDTH, size), np.float32)
    out[0] = sum_of
    out[1] = np.maximum(sum_of, 0)
    out[2] = np.maximum(-sum_of, 0)
    out[3] = np.abs(sum_of) < 0.05
    out[4] = np.minimum(np.bincount(owner, np.maximum(found, 0), size), 8) / 4
    out[5] = np.minimum(np.bincount(owner, np.maximum(-found, 0), size), 8) / 4
    out[6] = last / 2
    out[7] = highest / 3
    out[8] = lowest / 3
    out[9] = _has(batch, "!")
    out[10] = _has(batch, "?")
    out[11] = np.minimum(np.bincount(words.owner, minlength=size), 40) / 40
    out[12] = ~some
    out[13] = batch.capitals / np.maximum(batch.lengths, 1)
    return np.ascontiguousarray(out.T)


def _has(batch: Letters, sign: str) -> NDArray[np.bool_]:
    return np.asarray(np.bincount(batch.text[batch.codes == ord(sign)], minlength=batch.size) > 0)


def _looked_up(values: Codes, lexicon: Lexicon) -> Floats:
    """The strength of each word, 0 for what is not there."""
    place = lexicon.values.searchsorted(values)
    np.minimum(place, len(lexicon.values) - 1, out=place)
    return np.where(lexicon.values[place] == values, lexicon.strength[place], np.float32(0))


def _strength(words: Words, at: Ints, strength: Floats) -> Floats:
    """The strength of the words at these places after the three words before each have had their say."""
    negations, boosts = _grammar()
    back = np.arange(1, 4)[:, None]
    before = np.maximum(at - back, 0)
    same = (at >= back) & (words.owner[before] == words.owner[at])
    value = words.value[before]
    boost = np.where(same, _looked_up(value, boosts), np.float32(0))
    turns = same & (_looked_up(value, negations) > 0)
    for step in range(3):
        strength = strength + boost[step] * np.sign(strength) * np.float32(1 - 0.05 * step)
        strength = np.where(turns[step], strength * np.float32(-_TURN), strength)
    return strength
