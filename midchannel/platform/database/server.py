"""What is asked of any PostgreSQL before Midchannel works with it."""

from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, connections

from midchannel.platform.database.finding import Finding

OLDEST = 15
EXTENSIONS = ("pg_trgm", "unaccent")


def examine(alias: str = DEFAULT_DB_ALIAS) -> list[Finding]:
    """Look at version, encoding, role and extensions of a server that answers."""
    with connections[alias].cursor() as cursor:

        def ask(sql: str) -> str:
            cursor.execute(sql)
            row = cursor.fetchone()
            return str(row[0]) if row else ""

        version = int(ask("SHOW server_version_num")) // 10000
        encoding = ask("SHOW server_encoding")
        is_superuser = ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "True"
        durable = ask("SHOW fsync") == "on" and ask("SHOW synchronous_commit") != "off"
        missing = [name for name in EXTENSIONS if not _has_extension(ask, name)]
        role = ask("SELECT current_user")
    return [
        Finding("PostgreSQL's version", version >= OLDEST, str(version), f"Use PostgreSQL {OLDEST} or newer."),
        Finding("encoding", encoding == "UTF8", encoding, "Make the database anew with ENCODING 'UTF8'."),
        Finding(
            "application's role",
            not is_superuser,
            f"{role}{', a superuser' if is_superuser else ''}",
            "Use an ordinary role in DATABASE_URL and the owner in OWNER_DATABASE_URL; see docs/running.md.",
        ),
        Finding("durability", durable, "on" if durable else "off", "Set fsync = on and synchronous_commit = on."),
        Finding(
            "extensions",
            not missing,
            "missing: " + ", ".join(missing) if missing else "present or to be had",
            "Install PostgreSQL's contrib package on the server.",
        ),
    ]


def count_workers(alias: str = DEFAULT_DB_ALIAS) -> int:
    """How many worker processes are connected now."""
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'midchannel worker'")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _has_extension(ask: Callable[[str], str], name: str) -> bool:
    return ask(f"SELECT count(*) FROM pg_available_extensions WHERE name = '{name}'") == "1"
