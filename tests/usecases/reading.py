"""A silo of a file, what is read from it, and what became of it."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection

from midchannel.outside.channels import actions as channels
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import queries as silo_queries
from midchannel.outside.silos.mapping import Mapping
from midchannel.outside.silos.readers import get_reader
from midchannel.platform.audit.actions import Actor
from midchannel.platform.imports import queries as imports
from midchannel.usecases import run_silo

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BOSS = Actor("Ada Ortiz", 1)
# What remembers on purpose, and rows that wait for a loop which finds nothing any more.
KEPT = {
    "fact_projection",
    "audit_entry",
    "event",
    "import_run",
    "import_row",
    "silo_run",
    "django_migrations",
    "read_again",
    "signal_reader",
    "search_waiting",
}
PEOPLE = "id,name,email,city,updated\n17,Ana Lima,ana@example.org,Porto,2026-11-01 10:00\n18,Bo Ek,bo@example.org,Ghent,2026-11-02 10:00\n"

RECORDS = """
SELECT h.address, r.attributes, r.name, r.trust, r.lawful_basis, r.kind, r.expires_at, r.is_organisation, r.source, h.name AS called,
  ARRAY(SELECT v.attributes || jsonb_build_object('at', v.at) FROM source_record_version v WHERE v.record_id = r.id ORDER BY v.at)
    AS versions,
  ARRAY(SELECT i.type || '=' || i.value FROM identifier i WHERE i.record_id = r.id ORDER BY 1) AS identifiers,
  ARRAY(SELECT o.name FROM customer_membership m JOIN source_record o ON o.id = m.organisation_id WHERE m.person_id = r.id)
    AS organisations
FROM source_record r JOIN handle h ON h.id = r.handle_id"""
ORDERS = """order_id,customer_id,date,total,currency,sku,qty,price
A1,17,2026-11-03,"1.234,50",eur,X1,2,600
A1,17,2026-11-03,"1.234,50",eur,X2,1,34.5
A2,18,2026-11-04,10,eur,X1,1,10
"""

Opened = Callable[..., int]
"""Opens a silo of a file and maps it by its names: `opened(name, content, kind=...)` gives its id."""


class Tick:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self, begin: datetime = NOW) -> None:
        self.moments = (begin + timedelta(seconds=n) for n in itertools.count())

    def __call__(self) -> datetime:
        return next(self.moments)


tick = Tick()


def put(folder: Path, name: str, content: str | bytes) -> None:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def map_it(silo_id: int, kind: str, **changes: Any) -> Mapping:
    silo = silo_queries.get_silo(None, silo_id)
    look = get_reader(silo.reader).look(channels.settings_of(silo_id), kind=kind)
    columns = [column.name for column in look.columns]
    mapping = msgspec.structs.replace(mappings.guess(columns, kind), **changes)
    silos.change_mapping(silo_id, mapping, columns=columns, by=BOSS, now=tick())
    return mapping


def bring(silo_id: int) -> silo_queries.SiloRunDetail:
    run = silo_queries.get_run(None, run_silo.run(silo_id, tick=tick, by=BOSS))
    assert run.is_whole
    assert run.state == "done"
    assert not run.parked, reasons(run.id)
    check_sums(silo_id)
    return run


def told(run: silo_queries.SiloRunDetail) -> dict[str, int]:
    names = ("new", "changed", "unchanged", "duplicate", "parked", "refused")
    return {name: getattr(run, name) for name in names if getattr(run, name)}


def check_sums(channel_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(received), 0) = coalesce(sum(applied), 0) + coalesce(sum(duplicate), 0)"
            " + (SELECT count(*) FROM parked WHERE channel_id = %s AND replayed_at IS NULL)"
            " + (SELECT coalesce(sum(size), 0) FROM arrival WHERE channel_id = %s AND waiting)"
            " FROM channel_count WHERE channel_id = %s",
            [channel_id, channel_id, channel_id],
        )
        assert cursor.fetchone()[0]
        cursor.execute("SELECT reason FROM parked WHERE replayed_at IS NULL AND code = 'apply'")
        assert [
            reason
            for (reason,) in cursor.fetchall()
            if "other-author" not in reason and "only its author" not in reason
        ] == []


def reasons(run_id: int) -> list[str]:
    return [row.reason for row in imports.walk_rows(run_id) if row.reason]


def records() -> dict[str, dict[str, Any]]:
    """What is known of everybody, by handle."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDS)
        names = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(names[1:], map(_plain, row[1:]), strict=True)) for row in cursor.fetchall()}


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[:1] == "{":
        return msgspec.json.decode(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


def tables() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return {table: count for table, count in counts.items() if count and table not in KEPT}
