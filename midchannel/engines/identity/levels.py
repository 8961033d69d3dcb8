"""How alike two values are: a small number for each kind of comparison, 0 for "different", the highest for "the same"."""

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein, Hamming, JaroWinkler

from midchannel.engines.identity import keys, nicknames


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to compare. `names` are of its levels, from different to the same; `level` tells apart two unequal values."""

    names: tuple[str, ...]
    level: Callable[[str, str], int]

    @property
    def same(self) -> int:
        """The level of equal values."""
        return len(self.names) - 1


def is_edited(left: str, right: str, most: int) -> bool:
    """Whether at most so many letters are changed, left out, put in or swapped with their neighbour."""
    return DamerauLevenshtein.distance(left, right, score_cutoff=most) <= most


def _name(left: str, right: str) -> int:
    if len(left) == 1 or len(right) == 1:
        return 3 if left[0] == right[0] else 0
    alike = JaroWinkler.similarity(left, right, score_cutoff=ALIKE)
    if alike < ALIKE:
        return 3 if _formal(left, left) == _formal(right, right) else 0
    if is_another(left, right):
        return 1
    if alike >= 0.75 and is_edited(left, right, 1):
        return 4
    if alike >= 0.9 or nicknames.formal(left) == nicknames.formal(right):
        return 3
    return 2 if alike >= 0.8 else 1


_formal = nicknames.FORMAL.get
ALIKE = 0.7
"""Names less alike than this (Jaro and Winkler) are different unless one is short for the other."""
SHORT = 4
"""In names of so many letters another letter makes another name."""


def is_another(left: str, right: str) -> bool:
    """Whether two unequal names that look alike are those of two: both well known, or short with a letter instead of another."""
    if nicknames.are_one(left, right):
        return False
    if nicknames.is_known(left) and nicknames.is_known(right):
        return True
    return len(left) == len(right) <= SHORT and Hamming.distance(left, right) == 1


def is_mistyped(left: str, right: str) -> bool:
    """Whether two dates differ by a digit, or by day and month in each other's place."""
    return is_edited(left, right, 1) or (left[:4] == right[:4] and left[4:6] == right[6:8] and left[6:8] == right[4:6])


def _date(left: str, right: str) -> int:
    if is_mistyped(left, right):
        return 4
    gap = abs(days(left) - days(right))
    same = (left[:4] == right[:4]) + (left[4:6] == right[4:6]) + (left[6:8] == right[6:8])
    return 3 if same == 2 or gap <= 31 else 2 if gap <= 366 else 1 if gap <= 3660 else 0


def days(date: str) -> int:
    """About how many days into our era; what is no date is far from everything."""
    if len(date) == 8 and date.isascii() and date.isdecimal():
        return int(date[:4]) * 366 + int(date[4:6]) * 31 + int(date[6:8])
    return -10_000_000 * len(date)


def _code(left: str, right: str) -> int:
    return 1 if min(len(left), len(right)) >= 3 and is_edited(left, right, 1) else 0


def _exact(left: str, right: str) -> int:
    return 0


def _number(left: str, right: str) -> int:
    try:
        one, other = float(left), float(right)
    except ValueError:
        return _code(left, right)
    apart = abs(one - other) / max(abs(one), abs(other), 1e-9)
    return 3 if apart <= 0.001 else 2 if apart <= 0.02 else 1 if apart <= 0.2 else 0


def user_letters(email: str) -> str:
    """The letters before the @."""
    return keys.squeeze(email.partition("@")[0])


_letters = functools.lru_cache(maxsize=20_000)(keys.squeeze)
_user_letters = functools.lru_cache(maxsize=20_000)(user_letters)
NEAR_EMAIL = 80
"""Of 100 letters in two addresses so many are shared, and in the same order, where one may be the other mistyped."""


def _email(left: str, right: str) -> int:
    if is_edited(left, right, 2):
        return 4
    if fuzz.ratio(left, right) >= NEAR_EMAIL:
        return 3
    left, right = _user_letters(left), _user_letters(right)
    return 2 if left == right else 1 if JaroWinkler.similarity(left, right) >= 0.88 else 0


