"""The weight of evidence that two records are one person (Fellegi and Sunter, 1969), field by field, so that each can be told.

A field's weight is log2(m / u): how much more often its level of likeness is found between records of one person (m) than between
those of two (u). For equal values u is how frequent that value is. The sum, with the prior odds, is the log2 odds of a match.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import resources
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


@dataclass(frozen=True, slots=True)
class Score:
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

    def weight(self, level: int, share: float) -> float:
        """Bits for a level; for equal values by the share of records that have the value."""
        if level != len(self.m) - 1 or not self.rare:
            return self.weights[level]
        return math.log2(self.m[level] / share)

    def worth(self, level: int, value: str) -> float:
        """Bits for a level that is reached with this value."""
        if level != len(self.m) - 1 or not self.rare:
            return self.weights[level]
        return math.log2(self.m[level] / self.frequencies.get(value, self.rare))

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


_Met = tuple[Comparison, int, str, str, float]


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
        weight, firm, is_barred = self._together(met)
        contributions = tuple(
            Contribution(each.field, each.names[level], bits, one, other) for each, level, one, other, bits in met
        )
        return Score(weight, probability(weight), contributions, self._verdict(left, right, weight, firm, is_barred))

    def score_if_any(self, left: fields.Record, right: fields.Record) -> Score:
        """As `score`, but of a pair that is nothing only the weight is told: the cheap way to look at many."""
        met = self._meet(left.values, right.values)
        weight, firm, is_barred = self._together(met)
        verdict = self._verdict(left, right, weight, firm, is_barred)
        if verdict == NONE:
            return Score(weight, 0.0, (), NONE)
        contributions = tuple(
            Contribution(each.field, each.names[level], bits, one, other) for each, level, one, other, bits in met
        )
        return Score(weight, probability(weight), contributions, verdict)

    def _together(self, met: list[_Met]) -> tuple[float, float, bool]:
        """The bits of a pair with all evidence and without weak evidence for it; and whether something bars it from being joined."""
        firm = weight = self.prior
        guarded, is_own = False, False
        groups: dict[str, dict[str, float]] = {}
        for each, level, _, _, bits in met:
            if level < each.sure:
                guarded = True
            if bits > 0.0 and not each.is_home:
                is_own = True
            if each.group:
                branches = groups.setdefault(each.group, {})
                branches[each.branch] = branches.get(each.branch, 0.0) + bits
                continue
            weight += bits
            firm += bits if bits < 0.0 or not each.weak else 0.0
        for branches in groups.values():
            bits = max(0.0, *branches.values(), 0.0) + min(0.0, *branches.values(), 0.0)
            weight, firm = weight + bits, firm + bits
        return weight, firm, guarded or not is_own

    def _meet(self, left: fields.Values, right: fields.Values) -> list[_Met]:
        """Every comparison that both records have values for: its level, the two values and the bits."""
        met: list[_Met] = []
        places = self._places
        for at in sorted([places[name] for name in left if name in right and name in places]):
            each = self.comparisons[at]
            one, other = left[each.field], right[each.field]
            words = each.words if each.kind == "text" and each.words else None
            level, first, second = levels.compare(each.kind, one, other, words=words, rare_word=each.rare_word)
            met.append((each, level, first, second, each.worth(level, first)))
        if self._order is not None:
            met = self._ordered(self._order, met, left, right)
        return self._lessened(met) if self._depends else met

    @cached_property
    def _places(self) -> dict[str, int]:
        return {each.field: at for at, each in enumerate(self.comparisons)}

    @cached_property
    def _bits(self) -> tuple[float, float]:
        """From how many bits a pair is joined, and shown."""
        return bits_of(self.auto), bits_of(self.review)

    @cached_property
    def _depends(self) -> bool:
        return any(each.given for each in self.comparisons)

    def _lessened(self, met: list[_Met]) -> list[_Met]:
        agree = {each.field for each, level, *_ in met if each.agrees(level)}
        return [
            (each, level, one, other, bits - each.less[level])
            if each.given in agree
            else (each, level, one, other, bits)
            for each, level, one, other, bits in met
        ]

    @cached_property
    def _order(self) -> tuple[Comparison, Comparison, Comparison] | None:
        by_field = {each.field: each for each in self.comparisons}
        found = by_field.get("given_name"), by_field.get("family_name"), by_field.get(ORDER)
        return found if all(found) else None  # type: ignore[return-value]

    def _ordered(
        self,
        order: tuple[Comparison, Comparison, Comparison],
        met: list[_Met],
        left: fields.Values,
        right: fields.Values,
    ) -> list[_Met]:
        """The comparisons with the names crossed where they stand in each other's place, and one more that says so."""
        given, family, turned = order
        one = other = -1
        for each, level, *_ in met:
            if each is given:
                one = level
            elif each is family:
                other = level
        straight = one, other
        if max(straight[0], 0) + max(straight[1], 0) >= 6:
            return [*met, (turned, 1, "", "", turned.weights[1])]
        first, second = self._cross(left, right), self._cross(right, left)
        if not levels.is_swapped(straight, (first[0], second[0])):
            seen = max(*straight, first[0], second[0]) >= 0
            return [*met, (turned, 1, "", "", turned.weights[1])] if seen else met
        # Which of the two has it right is not known: the better likeness counts as the given name's, and no value as rare.
        better, worse = sorted((first, (second[0], second[2], second[1])), key=itemgetter(0), reverse=True)
        kept = [each for each in met if each[0] is not given and each[0] is not family]
        kept.extend(
            (each, *found, each.weights[found[0]])
            for each, found in ((given, better), (family, worse))
            if found[0] >= 0
        )
        return [*kept, (turned, 0, "", "", turned.weights[0])]

    def _cross(self, left: fields.Values, right: fields.Values) -> tuple[int, str, str]:
        given, family = left.get("given_name"), right.get("family_name")
        return levels.compare("name", given, family) if given and family else (-1, "", "")

    def _verdict(self, left: fields.Record, right: fields.Record, weight: float, firm: float, guarded: bool) -> str:
        if left.verified and not left.verified.isdisjoint(right.verified):
            return MUST
        auto, review = self._bits
        if firm >= auto and not guarded:
            return AUTO
        return REVIEW if weight >= review else NONE

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
