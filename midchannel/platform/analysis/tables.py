"""Files of records: CSV and Parquet, read by DuckDB, their columns recognised."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from midchannel.engines.identity import fields
from midchannel.platform.analysis import frame


class UnreadableTableError(ValueError):
    """This file is no table that can be read: CSV or Parquet with a header."""


def read(path: Path) -> dict[str, list[Any]]:
    """The columns of a file by name; a CSV's values stay text, an empty one is None."""
    with duckdb.connect() as connection:
        source = f"read_csv(?, all_varchar = true, header = true, parallel = false, null_padding = true{_QUOTES})" if _is_csv(path) else "read_parquet(?)"
        try:
            found = connection.execute(f"SELECT * FROM {source}", [str(path)])
            names = [each[0] for each in found.description]
            rows = found.fetchall()
        except duckdb.Error as error:
            raise UnreadableTableError(f"{path} cannot be read as a table: {error}") from error
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return {name: [_plain(each) for each in column] for name, column in zip(names, columns, strict=True)}


_QUOTES = ", quote = '\"', escape = '\"', max_line_size = 10000000, strict_mode = false"


def _is_csv(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) != b"PAR1"


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if value is None or isinstance(value, str | int | float):
        return value if value != "" else None
    return str(value)


def to_frame(table: Mapping[str, Sequence[Any]], mapping: Mapping[str, str]) -> frame.Frame:
    """A frame of a table's columns. `mapping` says which field a column is (column -> field); others are recognised by name or text."""
    size = len(next(iter(table.values()), ()))
    raw: dict[str, Sequence[Any]] = {}
    for name, values in table.items():
        field = mapping.get(name) or fields.recognise(name) or fields.UNKNOWN + name
        further = sum(1 for each in raw if each.partition("#")[0] == field)
        raw[f"{field}#{further + 1}" if further else field] = values
    return frame.of_raw(raw, size)
