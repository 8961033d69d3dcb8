"""How alike two values are: a small number for each kind of comparison, 0 for "different", the highest for "the same".

Distances count bytes of UTF-8 where a value is not ASCII, letters where it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from midchannel.engines.identity import keys


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to compare. `names` are of its levels, from different to the same; `level` tells them apart for two unequal values."""

    names: tuple[str, ...]
    level: Callable[[str, str], int]

    @property
    def same(self) -> int:
        """The level of equal values."""
        return len(self.names) - 1


def edits(left: str, right: str, most: int) -> int:
    """How many letters are changed, left out, put in or swapped; most + 1 for more than `most`."""
    return DamerauLevenshtein.distance(left, right, score_cutoff=most)


def _name(left: str, right: str) -> int:
    if len(left) == 1 or len(right) == 1:
        return 3 if left[0] == right[0] else 0
    alike = JaroWinkler.similarity(left, right)
    if alike >= 0.75 and edits(left, right, 1) <= 1:
        return 4
    return 3 if alike >= 0.9 else 2 if alike >= 0.8 else 1 if alike >= 0.7 else 0


def _date(left: str, right: str) -> int:
    if edits(left, right, 1) <= 1 or (left[:4] == right[:4] and left[4:6] == right[6:8] and left[6:8] == right[4:6]):
        return 4
    days = abs(_days(left) - _days(right))
    same = (left[:4] == right[:4]) + (left[4:6] == right[4:6]) + (left[6:8] == right[6:8])
    return 3 if same == 2 or days <= 31 else 2 if days <= 366 else 1 if days <= 3660 else 0


def _days(date: str) -> int:
    """About how many days into our era; dates that are none are far from each other."""
    return int(date[:4]) * 366 + int(date[4:6]) * 31 + int(date[6:8]) if len(date) == 8 and date.isdecimal() else 10_000_000 * len(date)


def _code(left: str, right: str) -> int:
    return 1 if min(len(left), len(right)) >= 3 and edits(left, right, 1) <= 1 else 0


def _exact(left: str, right: str) -> int:
    return 0


def _email(left: str, right: str) -> int:
    if edits(left, right, 2) <= 2:
        return 4
    if fuzz.ratio(left, right) >= 80:
        return 3
    left, right = keys.squeeze(left.partition("@")[0]), keys.squeeze(right.partition("@")[0])
    return 2 if left == right else 1 if JaroWinkler.similarity(left, right) >= 0.88 else 0


def _handle(left: str, right: str) -> int:
    left, right = keys.squeeze(left), keys.squeeze(right)
    if left == right:
        return 3
    alike = JaroWinkler.similarity(left, right)
    return 2 if alike >= 0.94 else 1 if alike >= 0.85 else 0


def _text(left: str, right: str) -> int:
    alike = fuzz.token_sort_ratio(left, right)
    return 4 if alike >= 90 else 3 if alike >= 75 else 2 if alike >= 60 else 1 if alike >= 45 else 0


KINDS = {
    "name": Kind(("different", "a little alike", "similar", "close", "one letter", "same"), _name),
    "date": Kind(("different", "ten years", "a year", "a month", "one digit", "same"), _date),
    "code": Kind(("different", "one digit", "same"), _code),
    "exact": Kind(("different", "same"), _exact),
    "email": Kind(("different", "similar user", "same user", "similar", "two letters", "same"), _email),
    "handle": Kind(("different", "similar", "close", "same letters", "same"), _handle),
    "text": Kind(("different", "some words", "half the words", "most words", "nearly all", "same"), _text),
}


def compare(kind: Kind, left: tuple[str, ...], right: tuple[str, ...]) -> tuple[int, str, str]:
    """The best level between values of one field, and the two values that reach it (the first such, in order)."""
    if len(left) == 1 == len(right):
        one, other = left[0], right[0]
        return (kind.same if one == other else kind.level(one, other)), one, other
    best = (-1, "", "")
    for one in left:
        for other in right:
            found = kind.same if one == other else kind.level(one, other)
            if found > best[0]:
                best = (found, one, other)
    return best
