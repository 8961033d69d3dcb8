"""What recent texts are about, when nobody has said so: groups of like texts, each named by the words that set it apart.

Spherical k-means (Dhillon and Modha 2001) over the tf-idf of words, begun from the texts that lie farthest apart, so that the same texts
always give the same groups. A group that does not hang together, or is small, is not told: most texts may well be about nothing in
common. A group keeps the name it had before where most of its words are still the same.
"""

import functools
import re
from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from midchannel.engines import wording
from midchannel.engines.language import normal

MOST_GROUPS, ROUNDS = 40, 20
LEAST_TEXTS, LEAST_SHARE = 5, 0.005
HANGS_TOGETHER = 0.2
"""The mean cosine of a group's texts to its middle, from which it is told."""
WORDS, NAMED_BY = 10, 3
KEEPS_NAME = 0.4
"""From this overlap of their words (Jaccard), a group is the one it was before."""
OFTEN = 0.6
"""A word in more than this share of the texts tells nothing apart."""
_WORD = re.compile(r"[^\W\d_]{3,}(?:'[^\W\d_]+)?|[^\W\d_]{1,2}'[^\W\d_]+")


class Group(msgspec.Struct, frozen=True):
    """Texts about the same. `name` are its first words; `words` the ones that set it apart, most telling first.

    `texts` are positions among the texts that were given, nearest to the group's middle first; `cohesion` is their mean cosine to it.
    """

    name: str
    words: tuple[str, ...]
    texts: tuple[int, ...]
    cohesion: float


def discover(texts: Sequence[str], *, before: Sequence[Group] = (), groups: int = 0) -> list[Group]:
    """Groups among texts, largest first. `before` are the last ones, for their names; `groups` is how many are sought at most (0: by size).

    Fewer than twice LEAST_TEXTS texts give none.
    """
    if len(texts) < 2 * LEAST_TEXTS:
        return []
    words, counts = _counted(texts)
    if not words:
        return []
    given = _unit(counts)
    said = np.flatnonzero(np.diff(given.indptr))
    if len(said) < 2 * LEAST_TEXTS:
        return []
    sought = groups or int(min(MOST_GROUPS, max(2, (len(said) / 2) ** 0.5)))
    rows = csr_array(given[said])
    own, near = _parted(rows, min(sought, len(said)))
    found = []
    least = max(LEAST_TEXTS, int(LEAST_SHARE * len(texts)))
    for group in range(int(own.max()) + 1):
        inside = np.flatnonzero(own == group)
        if len(inside) >= least and near[inside].mean() >= HANGS_TOGETHER:
            telling = _telling(counts, said[inside], words)
            order = inside[np.argsort(-near[inside], kind="stable")]
            name = " ".join(telling[:NAMED_BY])
            found.append(Group(name, telling, tuple(said[order].tolist()), round(float(near[inside].mean()), 3)))
    found.sort(key=lambda each: (-len(each.texts), each.name))
    return _named(found, before)


@functools.cache
def _empty_words() -> frozenset[str]:
    """The words that say nothing, of all languages: a batch may have many."""
    return frozenset(word for language in wording.languages() for word in wording.stop_words(language))


def _counted(texts: Sequence[str]) -> tuple[list[str], csr_array]:
    """The words that may tell texts apart, and which text has which (texts, words)."""
    empty = _empty_words()
    said = [set(_WORD.findall(normal.read_form(text).lower().replace("\u2019", "'"))) - empty for text in texts]
    often = Counter(word for each in said for word in each)
    most = max(3, OFTEN * len(texts))
    words = sorted(word for word, count in often.items() if 2 <= count <= most)
    number = {word: at for at, word in enumerate(words)}
    pairs = [(row, number[word]) for row, each in enumerate(said) for word in sorted(each) if word in number]
    at = np.array(pairs, np.int32).reshape(len(pairs), 2)
    return words, csr_array((np.ones(len(at), np.float32), (at[:, 0], at[:, 1])), (len(texts), len(words)))