def _handle(left: str, right: str) -> int:
    left, right = _letters(left), _letters(right)
    if left == right:
        return 3
    alike = JaroWinkler.similarity(left, right)
    return 2 if alike >= 0.94 else 1 if alike >= 0.85 else 0


def _text(left: str, right: str) -> int:
    return text_level(fuzz.token_sort_ratio(left, right), 0.0)


def text_level(letters: float, words: float) -> int:
    """The level of two texts: `letters` is how many they share (0 to 100), `words` how much of their rarer words (0 to 1)."""
    if letters >= 90 or words >= 0.8:
        return 4
    if letters >= 75 or words >= 0.6:
        return 3
    if letters >= 60 or words >= 0.4:
        return 2
    return 1 if letters >= 45 or words >= 0.2 else 0


KINDS = {
    "name": Kind(("different", "a little alike", "similar", "close", "one letter", "same"), _name),
    "date": Kind(("different", "ten years", "a year", "a month", "one digit", "same"), _date),
    "code": Kind(("different", "one digit", "same"), _code),
    "number": Kind(("different", "within a fifth", "within a fiftieth", "within a thousandth", "same"), _number),
    "exact": Kind(("different", "same"), _exact),
    "order": Kind(("swapped", "same"), _exact),
    "email": Kind(("different", "similar user", "same user", "similar", "two letters", "same"), _email),
    "handle": Kind(("different", "similar", "close", "same letters", "same"), _handle),
    "text": Kind(("different", "some words", "half the words", "most words", "nearly all", "same"), _text),
}


def weigh_words(text: str, words: Mapping[str, float], rare: float) -> dict[str, float]:
    """The words of a text by weight, together of length 1. `words` are the weights of common ones, `rare` that of any other."""
    found = {each: words.get(each, rare) for each in text.split()}
    length = math.sqrt(sum(each * each for each in found.values())) or 1.0
    return {each: weight / length for each, weight in found.items()}


def shared_words(left: str, right: str, words: Mapping[str, float], rare: float) -> float:
    """The cosine between the weighed words of two texts, from 0 to 1."""
    one, other = weigh_words(left, words, rare), weigh_words(right, words, rare)
    return sum(weight * other[each] for each, weight in one.items() if each in other)


def worded(words: Mapping[str, float], rare_word: float) -> Callable[[str, str], int]:
    """How texts are compared whose words have these weights."""

    def level(left: str, right: str) -> int:
        return text_level(fuzz.token_sort_ratio(left, right), shared_words(left, right, words, rare_word))

    return level


def best(
    level: Callable[[str, str], int], same: int, left: tuple[str, ...], right: tuple[str, ...]
) -> tuple[int, str, str]:
    """The best level between values of one field, and the two values that reach it (the first such, in order)."""
    found = (-1, "", "")
    for one in left:
        for other in right:
            reached = same if one == other else level(one, other)
            if reached > found[0]:
                found = (reached, one, other)
    return found


def may_be_edited(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Whether two values can be the same or a letter apart: a cheap look. One letter that is not as it was leaves the first or the last."""
    one, other = left[0], right[0]
    if len(left) > 1 or len(right) > 1 or len(one) < SHORT:
        return True
    return (one[0] == other[0] or one[-1] == other[-1]) and -2 < len(one) - len(other) < 2


IN_PLACE = 6
"""Given and family name whose levels add up to so much stand where they belong."""


def is_swapped(straight: tuple[int, int], crossed: tuple[int, int]) -> bool:
    """Whether a given and a family name stand in each other's place, by their levels (-1: missing) straight and crossed."""
    as_is, turned = max(straight[0], 0) + max(straight[1], 0), max(crossed[0], 0) + max(crossed[1], 0)
    low, high = min(crossed), max(crossed)
    return as_is < IN_PLACE and turned > as_is and high >= 4 and (low >= 2 or low < 0)
