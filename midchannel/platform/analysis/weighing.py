"""The weights of many pairs at once, by the same model as real time has."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from midchannel.engines.identity import model
from midchannel.platform.analysis import likeness
from midchannel.platform.analysis.frame import Codes, Column, Floats, Frame, Longs

AT_ONCE = 500_000
"""So many pairs are weighed in one step, which bounds the memory."""


@dataclass
class Scale:
    """A frame made ready for a model: what is needed to weigh any of its pairs."""

    frame: Frame
    comparisons: tuple[model.Comparison, ...]
    comparers: dict[str, likeness.Comparer] = field(default_factory=dict)
    names: "Names | None" = None
    of_value: dict[int, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, frame: Frame, comparisons: tuple[model.Comparison, ...]) -> "Scale":
        """Make the values of each field that the frame has ready to be compared."""
        found = cls(frame, comparisons)
        for each in found.comparisons:
            if each.field in frame.columns:
                values = frame.columns[each.field].values
                words = likeness.weigh_words(values, each.words, each.rare_word) if each.words else None
                found.comparers[each.field] = likeness.Comparer(each.kind, values, words)
        if {"given_name", "family_name", model.ORDER} <= {each.field for each in found.comparisons}:
            nobody = Column(np.empty(0, object), np.full((1, frame.size), -1, np.int32))
            found.names = Names.of(*(frame.columns.get(name, nobody) for name in ("given_name", "family_name")))
        return found

    def levels(self, left: Longs, right: Longs) -> npt.NDArray[np.int8]:
        """The level of each pair (row) in each comparison (column), -1 where a value is missing."""
        found = np.full((len(left), len(self.comparisons)), -1, np.int8)
        for at, each in enumerate(self.comparisons):
            if each.field in self.comparers:
                found[:, at] = self.comparers[each.field].of_column(self.frame.columns[each.field], left, right)
        if self.names:
            self._cross(self.names, found, left, right)
        return found

    def _cross(self, names: "Names", found: npt.NDArray[np.int8], left: Longs, right: Longs) -> None:
        fields = [each.field for each in self.comparisons]
        given, family, order = (fields.index(each) for each in ("given_name", "family_name", model.ORDER))
        straight = np.maximum(found[:, given], 0) + np.maximum(found[:, family], 0)
        doubtful = np.flatnonzero(straight < 6)
        one = names.comparer.of_codes(names.given[left[doubtful]], names.family[right[doubtful]])
        other = names.comparer.of_codes(names.family[left[doubtful]], names.given[right[doubtful]])
        low, high = np.minimum(one, other), np.maximum(one, other)
        crossed = np.maximum(one, 0) + np.maximum(other, 0)
        swapped = (crossed > straight[doubtful]) & (high >= 4) & ((low >= 2) | (low < 0))
        found[:, order] = np.where((found[:, given] >= 0) | (found[:, family] >= 0), 1, -1)
        found[doubtful[high >= 0], order] = 1
        found[doubtful[swapped], given], found[doubtful[swapped], family] = high[swapped], low[swapped]
        found[doubtful[swapped], order] = 0

    def shares(self, at: int, left: Longs, right: Longs) -> Floats:
        """How frequent the value is that pairs of records have in common in a comparison."""
        each = self.comparisons[at]
        column = self.frame.columns.get(each.field)
        found = np.full(len(left), each.rare)
        if column is None or not len(left):
            return found
        if at not in self.of_value:
            self.of_value[at] = np.fromiter(map(each.share, column.values), np.float64, len(column.values))
        first = column.codes[0][left]
        found[first >= 0] = self.of_value[at][first[first >= 0]]
        if len(column.codes) > 1:
            for one in reversed(column.codes):
                for other in column.codes:
                    same = (one[left] >= 0) & (one[left] == other[right])
                    found[same] = self.of_value[at][one[left[same]]]
        return found

    def bits(self, found: npt.NDArray[np.int8], left: Longs, right: Longs) -> Floats:
        """The bits of each pair in each comparison by its level."""
        bits = np.zeros(found.shape, np.float64)
        crossed = np.any(
            [found[:, at] == 0 for at, each in enumerate(self.comparisons) if each.field == model.ORDER], axis=0
        )
        for at, each in enumerate(self.comparisons):
            of_level = np.array([*each.weights, 0.0])
            bits[:, at] = of_level[found[:, at]]
            if each.rare:
                same = found[:, at] == len(each.m) - 1
                rows = np.flatnonzero(same & ~crossed if each.field in model.NAMES else same)
                bits[rows, at] = np.log2(each.m[-1] / self.shares(at, left[rows], right[rows]))
        return self.lessen(bits, found)

    def lessen(self, bits: Floats, found: npt.NDArray[np.int8]) -> Floats:
        """Take off what agreement in one field says of another, in place."""
        places = {each.field: at for at, each in enumerate(self.comparisons)}
        for at, each in enumerate(self.comparisons):
            if each.given in places:
                parent = places[each.given]
                agree = 2 * found[:, parent].astype(np.int64) >= len(self.comparisons[parent].m)
                bits[:, at] -= np.where(agree, np.array([*each.less, 0.0])[found[:, at]], 0.0)
        return bits

    def together(self, bits: Floats) -> tuple[Floats, Floats]:
        """The weight of each pair without the prior, and the same without what weak evidence says for it."""
        weight = np.zeros(len(bits))
        firm = np.zeros(len(bits))
        branches: dict[tuple[str, str], Floats] = {}
        for at, each in enumerate(self.comparisons):
            if each.group:
                branch = (each.group, each.branch)
                branches[branch] = branches.get(branch, 0.0) + bits[:, at]
            else:
                weight += bits[:, at]
                firm += np.minimum(bits[:, at], 0.0) if each.weak else bits[:, at]
        for group in {each for each, _ in branches}:
            several = np.stack([found for (each, _), found in branches.items() if each == group])
            both = np.maximum(several.max(0), 0.0) + np.minimum(several.min(0), 0.0)
            weight, firm = weight + both, firm + both
        return weight, firm


@dataclass(frozen=True)
class Names:
    """Given and family names among one set of values, to be compared crosswise."""

    comparer: likeness.Comparer
    given: Codes
    family: Codes

    @classmethod
    def of(cls, given: Column, family: Column) -> "Names":
        """Both columns' values in one."""
        places: dict[str, int] = {}
        moved = [
            np.array([places.setdefault(each, len(places)) for each in column.values] + [-1], np.int32)
            for column in (given, family)
        ]
        values = np.empty(len(places), object)
        values[:] = list(places)
        return cls(likeness.Comparer("name", values), moved[0][given.codes[0]], moved[1][family.codes[0]])


