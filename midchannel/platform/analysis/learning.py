"""Learning weights without labels, from the records themselves.

Expectation maximisation (Dempster, Laird, Rubin, 1977; Winkler, 2000 for linkage) over the pairs that share a key, where all other
pairs count as different people: so the prior is that of any two records, and no field has to be left out because pairs were found by
it. `u` is counted on pairs drawn at random, less the matches among them: of identifiers that hardly two people share, true matches
would be most of what is drawn. Pairs below even odds are taken for different (Celeux and Govaert, 1992), or the many that are a little
alike would outweigh the few that are the same.
"""

import math
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from midchannel.engines.identity import fields, model
from midchannel.platform.analysis import pairing
from midchannel.platform.analysis.frame import Column, Floats, Frame, Longs
from midchannel.platform.analysis.weighing import Scale

DRAWN = 400_000
"""Pairs drawn at random to learn how alike strangers are."""

ROUNDS = 20
HOPELESS = -14.0
"""Pairs of less at the beginning are no matches, whatever is learned."""

LISTED = 5_000
"""So many frequent values and words of a field are kept in a model."""

_KINDS = {
    **dict.fromkeys(("given_name", "family_name"), "name"),
    **dict.fromkeys(("gender", "customer_number", "erp_number", "website", "state", "country", "language", "avatar"), "exact"),
    **dict.fromkeys(("phone", "postcode", "house_number", "tax_number"), "code"),
    "handle": "handle", "birth_date": "date", "email": "email",
}  # fmt: skip
_BEGIN = {
    "name": (0.05, 0.02, 0.03, 0.05, 0.10, 0.75),
    "date": (0.03, 0.02, 0.02, 0.03, 0.08, 0.82),
    "code": (0.20, 0.10, 0.70),
    "number": (0.15, 0.05, 0.07, 0.08, 0.65),
    "exact": (0.10, 0.90),
    "order": (0.02, 0.98),
    "email": (0.20, 0.05, 0.05, 0.05, 0.10, 0.55),
    "handle": (0.30, 0.10, 0.10, 0.10, 0.40),
    "text": (0.20, 0.05, 0.08, 0.10, 0.15, 0.42),
}
"""How alike records of one person are, before anything was learned."""

_WEAK = frozenset(("biography", "avatar", "city"))
_GUARDS = frozenset(("erp_number", "birth_date"))


def train(frame: Frame, left: Longs, right: Longs, *, version: str, seed: int = 0) -> model.Model:
    """Learn a model from a frame and the pairs of it that share a key. Deterministic for a seed."""
    shaped = tuple(_shape(name, frame.columns[name]) for name in _used(frame))
    if {"given_name", "family_name"} <= {each.field for each in shaped}:
        begin = _BEGIN["order"]
        shaped = (*shaped, model.Comparison(model.ORDER, "order", begin, (1.0, 1.0), group="name", branch="name"))
    return _Learning(frame, shaped, left, right, np.random.default_rng(seed)).run(version)


def _used(frame: Frame) -> list[str]:
    """The fields that can tell anything: of a whole name and its parts only what the sources themselves had."""
    found = [name for name, each in frame.columns.items() if _tells(name, each)]
    if "full_name" in found:
        out = {"given_name", "family_name"} if "given_name" in frame.derived else {"full_name"}
        found = [each for each in found if each not in out]
    return found


def _tells(name: str, column: Column) -> bool:
    if column.filled < 2 or len(column.values) < 2:
        return False
    numbered = name.startswith(fields.UNKNOWN) and len(column.values) == column.filled
    return not (numbered and all(each.isdecimal() for each in column.values))


def _kind(name: str, column: Column) -> str:
    if name in _KINDS or not name.startswith(fields.UNKNOWN):
        return _KINDS.get(name, "text")
    values = [str(each) for each in column.values[:2_000]]
    dates = sum(
        1 for each in values if len(each) == 8 and each.isdecimal() and each[:2] in {"19", "20"} and each[4:6] <= "12"
    )
    numbers = sum(1 for each in values if each.replace(".", "", 1).lstrip("-").isdecimal())
    return "date" if dates >= 0.95 * len(values) else "number" if numbers >= 0.95 * len(values) else "text"


