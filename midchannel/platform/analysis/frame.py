"""Records as columns of numbers: what a million records need to be compared at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from midchannel.engines.identity import fields

Codes = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Column:
    """A field of all records: its distinct values, and for each record the places of its values among them; -1 where there is none.

    `codes` has the shape (slots, records): a second e-mail address of a record is in the second slot.
    """

    values: Texts
    codes: Codes

    @property
    def filled(self) -> int:
        """How many records have a value."""
        return int((self.codes[0] >= 0).sum())

    @property
    def counts(self) -> Longs:
        """How often each value is said."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values)).astype(np.int64)


@dataclass(frozen=True)
class Frame:
    """Records side by side: each known by its place. `derived` are fields that no source had, made of others."""

    size: int
    columns: Mapping[str, Column]
    derived: frozenset[str] = frozenset()

    def record(self, at: int) -> fields.Record:
        """One record, as real time has it."""
        found = {}
        for name, each in self.columns.items():
            values = tuple(str(each.values[code]) for code in each.codes[:, at] if code >= 0)
            if values:
                found[name] = values
        return fields.Record(found)


def of_records(records: Sequence[fields.Record]) -> Frame:
    """A frame of records."""
    names = list(dict.fromkeys(name for each in records for name in each.values))
    return Frame(len(records), {name: column(each.values.get(name, ()) for each in records) for name in names})


def column(found: Iterable[tuple[str, ...]]) -> Column:
    """A column of the values of each record."""
    listed = list(found)
    codes = np.full((max([1, *map(len, listed)]), len(listed)), -1, np.int32)
    places: dict[str, int] = {}
    for at, values in enumerate(listed):
        for slot, value in enumerate(values):
            codes[slot, at] = places.setdefault(value, len(places))
    values_ = np.empty(len(places), object)
    values_[:] = list(places)
    return Column(values_, codes)


def of_raw(table: Mapping[str, Sequence[Any]], size: int) -> Frame:
    """A frame of raw columns named as `fields.read` has them; further raw columns of one field go under `field#2`, `field#3`."""
    spelled: dict[str, list[tuple[str, ...]]] = {}
    for name, raw in table.items():
        field = name.partition("#")[0]
        known: dict[Any, tuple[str, ...]] = {each: fields.normal(field, each) for each in set(raw)}
        found = [known[each] for each in raw]
        if field in spelled:
            found = [tuple(dict.fromkeys(old + new))[: fields.MANY] for old, new in zip(spelled[field], found, strict=True)]
        spelled[field] = found
    said = frozenset(spelled)
    _complete(spelled, size)
    return Frame(size, {name: column(found) for name, found in spelled.items()}, frozenset(spelled) - said)


def _complete(spelled: dict[str, list[tuple[str, ...]]], size: int) -> None:
    parts = ("given_name", "family_name")
    for at, whole in enumerate(spelled.get("full_name", ())):
        values = {name: spelled[name][at] for name in parts if name in spelled and spelled[name][at]}
        if whole and not values:
            fields.complete(values := {"full_name": whole})
            for name in parts:
                if name in values:
                    spelled.setdefault(name, [()] * size)[at] = values[name]
