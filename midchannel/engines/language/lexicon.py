"""Words with a feeling, and the little grammar around them: negation turns, boosters strengthen, capitals and marks are heard.

The words and their strength (-4 to 4) come from VADER's lexicon (Hutto and Gilbert 2014, MIT; see NOTICE), to which a model may add
words of other languages. The rules are theirs, in short form; what they give is a block of features, not an answer.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from midchannel.engines.language.features import Floats

WIDTH = 14
_TOKEN = re.compile(r"\w+(?:['\u2019]\w+)?|[^\w\s]{1,4}")
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


def features_of(texts: Sequence[str], words: Mapping[str, float]) -> Floats:
    """A row of WIDTH numbers for each text in its read form (`normal.read_form`), all roughly between -1 and 1."""
    return np.array([_row(text, words) for text in texts], np.float32).reshape(len(texts), WIDTH)


def _row(text: str, words: Mapping[str, float]) -> list[float]:
    tokens = _TOKEN.findall(text.lower())
    found = [
        _strength(tokens, at, strength) for at, token in enumerate(tokens) if (strength := words.get(token)) is not None
    ]
    total = sum(found)
    sum_of = total / (total * total + 15) ** 0.5
    loud = 0.0 if text.islower() else sum(map(str.isupper, text)) / (len(text) or 1)
    return [
        sum_of,
        max(sum_of, 0.0),
        max(-sum_of, 0.0),
        float(abs(sum_of) < 0.05),
        min(sum(each for each in found if each > 0), 8.0) / 4,
        min(-sum(each for each in found if each < 0), 8.0) / 4,
        found[-1] / 2 if found else 0.0,
        max(found) / 3 if found else 0.0,
        min(found) / 3 if found else 0.0,
        float("!" in text),
        float("?" in text),
        min(len(tokens), 40) / 40,
        float(not found),
        loud,
    ]


def _strength(tokens: Sequence[str], at: int, strength: float) -> float:
    for back in range(1, min(at, 3) + 1):
        before = tokens[at - back].replace("\u2019", "'")
        if before in _BOOSTS:
            strength += _BOOSTS[before] * (1 if strength > 0 else -1) * (1.05 - 0.05 * back)
        if before in _NEGATIONS:
            strength *= -_TURN
    return strength