@dataclass(frozen=True)
class Weighed:
    """Pairs with their weights in bits, the prior included: with all evidence, and without weak evidence for them.

    `levels` and `bits` say why, a column a comparison of `Scale.of`.
    """

    left: Longs
    right: Longs
    weight: Floats
    firm: Floats
    guarded: npt.NDArray[np.bool_]
    levels: npt.NDArray[np.int8]
    bits: npt.NDArray[np.float32]

    def verdicts(self, by: model.Model) -> npt.NDArray[np.str_]:
        """What becomes of each pair, as `Score.verdict`."""
        auto, review = (np.log2(each / (1.0 - each)) for each in (by.auto, by.review))
        return np.where(
            (self.firm >= auto) & ~self.guarded, model.AUTO, np.where(self.weight >= review, model.REVIEW, model.NONE)
        )


def weigh(by: model.Model, frame: Frame, left: Longs, right: Longs, *, least: float = -1e9) -> Weighed:
    """Weigh pairs; those of less than `least` bits are left out."""
    scale = Scale.of(frame, by.comparisons)
    parts = list(_parts(by, scale, left, right, least)) or [_part(by, scale, left, right, least)]
    return Weighed(*(np.concatenate([getattr(each, name) for each in parts]) for name in Weighed.__dataclass_fields__))


def _parts(by: model.Model, scale: Scale, left: Longs, right: Longs, least: float) -> Iterator[Weighed]:
    for start in range(0, len(left), AT_ONCE):
        yield _part(by, scale, left[start : start + AT_ONCE], right[start : start + AT_ONCE], least)


def _part(by: model.Model, scale: Scale, left: Longs, right: Longs, least: float) -> Weighed:
    levels = scale.levels(left, right)
    bits = scale.bits(levels, left, right)
    weight, firm = (each + by.prior for each in scale.together(bits))
    good = weight >= least
    levels, single = levels[good], bits[good].astype(np.float32)
    guarded, own = np.zeros(len(levels), bool), np.zeros(len(levels), bool)
    for at, each in enumerate(scale.comparisons):
        if each.sure:
            guarded |= (levels[:, at] >= 0) & (levels[:, at] < each.sure)
        if not each.is_home:
            own |= bits[good, at] > 0.0
    guarded |= ~own
    return Weighed(left[good], right[good], weight[good], firm[good], guarded, levels, single)
