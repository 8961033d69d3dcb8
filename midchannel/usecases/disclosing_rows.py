"""Rows of the database as plain data that JSON can hold, for what `disclosing` gathers."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

Row = dict[str, Any]


def told(sql: str, *parameters: Any, decoded: Sequence[str] = ()) -> list[Row]:
    """Rows by the names of their columns: times as ISO 8601 writes them; the columns `decoded` are JSON, given as text."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall()]
    for row in found:
        row.update({name: json_of(row[name]) for name in decoded})
    return found


def by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    """Rows by the value of a column, without it."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row.pop(name), []).append(row)
    return found


def json_of(text: str | None) -> Any:
    """What a column of JSON says, given as text."""
    return msgspec.json.decode(text) if text else None


def when(moment: datetime | None) -> str | None:
    """A moment as ISO 8601 writes it."""
    return moment.isoformat() if moment else None


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
