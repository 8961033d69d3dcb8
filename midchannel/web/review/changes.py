"""What would change the answer that the weights give to a pair, in plain words: what settles it, what is missing, what it hangs on."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from midchannel.engines.identity import model
from midchannel.middle.customers import comparing
from midchannel.middle.customers.queries.reviewing import Pair, PairSide
from midchannel.web.customers import weighing
from midchannel.web.review.records import Line

MOST = 4


def of(pair: Pair, points: Sequence[weighing.Point]) -> tuple[Line, ...]:
    """At most four sentences, what settles it first."""
    lines = [*_weak(pair, points), *_guards(points), *_hanging_on(pair, points), *_missing(pair, points), _settled()]
    return tuple(lines[:MOST])


@cache
def _known() -> Mapping[str, model.Comparison]:
    """The comparisons that the program comes with: learned ones differ in their numbers, not in their kind."""
    return {each.field: each for each in model.load_default().comparisons}


def _weak(pair: Pair, points: Sequence[weighing.Point]) -> list[Line]:
    if is_limited(pair) and not only_names(points):
        words = _(
            "What is alike may be shared in a household or a company. That alone never links anybody: a person decides."
        )
        return [Line(icon="info", line=words)]
    if not only_names(points):
        return []
    return [
        Line(
            icon="info",
            line=_("Only names and other weak signs are alike. That alone never links anybody: a person decides."),
        )
    ]


def _guards(points: Sequence[weighing.Point]) -> list[Line]:
    """Fields that are always asked about when they differ."""
    differing = [
        point for point in points if point.side == "against" and point.field in _known() and _known()[point.field].guard
    ]
    return [
        Line(icon="hand", line=_("%(field)s: they differ, so a person always decides.") % {"field": point.label})
        for point in differing[:1]
    ]


def _hanging_on(pair: Pair, points: Sequence[weighing.Point]) -> list[Line]:
    """What the answer would be without the strongest reason for it, and without the strongest against."""
    lines: list[Line] = []
    if is_limited(pair):
        return lines
    is_now = weighing.sum_of(pair.weight).words
    for side, icon, words in (
        ("for", "minus", _("Without the likeness of “%(field)s” it would be: %(words)s.")),
        ("against", "plus", _("If “%(field)s” did not differ, it would be: %(words)s.")),
    ):
        strongest = next((point for point in points if point.side == side and point.field in _known()), None)
        then = weighing.sum_of(pair.weight - strongest.weight).words if strongest else is_now
        if strongest and then != is_now:
            lines.append(Line(icon=icon, line=words % {"field": strongest.label, "words": then[:1].lower() + then[1:]}))
    return lines


def _missing(pair: Pair, points: Sequence[weighing.Point]) -> list[Line]:
    """What only one of them tells, and would say most if the other told it, too."""
    compared = {point.field for point in points}
    left, right = pair.left.attributes, pair.right.attributes
    alone = [field for field in _known() if field not in compared and (field in left) != (field in right)]
    alone.sort(key=lambda field: -_known()[field].weights[-1])
    return [_ask_for(field, pair.right if field in left else pair.left) for field in alone[:1]]


def _ask_for(field: str, whom: PairSide) -> Line:
    says = weighing.words_of(_known()[field].weights[-1])
    against = weighing.words_of(_known()[field].weights[0])
    words = _("%(field)s of %(name)s is not known. The same would be: %(same)s; another: %(another)s.")
    return Line(
        icon="circle-help",
        line=words % {"field": weighing.label_of(field), "name": whom.name, "same": says, "another": against},
    )


def _settled() -> Line:
    return Line(
        icon="check",
        line=_("The same confirmed e-mail address, telephone or customer number on both sides would settle it."),
    )


def starting_point(pair: Pair, points: Sequence[weighing.Point]) -> dict[str, Any] | None:
    """What is left of the whole weight besides the fields: how rare it is that two of all people are one, or that names decide nothing."""
    rest = pair.weight - sum(point.weight for point in points)
    if abs(rest) < 1:
        return None
    why = "chance"
    if is_limited(pair):
        why = "names_alone" if only_names(points) else "shared_alone"
    return {"field": why, "weight": rest, "left": None, "right": None}


def is_limited(pair: Pair) -> bool:
    """Whether the weights said more than such evidence may decide."""
    return abs(pair.weight - comparing.NEARLY) < 0.01


def only_names(points: Sequence[weighing.Point]) -> bool:
    """Whether nothing speaks for the pair but names and other weak evidence, which alone never links."""
    speaking = {point.field for point in points if point.side == "for"}
    return bool(speaking) and speaking <= comparing.WEAK
