"""Any SQL database with a driver: a URL, one SELECT, read only, streamed in an order that can be taken up again.

The query becomes a subquery, so it can be nothing but a SELECT; the transaction is read only besides, has a time limit, and is rolled back.
Rows come in three parts: those without a key (they are refused, and told), those without a time of change or with one that is still to come
(read every time), and the rest in the order of (time of change, key), up to the newest time there was when the run began. Behind a mark
they go on by comparing with it, so nothing is skipped or read twice, also when the run goes on later; what changes meanwhile is the next's.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from midchannel.outside.channels.port import Settings
from midchannel.outside.silos.errors import SourceError
from midchannel.outside.silos.port import Asked, Column, Look, Mark, Reading, Row
from midchannel.outside.silos.readers import samples
from midchannel.platform import clock

if TYPE_CHECKING:
    from sqlalchemy import ColumnClause, Connection, Select

SAMPLE_ROWS = 20
FETCH = 1000
SECONDS = 300
CONNECT_SECONDS = 15
# A row carries the time at which its transaction wrote it, or began, and is seen when that is done.
OVERLAP = timedelta(minutes=5)
KEYLESS, UNDATED, DATED = range(3)
BEGINS = re.compile(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(select|with|table|values)\b", re.IGNORECASE | re.DOTALL)
NO_DRIVER = (
    "There is no driver for this database here ({said}). Install one beside Midchannel, such as `pip install {driver}`."
)
DRIVERS = {"mysql": "pymysql", "mariadb": "pymysql", "mssql": "pymssql", "oracle": "oracledb"}


class SqlReader:
    """A database and a query."""

    name = "sql"

    def check(self, settings: Settings, *, kind: str) -> list[str]:
        """Whether the database lets us in and takes the query."""
        try:
            self.look(settings, kind=kind)
        except SourceError as error:
            return [error.reason]
        return []

    def look(self, settings: Settings, *, kind: str) -> Look:
        """The query's columns and first rows."""
        del kind
        query = _all(settings).limit(SAMPLE_ROWS)
        with _connected(settings) as connection:
            result = connection.execute(query)
            names = list(result.keys())
            rows = [dict(row._mapping) for row in result]
        return Look(tuple(Column(name, samples.of(rows, name)) for name in names), tuple(rows))

    def read(self, settings: Settings, asked: Asked) -> Reading:
        """What changed since the last complete run, or all where no column says when."""
        reading = Reading(
            iter(()), cursor=dict(asked.since), is_full=not (asked.changed and asked.since.get("changed"))
        )
        reading.rows = _rows(settings, asked, reading)
        return reading


def _query(settings: Settings) -> str:
    query = str(settings.config.get("query", "")).strip().rstrip(";").strip()
    if not query:
        raise SourceError("Give the query that lists the rows, such as SELECT * FROM customer.", permanent=True)
    if not BEGINS.match(query):
        raise SourceError("The query has to be one SELECT: nothing is ever written to your database.", permanent=True)
    return query


def _all(settings: Settings) -> "Select[Any]":
    from sqlalchemy import literal_column, select, text

    inner = text(f"({_escaped(_query(settings))}\n) AS silo_rows")
    return select(literal_column("*")).select_from(inner)


def _escaped(query: str) -> str:
    """A colon in the query is one of the query's, and no parameter of ours."""
    return query.replace(":", "\\:")


def _rows(settings: Settings, asked: Asked, reading: Reading) -> Iterator[Row]:
    from sqlalchemy.exc import SQLAlchemyError

    number = int(asked.after.get("number", 0))
    first = int(asked.after.get("part", KEYLESS))
    try:
        until = asked.after.get("until") or _newest(settings, asked)
        reading.cursor = {"changed": until} if until else dict(asked.since)
        for part in range(first, DATED + 1 if until else UNDATED + 1):
            after = asked.after if part == first else {}
            with _connected(settings) as connection:
                query = _part(settings, asked, part, after, until)
                # What has no key cannot be compared with a mark: those that are done are passed over.
                done = number if part == KEYLESS else 0
                for row in islice(connection.execution_options(yield_per=FETCH).execute(query), done, None):
                    number += 1
                    values = dict(row._mapping)
                    yield Row(number, values, _mark(values, asked, part, number) | {"until": until})
    except SQLAlchemyError as error:
        raise _failed(error) from error


def _newest(settings: Settings, asked: Asked) -> list[Any] | None:
    """The newest time of change that is there now; None where there is none."""
    from sqlalchemy import column

    if not asked.changed:
        return None
    changed: ColumnClause[Any] = column(asked.changed)
    query = _all(settings).with_only_columns(changed).where(changed.is_not(None)).order_by(changed.desc()).limit(1)
    with _connected(settings) as connection:
        newest = connection.execute(query).scalar()
        if isinstance(newest, datetime) and newest > (latest := _tomorrow(newest)):
            newest = connection.execute(query.where(changed <= latest)).scalar()
    return None if newest is None else _kept(newest)


def _tomorrow(like: datetime) -> datetime:
    """Later than this no row was changed, in whatever zone the database writes: what says so is wrong, and must not hide the others."""
    latest = clock.now() + timedelta(days=1)
    return latest if like.tzinfo else latest.replace(tzinfo=None)