def _shape(name: str, column: Column) -> model.Comparison:
    """A comparison for a field, its frequencies counted, its levels still to be learned."""
    kind = _kind(name, column)
    counts, filled = column.counts, column.filled
    often = [int(at) for at in np.argsort(-counts, kind="stable")[:LISTED] if counts[at] > 2]
    group = "name" if name in {"given_name", "family_name", "full_name", "handle"} else ""
    shaped = model.Comparison(
        name,
        kind,
        _BEGIN[kind],
        _BEGIN[kind],
        group=group,
        branch=("handle" if name == "handle" else "name") if group else "",
        frequencies={str(column.values[at]): float(counts[at] - 1.5) / filled for at in often},
        rare=0.5 / filled,
        weak=name in _WEAK,
        guard=name in _GUARDS,
    )
    return _with_words(shaped, column) if kind == "text" else shaped


def _with_words(shaped: model.Comparison, column: Column) -> model.Comparison:
    said: Counter[str] = Counter()
    for value, count in zip(column.values, column.counts, strict=True):
        for word in set(value.split()):
            said[word] += max(1, int(count))
    filled = column.filled
    words = {
        word: math.log(1.0 + filled / count)
        for word, count in sorted(said.items(), key=lambda each: (-each[1], each[0]))[:LISTED]
    }
    return replace(shaped, words=words, rare_word=math.log(1.0 + filled / 1.5))


@dataclass
class _Learning:
    """One run of expectation maximisation."""

    frame: Frame
    comparisons: tuple[model.Comparison, ...]
    left: Longs
    right: Longs
    random: np.random.Generator
    total: float = 1.0
    share: float = 0.0
    each: float = 1.0
    matched: list[Floats] = field(default_factory=list)

    def run(self, version: str) -> model.Model:
        scale = Scale.of(self.frame, self.comparisons)
        size = self.frame.size
        self.total = max(1.0, size * (size - 1) / 2)
        self.share = min(0.3 * size / self.total, 0.2)
        drawn = self._draw(scale)
        self.matched = [np.zeros(len(found), np.float64) for found in drawn]
        self._learn_u(scale, drawn)
        left, right, levels = self._hopeful(scale)
        shares = [self._shares(scale, at, levels, (left, right)) for at in range(len(self.comparisons))]
        kin = _Kin.draw(scale, self.random)
        for turn in range(ROUNDS):
            if turn in {8, 14}:
                scale.comparisons = kin.learn(scale, self._prior)
            self._learn_u(scale, drawn)
            odds = _weights(scale, levels, shares) + self._prior
            likely = np.where(odds > 0.0, 1.0 / (1.0 + np.exp2(-np.clip(odds, -60.0, 60.0))), 0.0)
            self.matched = [
                np.asarray(np.bincount(levels[:, at] + 1, weights=likely, minlength=len(found) + 1)[1:], np.float64)
                for at, found in enumerate(drawn)
            ]
            scale.comparisons = tuple(
                _with_m(one, counts) for one, counts in zip(scale.comparisons, self.matched, strict=True)
            )
            if turn >= 3:
                self.share = min(max((likely.sum() + 0.5) / self.total, 1e-12), 0.5)
        return model.Model(version, self._prior, tuple(_rising(each) for each in scale.comparisons))

    @property
    def _prior(self) -> float:
        return math.log2(self.share / (1.0 - self.share))

    def _learn_u(self, scale: Scale, drawn: list[Floats]) -> None:
        """The levels of strangers: what was drawn less the matches in it, never nothing."""
        found = []
        for one, counts, matches in zip(scale.comparisons, drawn, self.matched, strict=True):
            if one.kind != "order":
                strangers = np.maximum(counts - matches, 0.0)
                strangers += max(0.5, strangers.sum() * 1e-7, 0.1 * self.each if self.each > 1.0 else 0.0)
                one = replace(one, u=tuple((strangers / strangers.sum()).tolist()))  # noqa: PLW2901
            found.append(one)
        scale.comparisons = tuple(found)

    def _draw(self, scale: Scale) -> list[Floats]:
        """How often pairs drawn at random reach each level, counted as if all pairs had been: each stands for `each` pairs."""
        size = self.frame.size
        if size <= pairing.WHOLE:
            left, right = self.left, self.right
        else:
            left, right = self.random.integers(0, size, DRAWN), self.random.integers(0, size, DRAWN)
            left, right = left[left != right], right[left != right]
        self.each = self.total / max(1, len(left))
        counts = [np.zeros(len(one.m)) for one in self.comparisons]
        for start in range(0, len(left), 500_000):
            levels = scale.levels(left[start : start + 500_000], right[start : start + 500_000])
            for at, found in enumerate(counts):
                np.add(found, np.bincount(levels[:, at] + 1, minlength=len(found) + 1)[1:] * self.each, out=found)
        return counts

    def _hopeful(self, scale: Scale) -> tuple[Longs, Longs, npt.NDArray[np.int8]]:
        """The pairs that may be matches, and their levels."""
        kept = [(self.left[:0], self.right[:0], np.empty((0, len(self.comparisons)), np.int8))]
        for start in range(0, len(self.left), 500_000):
            left, right = self.left[start : start + 500_000], self.right[start : start + 500_000]
            levels = scale.levels(left, right)
            weight, _ = scale.together(scale.bits(levels, left, right))
            good = weight + self._prior > HOPELESS
            kept.append((left[good], right[good], levels[good]))
        left, right, levels = (np.concatenate(each) for each in zip(*kept, strict=True))
        return left, right, levels

    def _shares(
        self, scale: Scale, at: int, levels: npt.NDArray[np.int8], pairs: tuple[Longs, Longs]
    ) -> tuple[Longs, Floats]:
        each = scale.comparisons[at]
        rows = np.flatnonzero(levels[:, at] == len(each.m) - 1) if each.rare else np.empty(0, np.int64)
        return rows, scale.shares(at, pairs[0][rows], pairs[1][rows])


