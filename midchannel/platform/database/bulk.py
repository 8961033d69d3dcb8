"""Set-based writing and reading for the stream: COPY in, arrays as one literal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
import psycopg
from django.db import connection

NULL = "\\N"
LINES_AT_ONCE = 500


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table, in the caller's transaction. Table and columns are our own constants."""
    with (
        connection.wrap_database_errors,  # what goes wrong within a COPY, too, is one of Django's errors
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY lines that the caller has written: values between tabs, each that can have a tab, a line end or a backslash `escaped`."""
    left = iter(lines)
    with (
        connection.wrap_database_errors,  # what goes wrong within a COPY, too, is one of Django's errors
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        while written := "".join(islice(left, LINES_AT_ONCE)):
            copy.write(written)


def escaped(text: str) -> str:
    """A text as it stands in a line of COPY."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def moment(at: datetime) -> str:
    """A moment as it stands in a line of COPY. For each row of the stream: `isoformat` takes ten times as long."""
    return str(msgspec.to_builtins(at))


def array(values: Iterable[object]) -> str:
    """An array literal of numbers or hexadecimal keys: one parameter instead of a list that the driver walks."""
    return "{" + ",".join(map(str, values)) + "}"


def text_array(values: Iterable[str]) -> str:
    """An array literal of texts, escaped."""
    return "{" + ",".join('"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values) + "}"


def fetch(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
    """All rows of a query, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def execute(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Run a statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def fetch_binary(sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Like `fetch`, for rows with large `bytea`: they travel as they are and not as hexadecimal text."""
    with connection.wrap_database_errors:
        return _on_the_wire().execute(sql, parameters, binary=True).fetchall()


def execute_binary(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Like `execute`, with parameters sent beside the statement; `%b` for large `bytea`."""
    with connection.wrap_database_errors:
        return int(_on_the_wire().execute(sql, parameters).rowcount)


def _on_the_wire() -> psycopg.Cursor[Any]:
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)
