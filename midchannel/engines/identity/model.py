"""The weight of evidence that two records are one person (Fellegi and Sunter, 1969), field by field, so that each can be told.

A field's weight is log2(m / u): how much more often its level of likeness is found between records of one person (m) than between
those of two (u). For equal values u is how frequent that value is. The sum, with the prior odds, is the log2 odds of a match.
"""

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import resources
from math import log2
from operator import itemgetter
from typing import Any, NamedTuple

from midchannel.engines.identity import fields, levels

MUST, AUTO, REVIEW, NONE, CANNOT = "must", "auto", "review", "none", "cannot"
ORDER = "name_order"
"""The comparison that says whether given and family name stand in each other's place."""
NAMES = ("given_name", "family_name")
"""The two that may."""

HOME = frozenset(
    {ORDER, "family_name", "phone", "street", "house_number", "address", "postcode", "city", "state", "country", "gender", "language"}
)  # fmt: skip
"""What those who live together share: all of it together joins nobody by itself."""


class Contribution(NamedTuple):
    """What one field adds: its level by name, weight in bits (log2), and the two values compared."""

    field: str
    level: str
    weight: float
    left: str
    right: str


class Score(NamedTuple):
    """How likely two records are one person. `weight` is in bits, the prior included: 0 is even odds.

    `verdict` is MUST, AUTO, REVIEW or NONE.
    """

    weight: float
    probability: float
    contributions: tuple[Contribution, ...]
    verdict: str


