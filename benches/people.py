"""Invented people as eight sources know them: a CRM, a shop, a newsletter, a help desk, an app and three networks."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from midchannel.engines.identity import nicknames

Places = npt.NDArray[np.int64]

SOURCES: dict[str, dict[str, float]] = {
    "crm": {
        "given_name": 0.98, "family_name": 0.99, "birth_date": 0.6, "email": 0.75, "phone": 0.6, "street": 0.7, "postcode": 0.8,
        "city": 0.9,
    },
    "shop": {"full_name": 0.99, "email": 0.95, "phone": 0.5, "street": 0.9, "postcode": 0.95, "city": 0.95},
    "newsletter": {"email": 1.0, "given_name": 0.5, "family_name": 0.4},
    "help desk": {"full_name": 0.8, "email": 0.85, "phone": 0.3},
    "app": {"full_name": 0.6, "email": 0.8, "handle": 0.7, "birth_date": 0.5},
    "microblog": {"handle": 1.0, "full_name": 0.85, "city": 0.4},
    "fediverse": {"handle": 1.0, "full_name": 0.7, "website": 0.2},
    "video": {"handle": 1.0, "full_name": 0.5},
}  # fmt: skip
"""How often each source knows each field."""

FIELDS = (
    "given_name",
    "family_name",
    "full_name",
    "birth_date",
    "email",
    "phone",
    "handle",
    "street",
    "postcode",
    "city",
    "website",
)
_STARTS = [
    "b",
    "br",
    "c",
    "ch",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pr",
    "r",
    "s",
    "sch",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "z",
]
_ENDS = [
    "a",
    "e",
    "i",
    "o",
    "u",
    "ai",
    "au",
    "ei",
    "er",
    "el",
    "en",
    "an",
    "ar",
    "in",
    "on",
    "ing",
    "mann",
    "son",
    "berg",
    "feld",
]


def _words(count: int, parts: int, random: np.random.Generator) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        drawn = random.random((count, 2 * parts)).tolist()
        for each in drawn:
            made = "".join(_pick(_STARTS if at % 2 == 0 else _ENDS, chance) for at, chance in enumerate(each))
            found[made.capitalize()] = None
    return list(found)[:count]


def _pick(several: list[str], chance: float) -> str:
    return several[int(chance * len(several))]


def _zipf(size: int, many: int, random: np.random.Generator, *, power: float = 0.9) -> Places:
    odds = 1.0 / np.arange(1, size + 1) ** power
    return random.choice(size, many, p=odds / odds.sum())


class People:
    """Who there is: of each person everything, of which a source knows a part, with its mistakes."""

    def __init__(self, count: int, random: np.random.Generator) -> None:
        self.random = random
        common = [each.capitalize() for each in sorted(set(nicknames.FORMAL.values()))]
        self.given_names = common + _words(2_000, 2, random)
        self.family_names = _words(30_000, 2, random) + _words(20_000, 3, random)
        self.cities = _words(800, 2, random)
        self.streets = _words(5_000, 2, random)
        self.given = _zipf(len(self.given_names), count, random, power=0.7)
        self.family = _zipf(len(self.family_names), count, random, power=0.6)
        self.city = _zipf(len(self.cities), count, random)
        self.postcode = self.city * 20 + random.integers(0, 20, count)
        self.street, self.number = random.integers(0, len(self.streets), count), random.integers(1, 150, count)
        self.born = random.integers(0, 25_000, count)
        self.phone, self.style, self.host = (
            random.integers(10**8, 10**9, count),
            random.integers(0, 6, count),
            random.integers(0, 30, count),
        )
        home = np.flatnonzero(random.random(count) < 0.2)
        home = home[home > 0]
        for shared in (self.family, self.city, self.postcode, self.street, self.number):
            shared[home] = shared[home - 1]
        same_phone = home[random.random(len(home)) < 0.3]
        self.phone[same_phone] = self.phone[same_phone - 1]
        self.short: dict[str, list[str]] = {}
        for form, name in nicknames.FORMAL.items():
            self.short.setdefault(name.capitalize(), []).append(form.capitalize())

    def field(self, name: str, person: int, chance: float) -> str:
        """What a source has in a field; of ten, one is mistyped or otherwise not what it was."""
        given, family = self.given_names[self.given[person]], self.family_names[self.family[person]]
        if name in {"given_name", "full_name"} and chance < 0.06:
            forms = self.short.get(given, [given])
            given = forms[int(chance * 1e6) % len(forms)]
        made = _MAKE[name](self, person, given, family)
        return _mistyped(made, int(chance * 1e7)) if 0.06 <= chance < _MISTYPED.get(name, 0.09) else made

    def user(self, person: int, given: str, family: str) -> str:
        """A user name in the person's own style."""
        one, other = given.lower(), family.lower()
        number = str(person * 7919 % 100)
        styles = (
            f"{one}.{other}",
            f"{one[0]}{other}",
            f"{one}{other}",
            f"{other}{number}",
            f"{one}_{other}{number}",
            f"{one[0]}.{other}{number}",
        )
        return styles[self.style[person]]