def _weights(scale: Scale, levels: npt.NDArray[np.int8], shares: list[tuple[Longs, Floats]]) -> Floats:
    bits = np.zeros(levels.shape)
    for at, each in enumerate(scale.comparisons):
        bits[:, at] = np.array([*each.weights, 0.0])[levels[:, at]]
        rows, found = shares[at]
        if len(rows):
            bits[rows, at] = np.log2(each.m[-1] / found)
    return scale.together(scale.lessen(bits, levels))[0]


def _with_m(one: model.Comparison, matches: Floats) -> model.Comparison:
    """The levels of matches: as counted, and as supposed before to a twentieth."""
    counted = matches + np.array(_BEGIN[one.kind]) * (5.0 + 0.05 * matches.sum())
    return replace(one, m=tuple((counted / counted.sum()).tolist()))


def _rising(one: model.Comparison) -> model.Comparison:
    """More alike never speaks less for a match: levels that would are taken together (pool adjacent violators)."""
    if one.kind == "order":
        return one
    pools: list[list[float]] = []
    for same, strange in zip(one.m, one.u, strict=True):
        pools.append([same, strange, 1.0])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    shared = [(pool[0] / pool[2], pool[1] / pool[2]) for pool in pools for _ in range(int(pool[2]))]
    return replace(one, m=tuple(m for m, _ in shared), u=tuple(u for _, u in shared))


KIN = 60_000
"""Pairs drawn of those that are equal in one field, to learn in what else strangers then agree."""

STRANGERS = 100.0
"""Of so many strangers equal in a field at least something can be learned."""