@dataclass(frozen=True)
class Comparison:
    """How one field is compared: `kind` of `levels.KINDS`, `m` and `u` a level.

    Of comparisons of one `group` that are on different `branch`es, such as a name and a handle, only the strongest speaks for the
    pair, and only the strongest against. `frequencies` are shares of common values, `rare` the share of any other; `words` and
    `rare_word` the weights of words in texts. Where field `given` agrees, strangers agree in this one more than they do by chance: `less`
    bits a level are taken off. `weak`: it can bring a pair to review, not join it. `guard`: clear difference keeps a
    pair from being joined by itself.
    """

    field: str
    kind: str
    m: tuple[float, ...]
    u: tuple[float, ...]
    group: str = ""
    branch: str = ""
    frequencies: Mapping[str, float] = dataclasses.field(default_factory=dict)
    rare: float = 0.0
    words: Mapping[str, float] = dataclasses.field(default_factory=dict)
    rare_word: float = 1.0
    given: str = ""
    less: tuple[float, ...] = ()
    weak: bool = False
    guard: bool = False

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """Bits for each level."""
        return tuple(math.log2(m / u) for m, u in zip(self.m, self.u, strict=True))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the levels."""
        return levels.KINDS[self.kind].names

    @cached_property
    def sure(self) -> int:
        """The level from which two values of a guard may be one: a date may be mistyped, a name written otherwise; 0 for no guard."""
        if self.field == "given_name":
            return 2
        return (len(self.m) - (2 if self.kind == "date" else 1)) if self.guard else 0

    @cached_property
    def is_home(self) -> bool:
        """Whether it is of a home rather than of a person."""
        return self.field in HOME

    def agrees(self, level: int) -> bool:
        """Whether a level is of the upper half."""
        return 2 * level >= len(self.m)

    def share(self, value: str) -> float:
        """How frequent a value is: the probability that another person has it."""
        return self.frequencies.get(value, self.rare)


class _Step(NamedTuple):
    """A comparison made ready for one pair after another: what is asked for each pair, looked up once."""

    place: int
    comparison: Comparison
    same: int
    level: Callable[[str, str], int]
    weights: tuple[float, ...]
    rare: float
    sure: int
    is_home: bool
    is_weak: bool
    branch: tuple[str, str] | None

    @classmethod
    def of(cls, place: int, each: Comparison) -> "_Step":
        kind = levels.KINDS[each.kind]
        level = levels.worded(each.words, each.rare_word) if each.kind == "text" and each.words else kind.level
        branch = (each.group, each.branch) if each.group else None
        return cls(place, each, kind.same, level, each.weights, each.rare, each.sure, each.is_home, each.weak, branch)


_Met = tuple[_Step, int, str, str, float]
"""A comparison that both records have values for: its level, the two values and the bits."""


@dataclass(frozen=True)
class Model:
    """Weights, and where they decide. `version` names it in every decision; `prior` is log2 odds that two records met by chance are one
    person; `auto` and `review` are probabilities from which a pair is joined, or shown to a person."""

    version: str
    prior: float
    comparisons: tuple[Comparison, ...]
    auto: float = 0.99
    review: float = 0.2

    def score(self, left: fields.Record, right: fields.Record) -> Score:
        """Compare two records. The same whichever comes first, but for `left` and `right` of each contribution."""
        met = self._meet(left.values, right.values)
        weight, verdict = self._together(met, left, right)
        return Score(weight, probability(weight), _told(met), verdict)

    def score_if_any(self, left: fields.Record, right: fields.Record) -> Score:
        """As `score`, but of a pair that is nothing only the weight is told: the cheap way to look at many."""
        met = self._meet(left.values, right.values)
        weight, verdict = self._together(met, left, right)
        return (
            Score(weight, 0.0, (), NONE) if verdict is NONE else Score(weight, probability(weight), _told(met), verdict)
        )

    def _together(self, met: list[_Met], left: fields.Record, right: fields.Record) -> tuple[float, str]:
        """The bits of a pair, and what becomes of it: weak evidence for it, or something that bars it, keeps it from being joined."""
        firm = weight = self.prior
        is_barred, is_own = False, False
        branches: dict[tuple[str, str], float] = {}
        for (_, _, _, _, _, _, sure, is_home, is_weak, branch), level, _, _, bits in met:
            if level < sure:
                is_barred = True
            if bits > 0.0 and not is_home:
                is_own = True
            if branch:
                branches[branch] = branches.get(branch, 0.0) + bits
            else:
                weight += bits
                if bits < 0.0 or not is_weak:
                    firm += bits
        if branches:
            both = sum(branches.values()) if len(branches) == 1 else _strongest(branches)
            weight, firm = weight + both, firm + both
        if left.verified and not left.verified.isdisjoint(right.verified):
            return weight, MUST
        auto, review = self._bits
        if firm >= auto and is_own and not is_barred:
            return weight, AUTO
        return weight, REVIEW if weight >= review else NONE

    def _meet(self, left: fields.Values, right: fields.Values) -> list[_Met]:
        """Every comparison that both records have values for."""
        met: list[_Met] = []
        steps = self._steps
        for step in sorted([steps[field] for field in left if field in right and field in steps]):
            _, each, same, level_of, weights, rare, _, _, _, _ = step
            ones, others = left[each.field], right[each.field]
            one, other = ones[0], others[0]
            if one == other:
                level = same
            elif len(ones) == len(others) == 1:
                level = level_of(one, other)
            else:
                level, one, other = levels.best(level_of, same, ones, others)
            bits = log2(each.m[same] / each.frequencies.get(one, rare)) if rare and level == same else weights[level]
            met.append((step, level, one, other, bits))
        if self._order is not None:
            met = self._ordered(self._order, met, left, right)
        return self._lessened(met) if self._depends else met

    @cached_property
    def _steps(self) -> dict[str, _Step]:
        return {each.field: _Step.of(place, each) for place, each in enumerate(self.comparisons)}

    @cached_property
    def _bits(self) -> tuple[float, float]:
        """From how many bits a pair is joined, and shown."""
        return bits_of(self.auto), bits_of(self.review)

    @cached_property
    def _depends(self) -> bool:
        return any(each.given for each in self.comparisons)

    def _lessened(self, met: list[_Met]) -> list[_Met]:
        agree = {step.comparison.field for step, level, *_ in met if step.comparison.agrees(level)}
        return [
            (step, level, one, other, bits - step.comparison.less[level])
            if step.comparison.given in agree
            else (step, level, one, other, bits)
            for step, level, one, other, bits in met
        ]

    @cached_property
    def _order(self) -> tuple[_Step, _Step, _Step] | None:
        found = [self._steps.get(name) for name in (*NAMES, ORDER)]
        return tuple(found) if all(found) else None  # type: ignore[return-value]

    def _ordered(
        self, order: tuple[_Step, _Step, _Step], met: list[_Met], left: fields.Values, right: fields.Values
    ) -> list[_Met]:
        """The comparisons with the names crossed where they stand in each other's place, and one more that says so."""
        given, family, turned = order
        one = other = -1
        for step, level, *_ in met:
            if step is given:
                one = level
            elif step is family:
                other = level
        as_is: _Met = (turned, 1, "", "", turned.weights[1])
        if max(one, 0) + max(other, 0) >= levels.IN_PLACE:
            return [*met, as_is]
        there, back = _across(left, right), _across(right, left)
        if not (there and levels.may_be_edited(*there)) and not (back and levels.may_be_edited(*back)):
            return [*met, as_is] if there or back or max(one, other) >= 0 else met
        first, second = (
            levels.best(given.level, given.same, *names) if names else (-1, "", "") for names in (there, back)
        )
        if not levels.is_swapped((one, other), (first[0], second[0])):
            return [*met, as_is]
        # Which of the two has it right is not known: the better likeness counts as the given name's, and no value as rare.
        better, worse = sorted((first, (second[0], second[2], second[1])), key=itemgetter(0), reverse=True)
        kept = [each for each in met if each[0] is not given and each[0] is not family]
        kept.extend(
            (step, *found, step.weights[found[0]])
            for step, found in ((given, better), (family, worse))
            if found[0] >= 0
        )
        return [*kept, (turned, 0, "", "", turned.weights[0])]

    def to_json(self) -> str:
        """The model as JSON text, to be kept and read again."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, stored: str) -> "Model":
        """A model as `to_json` wrote it. Raises ValueError for anything else."""
        try:
            found: dict[str, Any] = json.loads(stored)
            listed: list[dict[str, Any]] = found.pop("comparisons")
            comparisons = tuple(Comparison(**{name: _kept(value) for name, value in each.items()}) for each in listed)
            return cls(**found, comparisons=comparisons)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"This is no identity model: {error}") from error

    def renamed(self, version: str) -> "Model":
        """The same weights under another name."""
        return replace(self, version=version)


def _told(met: list[_Met]) -> tuple[Contribution, ...]:
    return tuple(
        [
            Contribution(step.comparison.field, step.comparison.names[level], bits, one, other)
            for step, level, one, other, bits in met
        ]
    )


def _strongest(branches: Mapping[tuple[str, str], float]) -> float:
    """The bits of comparisons that count once: of each group what speaks most for the pair, and what most against."""
    groups: dict[str, list[float]] = {}
    for (group, _), bits in branches.items():
        groups.setdefault(group, [0.0]).append(bits)
    return sum(max(bits) + min(bits) for bits in groups.values())


def _across(left: fields.Values, right: fields.Values) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The given name of one and the family name of the other."""
    given, family = NAMES
    return (left[given], right[family]) if given in left and family in right else None


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def probability(weight: float) -> float:
    """The probability of log2 odds."""
    if weight > 60:
        return 1.0
    return 2.0**weight / (1.0 + 2.0**weight) if weight > -60 else 0.0


def bits_of(chance: float) -> float:
    """The log2 odds of a probability."""
    return math.log2(chance / (1.0 - chance)) if 0.0 < chance < 1.0 else math.copysign(math.inf, chance - 0.5)


def load_default() -> Model:
    """The model that comes with the program: real time works before anything was learned."""
    return Model.from_json(resources.files(__package__).joinpath("default_model.json").read_text("utf-8"))
