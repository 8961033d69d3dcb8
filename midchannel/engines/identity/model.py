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
from typing import Any

from midchannel.engines.identity import fields, levels

MUST, AUTO, REVIEW, NONE, CANNOT = "must", "auto", "review", "none", "cannot"
ORDER = "name_order"
"""The comparison that says whether given and family name stand in each other's place."""


HOME = frozenset(
    {ORDER, "family_name", "phone", "street", "house_number", "address", "postcode", "city", "state", "country", "gender", "language"}
)  # fmt: skip
"""What those who live together share: all of it together joins nobody by itself."""


@dataclass(frozen=True, slots=True)
class Contribution:
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
        return math.log2(self.m[level] / share) if self.rare and level == len(self.m) - 1 else self.weights[level]

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
        contributions = []
        firm = weight = self.prior
        guarded, is_own = False, False
        groups: dict[str, dict[str, float]] = {}
        for each, level, one, other, bits in self._meet(left.values, right.values):
            contributions.append(Contribution(each.field, each.names[level], bits, one, other))
            guarded |= level < each.sure
            is_own |= bits > 0.0 and not each.is_home
            if each.group:
                branches = groups.setdefault(each.group, {})
                branches[each.branch] = branches.get(each.branch, 0.0) + bits
                continue
            weight += bits
            firm += min(bits, 0.0) if each.weak else bits
        for branches in groups.values():
            bits = max(0.0, *branches.values(), 0.0) + min(0.0, *branches.values(), 0.0)
            weight, firm = weight + bits, firm + bits
        return Score(
            weight,
            probability(weight),
            tuple(contributions),
            self._verdict(left, right, weight, firm, guarded or not is_own),
        )

    def _meet(self, left: fields.Values, right: fields.Values) -> list[_Met]:
        """Every comparison that both records have values for: its level, the two values and the bits."""
        met: list[_Met] = []
        for each in self.comparisons:
            one, other = left.get(each.field), right.get(each.field)
            if one and other:
                words = each.words if each.kind == "text" and each.words else None
                level, first, second = levels.compare(each.kind, one, other, words=words, rare_word=each.rare_word)
                met.append((each, level, first, second, each.weight(level, each.share(first))))
        if self._order is not None:
            met = self._ordered(self._order, met, left, right)
        return self._lessened(met) if self._depends else met

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
        by_field = {each[0].field: each[1] for each in met[:8]}
        straight = by_field.get("given_name", -1), by_field.get("family_name", -1)
        if max(straight[0], 0) + max(straight[1], 0) >= 6:
            return [*met, (turned, 1, "", "", turned.weights[1])]
        first, second = self._cross(left, right), self._cross(right, left)
        if not levels.is_swapped(straight, (first[0], second[0])):
            seen = max(*straight, first[0], second[0]) >= 0
            return [*met, (turned, 1, "", "", turned.weights[1])] if seen else met
        kept = [each for each in met if each[0] is not given and each[0] is not family]
        for comparison, (level, one, other) in ((given, first), (family, (second[0], second[2], second[1]))):
            if level >= 0:
                kept.append((comparison, level, one, other, comparison.weight(level, comparison.share(one))))
        return [*kept, (turned, 0, "", "", turned.weights[0])]

    def _cross(self, left: fields.Values, right: fields.Values) -> tuple[int, str, str]:
        given, family = left.get("given_name"), right.get("family_name")
        return levels.compare("name", given, family) if given and family else (-1, "", "")

    def _verdict(self, left: fields.Record, right: fields.Record, weight: float, firm: float, guarded: bool) -> str:
        if left.verified and not left.verified.isdisjoint(right.verified):
            return MUST
        if probability(firm) >= self.auto and not guarded:
            return AUTO
        return REVIEW if probability(weight) >= self.review else NONE

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


def load_default() -> Model:
    """The model that comes with the program: real time works before anything was learned."""
    return Model.from_json(resources.files(__package__).joinpath("default_model.json").read_text("utf-8"))
