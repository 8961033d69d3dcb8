"""Where to look for the same person: keys that two records of one person are likely to share.

A pair is compared when it shares a key. Keys are stable 64-bit numbers, signed as PostgreSQL's bigint is, the same in batch and in
real time, in every process and version of Python. A key that too many share (`CROWD`) finds nobody: it says nothing of anybody.
"""

import hashlib
import itertools
import re
from collections.abc import Iterator

from midchannel.engines.identity import fields, nicknames

CROWD = 200
"""A key shared by more records than this is not followed."""


def blocking_keys(record: fields.Record) -> tuple[int, ...]:
    """The keys of a record, each once, in a fixed order; none for one that says nothing."""
    return tuple(dict.fromkeys(hashed(each) for each in key_texts(record.values)))


def hashed(key: str) -> int:
    """A signed 64-bit number for a key's text."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def key_texts(values: fields.Values) -> Iterator[str]:
    """The keys before hashing: what they are made of, and the values."""
    for field in ("email", "phone", "website", "customer_number", "erp_number", "tax_number", "avatar"):
        for value in values.get(field, ()):
            yield f"{field}:{value}"
    yield from _names(values)
    yield from _texts(values)


def _first(values: fields.Values, field: str) -> str:
    found = values.get(field)
    return found[0] if found else ""


def _names(values: fields.Values) -> Iterator[str]:
    given, family, born = _first(values, "given_name"), _first(values, "family_name"), _first(values, "birth_date")
    formal = nicknames.formal(given)
    for each in (
        given + family,
        *values.get("handle", ()),
        *(mail.partition("@")[0] for mail in values.get("email", ())),
    ):
        squeezed = squeeze(each)
        if len(squeezed) >= 4:
            yield f"whole:{squeezed}"
    sounds = [sound(each) for each in (formal, family) if each]
    for sounded in sounds:
        yield f"part:{sounded}"
        if born:
            yield f"born:{born[:4]}|{sounded}"
            yield f"born:{born[4:]}|{sounded}"
    if len(sounds) == 2:
        yield "sounds:" + "|".join(sorted(sounds))
        yield f"short:{given[:3]}|{family[:4]}"
    if born:
        yield f"born:{born}"
    for field in ("postcode", "city", "street", "organisation"):
        where = _first(values, field)
        if where and field == "postcode":
            yield f"postcode:{where}"
        for part in (formal, family):
            if where and part:
                yield f"{field}:{where}|{part[:4]}"


def _texts(values: fields.Values) -> Iterator[str]:
    number, street = _first(values, "house_number"), _first(values, "street") or _first(values, "address")
    if street:
        yield f"street:{number}|{street}"
    for field, found in values.items():
        if (field in _WORDED and (field != "full_name" or found[0].count(" ") != 1)) or field.startswith(fields.UNKNOWN):
            words = [each for each in found[0].split() if len(each) > 2][:12]
            yield f"{field}:{found[0]}"
            for word in words:
                yield f"{field}:{word}"
            for one, other in itertools.pairwise(words):
                yield f"{field}:{one}|{other}"


_WORDED = frozenset(("organisation", "full_name", "address"))


def squeeze(name: str) -> str:
    """A name's letters only; a number's digits where it has no letters."""
    letters = re.sub(r"[\W\d_]+", "", name)
    return letters or re.sub(r"\D+", "", name)


_GROUPS = str.maketrans("bfpvcgjkqsxzdtlmnr", "111122222222334556", "aeiouyhw")


def sound(name: str) -> str:
    """How a name sounds, roughly: its first letter and three groups of consonants. Letters of other scripts count as they are."""
    coded = name[1:].translate(_GROUPS)
    squeezed = re.sub(r"(.)\1+", r"\1", coded.replace(" ", ""))
    return name[:1] + squeezed[:3]