@dataclass
class _Kin:
    """What goes with what among strangers: who writes on one subject with one circle, who lives at one postcode in one town.

    Each field depends on one other at most (a tree, as Chow and Liu have it, 1968), where that tells most.
    """

    groups: dict[int, tuple[Longs, Longs, npt.NDArray[np.int8]]]

    @classmethod
    def draw(cls, scale: Scale, random: np.random.Generator) -> "_Kin":
        """For each field pairs of records that are equal in it, drawn at random."""
        found = {}
        for at, each in enumerate(scale.comparisons):
            if each.kind != "order" and len(each.m) > 1:
                left, right = _equal(scale.frame.columns[each.field], random)
                if len(left) >= STRANGERS:
                    found[at] = left, right, scale.levels(left, right)
        return cls(found)

    def learn(self, scale: Scale, prior: float) -> tuple[model.Comparison, ...]:
        """The comparisons with what each takes off where another agrees."""
        gains = []
        for parent, (left, right, levels) in self.groups.items():
            weight, _ = scale.together(scale.bits(levels, left, right))
            stranger = 1.0 / (1.0 + np.exp2(np.clip(weight + prior, -60.0, 60.0)))
            stranger[weight + prior > 0.0] = 0.0
            if stranger.sum() < STRANGERS:
                continue
            for child, each in enumerate(scale.comparisons):
                if child != parent and each.kind != "order":
                    gain, less = _gain(each, levels[:, child], stranger)
                    gains.append((gain, parent, child, less))
        return _tree(scale.comparisons, sorted(gains, reverse=True))


def _equal(column: Column, random: np.random.Generator) -> tuple[Longs, Longs]:
    """Pairs of records with an equal value, values by how many pairs they make."""
    codes = column.codes[0]
    order = np.argsort(codes, kind="stable")
    order = order[np.searchsorted(codes[order], 0) :]
    starts = np.searchsorted(codes[order], np.arange(len(column.values)))
    counts = np.diff(np.r_[starts, len(order)])
    pairs = counts * (counts - 1.0)
    if pairs.sum() < STRANGERS:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    values = random.choice(len(pairs), size=int(min(KIN, pairs.sum())), p=pairs / pairs.sum())
    one = (random.random(len(values)) * counts[values]).astype(np.int64)
    other = (one + 1 + (random.random(len(values)) * (counts[values] - 1)).astype(np.int64)) % counts[values]
    return order[starts[values] + one], order[starts[values] + other]


def _gain(each: model.Comparison, levels: npt.NDArray[np.int8], stranger: Floats) -> tuple[float, tuple[float, ...]]:
    """How much more is known of a field's levels among these strangers (bits a pair), and the bits to take off each level.

    Strangers who have the very same value more often than by chance are taken for matches that were overlooked.
    """
    both = levels >= 0
    counts = np.bincount(levels[both], weights=stranger[both], minlength=len(each.m))
    m = np.array(each.m)
    overlooked = max(0.0, counts[-1] - each.u[-1] * counts.sum()) / m[-1]
    counts = np.maximum(counts - overlooked * m, 0.0)
    if counts.sum() < STRANGERS:
        return 0.0, ()
    chance = np.array(each.u)
    kin = (counts + 20.0 * chance) / (counts.sum() + 20.0)
    less = np.clip(np.log2(kin / chance), np.where(np.arange(len(chance)) == 0, -3.0, 0.0), 12.0)
    return float((kin * np.log2(kin / chance)).sum()), tuple(less.tolist())


def _tree(
    comparisons: tuple[model.Comparison, ...], gains: list[tuple[float, int, int, tuple[float, ...]]]
) -> tuple[model.Comparison, ...]:
    """Each field under the one that tells most of it, without a circle."""
    found = [replace(each, given="", less=()) for each in comparisons]
    parents: dict[int, int] = {}
    for gain, parent, child, less in gains:
        above: int | None = parent
        while above is not None and above != child:
            above = parents.get(above)
        if gain > 0.0 and child not in parents and above is None:
            parents[child] = parent
            found[child] = replace(found[child], given=found[parent].field, less=less)
    return tuple(found)
