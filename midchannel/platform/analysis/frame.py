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
class Raw:
    """A column as a source has it: its distinct values, and for each record the place of its value; -1 for none."""

    values: Sequence[Any]
    codes: Codes

    @classmethod
    def of(cls, said: Iterable[Any]) -> "Raw":
        """A raw column of what each record says."""
        places: dict[Any, int] = {}
        codes = np.fromiter((-1 if each is None else places.setdefault(each, len(places)) for each in said), np.int32)
        return cls(list(places), codes)

    def first(self, most: int) -> "Raw":
        """What the first records have, without the values of others."""
        used, codes = np.unique(self.codes[:most], return_inverse=True)
        missing = int(len(used) > 0 and used[0] < 0)
        return Raw([self.values[at] for at in used[missing:]], (codes - missing).astype(np.int32))


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
    said = {name: _spelled([each.values.get(name, ()) for each in records]) for name in names}
    return Frame(len(records), {name: Column(values, slots) for name, (values, slots) in said.items()})


def of_raw(table: Mapping[str, Raw], size: int) -> Frame:
    """A frame of raw columns named as `fields.read` has them; further raw columns of one field go under `field#2`, `field#3`."""
    columns: dict[str, Column] = {}
    for name, raw in table.items():
        field = name.partition("#")[0]
        values, slots = _spelled([fields.normal(field, each) for each in raw.values])
        codes = _taken(slots, raw.codes)
        columns[field] = _beside(columns[field], Column(values, codes)) if field in columns else Column(values, codes)
    said = frozenset(columns)
    _complete(columns, size)
    return Frame(size, {name: _packed(each) for name, each in columns.items()}, frozenset(columns) - said)


def _spelled(listed: Sequence[tuple[str, ...]]) -> tuple[Texts, Codes]:
    """The distinct values, and the places of each row's, as `Column` has them."""
    places: dict[str, int] = {}
    slots = np.full((max([1, *map(len, listed)]), len(listed)), -1, np.int32)
    for at, values in enumerate(listed):
        for slot, value in enumerate(values):
            slots[slot, at] = places.setdefault(value, len(places))
    return _texts(places), slots


def _texts(values: Iterable[str]) -> Texts:
    listed = list(values)
    found = np.empty(len(listed), object)
    found[:] = listed
    return found


def _taken(slots: Codes, codes: Codes) -> Codes:
    """Each record's places, by its raw value's."""
    if not slots.shape[1]:
        return np.full((1, len(codes)), -1, np.int32)
    return np.where(codes >= 0, slots[:, np.maximum(codes, 0)], np.int32(-1)).astype(np.int32)


def _beside(one: Column, other: Column) -> Column:
    """Two columns of one field in one, the first's values first."""
    places = {each: at for at, each in enumerate(one.values)}
    moved = np.array([places.setdefault(each, len(places)) for each in other.values] + [-1], np.int32)
    return Column(_texts(places), np.concatenate([one.codes, moved[other.codes]]))


def _packed(column: Column) -> Column:
    """Values first, each once, at most MANY, no slot for nothing."""
    if len(column.codes) == 1:
        return column
    codes = column.codes.copy()
    for slot in range(1, len(codes)):
        codes[slot][(codes[:slot] == codes[slot]).any(0)] = -1
    order = np.argsort(codes < 0, axis=0, kind="stable")
    codes = np.take_along_axis(codes, order, 0)[: fields.MANY]
    return Column(column.values, codes[: max(1, int((codes >= 0).any(1).sum()))])


def _complete(columns: dict[str, Column], size: int) -> None:
    """The parts of full names, for records that have neither part."""
    whole = columns.get("full_name")
    if whole is None:
        return
    parts = ("given_name", "family_name")
    bare = np.ones(size, bool)
    for name in parts:
        if name in columns:
            bare &= columns[name].codes[0] < 0
    made: dict[str, list[tuple[str, ...]]] = {name: [] for name in parts}
    for value in whole.values:
        values: dict[str, tuple[str, ...]] = {"full_name": (str(value),)}
        fields.complete(values)
        for name in parts:
            made[name].append(values.get(name, ()))
    for name in parts:
        values_, slots = _spelled(made[name])
        codes = np.where(bare, _taken(slots, whole.codes[0]), np.int32(-1)).astype(np.int32)
        columns[name] = (
            _packed(_beside(columns[name], Column(values_, codes))) if name in columns else Column(values_, codes)
        )