def _unit(counts: csr_array) -> csr_array:
    """tf-idf rows of unit length."""
    seen = np.bincount(counts.indices, minlength=counts.shape[1])
    out = counts.copy()
    out.data = np.asarray(np.log((1 + counts.shape[0]) / (1 + seen))[out.indices] + 1, np.float32)
    long = np.sqrt(np.asarray(out.multiply(out).sum(axis=1)).ravel())
    out.data /= np.repeat(np.maximum(long, 1e-9), np.diff(out.indptr)).astype(np.float32)
    return out


def _parted(rows: csr_array, groups: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The group of each row and its cosine to the group's middle."""
    middles = _apart(rows, groups)
    own = np.full(rows.shape[0], -1, np.int64)
    for _ in range(ROUNDS):
        near = np.asarray(rows @ middles.T)
        new = near.argmax(axis=1)
        if (new == own).all():
            break
        own = new
        belongs = csr_array((np.ones(len(own), np.float32), (own, np.arange(len(own)))), (len(middles), rows.shape[0]))
        total = np.asarray((belongs @ rows).todense(), np.float32)
        long = np.linalg.norm(total, axis=1, keepdims=True)
        middles = np.where(long > 0, total / np.maximum(long, 1e-9), middles)
    near = np.asarray(rows @ middles.T)
    return own, near[np.arange(len(own)), own]


def _apart(rows: csr_array, groups: int) -> NDArray[np.float32]:
    """To begin with: the text nearest to all, then always the one that is farthest from those taken, dense ones first."""
    middle = np.asarray(rows.sum(axis=0), np.float32).ravel()
    like_many = np.asarray(rows @ middle)
    taken = [int(like_many.argmax())]
    nearest = np.asarray((rows @ rows[[taken[0]]].T).todense()).ravel()
    while len(taken) < groups:
        score = (1 - nearest) * like_many
        score[taken] = -1
        at = int(score.argmax())
        taken.append(at)
        nearest = np.maximum(nearest, np.asarray((rows @ rows[[at]].T).todense()).ravel())
    return np.asarray(rows[taken].todense(), np.float32)


def _telling(counts: csr_array, inside: NDArray[np.int64], words: Sequence[str]) -> tuple[str, ...]:
    """The words that set these texts apart: log odds with a prior from all texts, by their deviation (Monroe et al. 2008)."""
    every = np.asarray(counts.sum(axis=0)).ravel() + 0.5
    here = np.asarray(counts[inside].sum(axis=0)).ravel()
    there = every - 0.5 - here
    prior = every / every.sum() * 10
    odds = np.log((here + prior) / (here.sum() + 10)) - np.log((there + prior) / (there.sum() + 10))
    deviation = odds / np.sqrt(1 / (here + prior) + 1 / (there + prior))
    best = np.argsort(-deviation, kind="stable")[:WORDS]
    return tuple(words[at] for at in best if deviation[at] > 0 and here[at] > 1)


def _named(found: Sequence[Group], before: Sequence[Group]) -> list[Group]:
    """Each group under the name it had before, where it is the same; every name once."""
    pairs = sorted(
        (
            (_overlap(new.words, old.words), -at, -place)
            for at, new in enumerate(found)
            for place, old in enumerate(before)
        ),
        reverse=True,
    )
    names: dict[int, str] = {}
    for like, at, place in pairs:
        old = before[-place].name
        if like >= KEEPS_NAME and -at not in names and old not in names.values():
            names[-at] = old
    out, used = [], set(names.values())
    for at, group in enumerate(found):
        name = names.get(at, group.name)
        if at not in names and name in used:
            name = " ".join(group.words[: NAMED_BY + 1])
        used.add(name)
        out.append(msgspec.structs.replace(group, name=name))
    return out


def _overlap(one: Sequence[str], other: Sequence[str]) -> float:
    both = set(one) | set(other)
    return len(set(one) & set(other)) / len(both) if both else 0.0