_MISTYPED = {"email": 0.075, "handle": 0.075, "phone": 0.08, "birth_date": 0.09, "website": 0.06}
_MAKE: dict[str, Callable[["People", int, str, str], str]] = {
    "given_name": lambda all_, at, given, family: given,
    "family_name": lambda all_, at, given, family: family,
    "full_name": lambda all_, at, given, family: f"{given} {family}",
    "birth_date": lambda all_, at, given, family: str(np.datetime64("1938-01-01") + int(all_.born[at])),
    "email": lambda all_, at, given, family: (
        f"{all_.user(at, all_.given_names[all_.given[at]], family)}{at % 97 if all_.host[at] < 12 else ''}@mail{all_.host[at]}.example"
    ),
    "phone": lambda all_, at, given, family: f"+49 {all_.phone[at]}",
    "handle": lambda all_, at, given, family: all_.user(at, all_.given_names[all_.given[at]], family),
    "street": lambda all_, at, given, family: f"{all_.streets[all_.street[at]]} Street {all_.number[at]}",
    "postcode": lambda all_, at, given, family: f"{10000 + all_.postcode[at]}",
    "city": lambda all_, at, given, family: all_.cities[all_.city[at]],
    "website": lambda all_, at, given, family: f"https://{all_.user(at, given, family)}.example",
}


def _mistyped(text: str, seed: int) -> str:
    at = seed % max(1, len(text) - 1)
    kind = seed // 1000 % 3
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]
    return text[:at] + "aeinrst0123456789"[seed // 7 % 17] + text[at + 1 :]


def write(path: Path, *, records: int, seed: int = 1) -> None:
    """Write that many records as Parquet: `id`, `source`, `person` (the truth) and the fields, in no order."""
    random = np.random.default_rng(seed)
    each = np.minimum(random.geometric(0.38, records), len(SOURCES))
    count = int(np.searchsorted(np.cumsum(each), records)) + 1
    people = People(count, random)
    person = np.repeat(np.arange(count), each[:count])[:records]
    order = random.permutation(records)
    person = person[order]
    names = list(SOURCES)
    source = random.integers(0, len(names), records)
    schema = pa.schema(
        [("id", pa.int64()), ("source", pa.string()), ("person", pa.int64()), *((name, pa.string()) for name in FIELDS)]
    )
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, records, 50_000):
            rows = range(start, min(start + 50_000, records))
            chances = random.random((len(rows), 2 * len(FIELDS)))
            columns: dict[str, list[object]] = {name: [] for name in schema.names}
            for row, chance in zip(rows, chances.tolist(), strict=True):
                knows = SOURCES[names[source[row]]]
                columns["id"].append(row)
                columns["source"].append(names[source[row]])
                columns["person"].append(int(person[row]))
                for name, met, spelled in zip(
                    FIELDS, chance, itertools.islice(chance, len(FIELDS), None), strict=False
                ):
                    columns[name].append(
                        people.field(name, int(person[row]), spelled) if met < knows.get(name, 0.0) else None
                    )
            writer.write_table(pa.table(columns, schema=schema))