def _part(settings: Settings, asked: Asked, part: int, after: Mark, until: list[Any] | None) -> "Select[Any]":
    from sqlalchemy import and_, column, or_

    key: ColumnClause[Any] = column(asked.key)
    changed: ColumnClause[Any] = column(asked.changed)
    query = _all(settings)
    if part == KEYLESS:
        return query.where(key.is_(None)).limit(FETCH)
    query = query.where(key.is_not(None))
    if not asked.changed:
        query = query.where(key > _value(after["key"])) if "key" in after else query
        return query.order_by(key)
    if part == UNDATED:
        query = query.where(or_(changed.is_(None), changed > _value(until))) if until else query
        query = query.where(key > _value(after["key"])) if "key" in after else query
        return query.order_by(key)
    if "changed" in after:
        at = _value(after["changed"])
        query = query.where(or_(changed > at, and_(changed == at, key > _value(after["key"]))))
    elif "changed" in asked.since:
        query = query.where(changed >= _since(asked.since["changed"]))
    return query.where(changed <= _value(until or [])).order_by(changed, key)


def _since(kept: list[Any]) -> Any:
    value = _value(kept)
    return min(value, _tomorrow(value)) - OVERLAP if isinstance(value, datetime) else value


def _mark(values: dict[str, Any], asked: Asked, part: int, number: int) -> Mark:
    mark: Mark = {"part": part, "number": number}
    for name, word in ((asked.key, "key"), (asked.changed, "changed")):
        if name and name not in values:
            raise SourceError(f"The query gives no column {name[:80]!r} any more. Look at the mapping.", permanent=True)
        if name and values[name] is not None:
            mark[word] = _kept(values[name])
    return mark


def _kept(value: Any) -> list[Any]:
    """A value and its type, as JSON keeps them."""
    match value:
        case datetime():
            return ["datetime", value.isoformat()]
        case date():
            return ["date", value.isoformat()]
        case Decimal():
            return ["decimal", str(value)]
        case bool() | int() | float() | str():
            return ["plain", value]
        case _:
            return ["plain", str(value)]


def _value(kept: list[Any]) -> Any:
    match kept[0]:
        case "datetime":
            return datetime.fromisoformat(kept[1])
        case "date":
            return date.fromisoformat(kept[1])
        case "decimal":
            return Decimal(kept[1])
        case _:
            return kept[1]


@contextmanager
def _connected(settings: Settings) -> Iterator["Connection"]:
    """A connection in a read-only transaction with a time limit, rolled back and closed at the end."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        url = _url(settings)
        engine = create_engine(url, poolclass=NullPool, connect_args=_arguments(url.get_backend_name()))
    except (ArgumentError, ValueError) as error:
        raise SourceError(
            "The address is no database URL, such as postgresql://user@host/name.", permanent=True
        ) from error
    except (NoSuchModuleError, ImportError) as error:
        backend = str(settings.config.get("url", "")).partition("+")[0].partition(":")[0]
        words = NO_DRIVER.format(said=str(error)[:120], driver=DRIVERS.get(backend, backend))
        raise SourceError(words, permanent=True) from error
    try:
        with engine.connect() as connection:
            _limit(connection, engine.dialect.name)
            try:
                yield connection.execution_options(stream_results=True)
            finally:
                connection.rollback()
    except SQLAlchemyError as error:
        raise _failed(error) from error
    finally:
        engine.dispose()


def _url(settings: Settings) -> Any:
    from sqlalchemy import make_url

    url = make_url(str(settings.config.get("url", "")))
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername in {"mysql", "mariadb"}:
        url = url.set(drivername=f"{url.drivername}+pymysql")
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise SourceError("Name the SQLite file, as in sqlite:////srv/shop.db.", permanent=True)
        url = url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
    password = settings.secrets.get("password", "")
    return url.set(password=password) if password else url


def _arguments(backend: str) -> dict[str, Any]:
    if backend == "postgresql":
        return {"connect_timeout": CONNECT_SECONDS, "options": f"-c statement_timeout={SECONDS * 1000}"}
    if backend in {"mysql", "mariadb"}:
        return {"connect_timeout": CONNECT_SECONDS, "read_timeout": SECONDS}
    return {"timeout": CONNECT_SECONDS} if backend == "sqlite" else {}


def _limit(connection: "Connection", dialect: str) -> None:
    """Read only, from here to the rollback, in the words of each database."""
    words = {
        "postgresql": ["SET TRANSACTION READ ONLY"],
        "mysql": ["SET SESSION TRANSACTION READ ONLY", f"SET SESSION MAX_EXECUTION_TIME={SECONDS * 1000}"],
        "mariadb": ["SET SESSION TRANSACTION READ ONLY", f"SET SESSION max_statement_time={SECONDS}"],
        "oracle": ["SET TRANSACTION READ ONLY"],
        "sqlite": ["PRAGMA query_only = ON"],
    }
    for statement in words.get(dialect, []):
        connection.exec_driver_sql(statement)


def _failed(error: Exception) -> SourceError:
    """What the database said, without the address and the statement that the library puts around it."""
    from sqlalchemy.exc import DBAPIError, OperationalError

    said = " ".join(str(getattr(error, "orig", None) or error).split())[:400]
    is_away = isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)
    if is_away:
        return SourceError(f"The database cannot be reached, or broke off: {said}")
    return SourceError(f"The database refused the query: {said}", permanent=True)
