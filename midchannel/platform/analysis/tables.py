"""Files of records: CSV and Parquet, their columns recognised."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from midchannel.engines.identity import fields
from midchannel.platform.analysis.frame import Frame, Raw, of_raw


class UnreadableTableError(ValueError):
    """This file is no table that can be read: CSV or Parquet with a header."""


def read(path: Path) -> dict[str, Raw]:
    """The columns of a file by name; a CSV's values stay text. Raises UnreadableTableError."""
    with path.open("rb") as file:
        is_parquet = file.read(4) == b"PAR1"
    try:
        return _read_parquet(path) if is_parquet else _read_csv(path)
    except (pa.ArrowException, csv.Error, UnicodeError, StopIteration) as error:
        raise UnreadableTableError(f"{path} cannot be read as a table: {error}") from error


def _read_csv(path: Path) -> dict[str, Raw]:
    csv.field_size_limit(100_000_000)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline()
        file.seek(0)
        rows = csv.reader(file, delimiter=max(",;\t|", key=line.count))
        names = [each.strip() for each in next(rows)]
        said: list[dict[str, int]] = [{} for _ in names]
        codes: list[list[int]] = [[] for _ in names]
        for row in rows:
            if not row:
                continue
            for at, (places, found) in enumerate(zip(said, codes, strict=True)):
                value = row[at].strip() if at < len(row) else ""
                found.append(places.setdefault(value, len(places)) if value else -1)
    return {
        name: Raw(list(places), np.array(found, np.int32))
        for name, places, found in zip(names, said, codes, strict=True)
    }


def _read_parquet(path: Path) -> dict[str, Raw]:
    return {name: _raw(column) for name, column in zip(*_columns(path), strict=True)}


def _columns(path: Path) -> tuple[list[str], list[pa.ChunkedArray]]:
    table = pq.read_table(path)
    return table.column_names, table.columns


def _raw(column: pa.ChunkedArray) -> Raw:
    if pa.types.is_nested(column.type):
        return Raw.of(_plain(each) for each in column.to_pylist())
    together = column.combine_chunks()
    coded = (
        (together if pa.types.is_dictionary(together.type) else together.dictionary_encode())
        if len(together)
        else together
    )
    if not len(together):
        return Raw([], np.empty(0, np.int32))
    codes = np.asarray(coded.indices.fill_null(-1).cast(pa.int32()))
    return Raw([_plain(each) for each in coded.dictionary.to_pylist()], codes)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def to_frame(table: Mapping[str, Raw], mapping: Mapping[str, str]) -> Frame:
    """A frame of a table's columns. `mapping` says which field a column is (column -> field); others are recognised by name or text."""
    size = max((len(each.codes) for each in table.values()), default=0)
    raw: dict[str, Raw] = {}
    for name, column in table.items():
        field = mapping.get(name) or fields.recognise(name) or fields.UNKNOWN + name
        further = sum(1 for each in raw if each.partition("#")[0] == field)
        raw[f"{field}#{further + 1}" if further else field] = column
    return of_raw(raw, size)
