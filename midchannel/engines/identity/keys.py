"""Where to look for the same person: keys that two records of one person are likely to share.

A pair is compared when it shares a key. Keys are made by `RECIPES` of `FEATURES` of values: real time makes them for one record, a
table for all its records at once (`platform.analysis.pairing`), by the same recipes. They are stable 64-bit numbers, signed as
PostgreSQL's bigint is. A key that too many share (`CROWD`) finds nobody: it says nothing of anybody.
"""

import functools
import hashlib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from midchannel.engines.identity import fields, nicknames

CROWD = 200
"""A key shared by more records than this is not followed."""

_LEAST_LETTERS = 4
_MOST_WORDS = 12


def squeeze(name: str) -> str:
    """A name's letters only; a number's digits where it has no letters."""
    letters = _NO_LETTERS.sub("", name)
    return letters or _NO_DIGITS.sub("", name)


_NO_LETTERS = re.compile(r"[\W\d_]+")
_NO_DIGITS = re.compile(r"\D+")
_GROUPS = str.maketrans("bfpvcgjkqsxzdtlmnr", "111122222222334556", "aeiouyhw ")
_TWICE = re.compile(r"(.)\1+")


def sound(name: str) -> str:
    """How a name sounds, roughly: its first letter and three groups of consonants. Letters of other scripts count as they are."""
    return name[:1] + _TWICE.sub(r"\1", name[1:].translate(_GROUPS))[:3]


def _letters(value: str) -> str:
    found = squeeze(value)
    return found if len(found) >= _LEAST_LETTERS else ""


def _itself(value: str) -> str:
    return value


def _spell(field: str, spell: Callable[[str], str]) -> tuple[str, Callable[[str], str]]:
    return field, functools.lru_cache(maxsize=20_000)(spell)


FEATURES: Mapping[str, tuple[str, Callable[[str], str]]] = {
    **{
        each: (each, _itself)
        for each in ("email", "phone", "website", "customer_number", "erp_number", "tax_number", "avatar")
    },
    **{each: (each, _itself) for each in ("postcode", "city", "street", "address", "organisation", "house_number")},
    "user": _spell("email", lambda value: _letters(value.partition("@")[0])),
    "handle": _spell("handle", _letters),
    "given": _spell("given_name", lambda value: sound(nicknames.formal(value))),
    "family": _spell("family_name", sound),
    "given_letters": _spell("given_name", squeeze),
    "family_letters": _spell("family_name", squeeze),
    "given_short": _spell("given_name", lambda value: value[:3]),
    "family_short": _spell("family_name", lambda value: value[:4]),
    "born": ("birth_date", _itself),
    "born_year": _spell("birth_date", lambda value: value[:4]),
    "born_day": _spell("birth_date", lambda value: value[4:]),
}
"""What is taken of a field's value; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A key of one feature (of each value of its field) or of several (of first values). Recipes of one `name` find each other."""

    name: str
    features: tuple[str, ...]
    any_order: bool = False


def _recipes() -> Iterator[Recipe]:
    for each in (
        "email",
        "phone",
        "website",
        "customer_number",
        "erp_number",
        "tax_number",
        "avatar",
        "postcode",
        "address",
        "born",
    ):
        yield Recipe(each, (each,))
    for each in ("user", "handle"):
        yield Recipe("whole", (each,))
    for part in ("given", "family"):
        yield Recipe("part", (part,))
        for each in ("born_year", "born_day", "postcode", "city", "street", "organisation"):
            yield Recipe(f"{each}_part", (each, part))
    yield Recipe("parts", ("given", "family"), any_order=True)
    yield Recipe("short", ("given_short", "family_short"))
    yield Recipe("door", ("street", "house_number"))


RECIPES = tuple(_recipes())
_OF_FIELD: dict[str, list[tuple[str, Callable[[str], str]]]] = {}
for _name, (_field, _make) in FEATURES.items():
    _OF_FIELD.setdefault(_field, []).append((_name, _make))
_OF_FEATURE: dict[str, list[tuple[str, str, bool]]] = {}
for _each in RECIPES:
    _OF_FEATURE.setdefault(_each.features[0], []).append((_each.name, "".join(_each.features[1:]), _each.any_order))
WHOLE = ("given_letters", "family_letters")
"""These two, one after the other, are found by a user name: robertallen."""


def blocking_keys(record: fields.Record) -> tuple[int, ...]:
    """The keys of a record, each once; none for one that says nothing."""
    return tuple(dict.fromkeys(hashed(f"{name}:{made}") for name, made in key_parts(record.values)))


@functools.lru_cache(maxsize=50_000)
def hashed(key: str) -> int:
    """A signed 64-bit number for a key's text."""
    return int.from_bytes(
        hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def key_parts(values: fields.Values) -> list[tuple[str, str]]:
    """The keys before hashing: the name of a recipe, and what it makes of the values."""
    first: dict[str, str] = {}
    for field, found in values.items():
        for feature, spell in _OF_FIELD.get(field, ()):
            made = found[0] if spell is _itself else spell(found[0])
            if made:
                first[feature] = made
    parts: list[tuple[str, str]] = []
    for one, made in first.items():
        for name, other, any_order in _OF_FEATURE.get(one, ()):
            if other:
                second = first.get(other)
                if second is not None:
                    parts.append((name, f"{second}|{made}" if any_order and second < made else f"{made}|{second}"))
                continue
            field, spell = FEATURES[one]
            found = values[field]
            if len(found) == 1:
                parts.append((name, made))
            else:
                parts += [(name, each) for value in found if (each := spell(value))]
    whole = "".join([first.get(each, "") for each in WHOLE])
    if len(whole) >= _LEAST_LETTERS:
        parts.append(("whole", whole))
    for field, found in values.items():
        if is_worded(field):
            parts += [(field, each) for each in words(field, found[0])]
    return parts


def is_worded(field: str) -> bool:
    """Whether a field is found by the words in it."""
    return field in {"organisation", "full_name", "address"} or field.startswith(fields.UNKNOWN)


def words(field: str, value: str) -> list[str]:
    """What a text is found by: itself, its longer words, each two neighbours; a person's plain name only by its parts elsewhere."""
    if field == "full_name" and value.count(" ") == 1:
        return []
    longer = [each for each in value.split() if len(each) > 2][:_MOST_WORDS]
    return list(dict.fromkeys([value, *longer, *("|".join(each) for each in itertools.pairwise(longer))]))
