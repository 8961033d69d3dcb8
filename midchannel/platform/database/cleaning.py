"""After rows are gone: nothing of them may stay in the pages of a table, in its indexes, in statistics, or in the log of writing.

A row that is deleted stays on its page until something is written over it, also after VACUUM. So tables are written anew by
`rewrite_table`, a function of the tables' owner (migration consents/0002), one table at a time. What only a superuser may do (statistics,
the log of writing) is done where the server is the embedded one; elsewhere the answer says what is left to its administrator.
"""

from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg import sql

from midchannel.platform.database import embedded
from midchannel.platform.database.bulk import fetch

LOCK_SECONDS = 5
MEGABYTE = 1 << 20
STATISTICS = ("pg_statistic", "pg_statistic_ext_data")


@dataclass(frozen=True, slots=True)
class Flushed:
    """What became of the log of writing and the planner's statistics. `words` is for the certificate."""

    is_done: bool
    words: str


def current_transaction() -> int:
    """The number of the running transaction: what it removes can be cleaned away once nobody sees the time before it."""
    return int(fetch("SELECT pg_current_xact_id()::text::bigint")[0][0])


def is_past(transaction_id: int) -> bool:
    """Whether no transaction that is still open could see what was there before this one committed.

    Those of other databases of the server count too: they cannot see our rows, but `rewrite` runs under a snapshot of its own, and what
    that one could see, so everything since the oldest transaction open anywhere, is copied along.
    """
    seen, own = fetch(
        "SELECT oldest_seen_transaction()::text::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    )[0]
    return bool(min(int(seen), int(own)) > transaction_id)


def list_leaves(tables: list[str]) -> list[str]:
    """Tables as they lie on disk: a partitioned one as its partitions."""
    rows = fetch(
        "SELECT DISTINCT c.relname FROM unnest(%s::text[]) AS t(name) CROSS JOIN LATERAL pg_partition_tree(to_regclass(t.name)) p"
        " JOIN pg_class c ON c.oid = p.relid WHERE p.isleaf AND c.relkind = 'r'"
        " UNION SELECT c.relname FROM unnest(%s::text[]) AS t(name) JOIN pg_class c ON c.oid = to_regclass(t.name) AND c.relkind = 'r'"
        " ORDER BY 1",
        [tables, tables],
    )
    return [name for (name,) in rows]


def size_of(table: str) -> int:
    """Bytes on disk, indexes included."""
    return int(fetch("SELECT pg_total_relation_size(to_regclass(%s))", [table])[0][0] or 0)


def rewrite(table: str) -> bool:
    """Write a table anew with only what is there, with its indexes and statistics. False when others used it for too long just now."""
    try:
        with transaction.atomic():
            fetch("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
            fetch("SELECT rewrite_table(%s)", [table])
    except OperationalError:
        return False
    return True


# The planner's samples of a table and of the expressions in its indexes. ANALYZE leaves those of a table that is empty now as they were.
FORGET_SAMPLES = """
DELETE FROM pg_statistic s USING pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
WHERE s.starelid = c.oid AND coalesce(i.indrelid, c.oid) = ANY(
    SELECT t.relid FROM unnest(%s::text[]) AS n(name) CROSS JOIN LATERAL pg_partition_ancestors(to_regclass(n.name)) t
    UNION SELECT to_regclass(n.name) FROM unnest(%s::text[]) AS n(name))
"""


def flush(tables: list[str]) -> Flushed:
    """Have the log of writing written over and what was sampled of some tables forgotten, where this server lets us.

    Call it outside of a transaction: nothing that an open one could still see is cleaned away.
    """
    server = own_server()
    if server is None:
        return Flushed(
            False,
            "The database server is run by others: earlier writes stay in its log (WAL) until it is recycled, in archives of that log as"
            " long as these are kept, and sampled values in pg_statistic until the next VACUUM FULL of it by a superuser.",
        )
    database = str(connection.settings_dict["NAME"])
    with psycopg.connect(server.url(role=embedded.SUPERUSER, database=database), autocommit=True) as own:
        own.execute("SET allow_system_table_mods = on")
        own.execute(FORGET_SAMPLES, [tables, tables])
        for table in _with_parents(tables):
            own.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
        for table in STATISTICS:
            own.execute(f"VACUUM FULL {table}".encode())
        own.execute("SELECT pg_switch_wal()")
        own.execute("CHECKPOINT")  # from here on, what was written before is in files that wait to be used again
        _write_over_log(own)
        own.execute("CHECKPOINT")
    return Flushed(True, "The log of writing (WAL) was written over and the planner's statistics were written anew.")


def _with_parents(tables: list[str]) -> list[str]:
    rows = fetch(
        "SELECT DISTINCT c.relname FROM unnest(%s::text[]) AS n(name) CROSS JOIN LATERAL pg_partition_ancestors(to_regclass(n.name)) t"
        " JOIN pg_class c ON c.oid = t.relid",
        [tables],
    )
    return sorted({*tables, *(name for (name,) in rows)})


def _write_over_log(own: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Files of the log are used again under new names: go once through all there are, with nothing in them."""
    row = own.execute("SELECT count(*), coalesce(max(size), 0) FROM pg_ls_waldir()").fetchone()
    count, size = (int(str(row[0])), int(str(row[1]))) if row else (0, 0)
    for _file in range(count + 1):
        for _part in range(max(1, size // MEGABYTE)):
            own.execute("SELECT pg_logical_emit_message(false, 'erasure', repeat('0', %s))", [MEGABYTE])
        own.execute("SELECT pg_switch_wal()")


def own_server() -> embedded.Server | None:
    """The embedded server, when it is the one we are connected to."""
    server = embedded.Server(settings.DATA / "postgres")
    is_ours = str(connection.settings_dict.get("HOST") or "") == str(embedded.socket_folder(server.cluster))
    return server if is_ours else None
