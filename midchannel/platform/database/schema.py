"""Does the database's schema fit this program?"""

from collections.abc import Callable
from enum import Enum

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


class State(Enum):
    """What the database has, seen from this program."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


REMEDIES = {
    State.EMPTY: "The database is empty. Run `midchannel run`, or `midchannel upgrade`, which makes the tables.",
    State.OLDER: "The database's schema is older than this program. Stop Midchannel and run `midchannel upgrade`.",
    State.NEWER: "The database's schema is newer than this program. Install the newer version, or restore a backup.",
}


class SchemaError(Exception):
    """The database's schema does not fit this program."""


def state(alias: str = DEFAULT_DB_ALIAS) -> State:
    """Compare the migrations the database has with those this program brings."""
    loader = MigrationLoader(connections[alias])
    known, applied = set(loader.disk_migrations), set(loader.applied_migrations)
    ours = {app for app, _ in known}
    if not applied:
        return State.EMPTY
    if any(app in ours and (app, name) not in known for app, name in applied):
        return State.NEWER
    return State.CURRENT if known <= applied else State.OLDER


def check_current(alias: str = DEFAULT_DB_ALIAS) -> None:
    """Raise with the remedy unless the schema is exactly this program's."""
    found = state(alias)
    if found is not State.CURRENT:
        raise SchemaError(REMEDIES[found])


def migrate(told: Callable[[int, int, str], None], alias: str = DEFAULT_DB_ALIAS) -> int:
    """Apply what is missing; `told(done, total, name)` follows. Run it as the owner. Gives how many were applied."""
    done = 0

    def follow(action: str, migration: Migration | None = None, fake: bool | None = None, /) -> None:
        nonlocal done
        if action == "apply_start":
            told(done, len(plan), str(migration))
        elif action == "apply_success":
            done += 1
            told(done, len(plan), str(migration))

    executor = MigrationExecutor(connections[alias], follow)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    state = executor.migrate(executor.loader.graph.leaf_nodes(), plan=plan)
    state.clear_delayed_apps_cache()
    return done
