"""Reading silos. For administrators: what they bring in is everybody's, and their addresses are nobody else's business."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from midchannel.outside.silos.errors import SiloNotFoundError
from midchannel.outside.silos.mapping import Mapping
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch


@dataclass(frozen=True, slots=True)
class SiloDetail:
    """A silo as administrators see it: no secrets. `records` is how many keys are known; `missing` those the last full run did not meet."""

    id: int
    name: str
    purpose: str
    system: str
    reader: str
    health: str
    health_reason: str
    config: dict[str, Any]
    mapping: Mapping | None
    record_kind: str
    trust: int
    lawful_basis: str
    expires_days: int | None
    every_minutes: int | None
    due_at: datetime | None
    run_id: int | None
    failures: int
    last_run_id: int | None
    records: int
    received: int
    applied: int
    duplicate: int
    parked: int
    waiting: int
    created_at: datetime
    closed_at: datetime | None
    cursor: dict[str, Any]

    @property
    def is_mapped(self) -> bool:
        """Whether it is known what its columns mean."""
        return self.mapping is not None


SILO = (
    "SELECT c.id, c.name, c.purpose, s.system, s.reader, c.health, c.health_reason, c.config::text, s.mapping::text,"
    " s.record_kind, s.trust, s.lawful_basis, s.expires_days, s.every_minutes, s.due_at, s.run_id, s.failures,"
    " (SELECT max(run_id) FROM silo_run r WHERE r.channel_id = c.id),"
    " (SELECT count(DISTINCT key) FROM silo_row w WHERE w.channel_id = c.id),"
    " coalesce(n.received, 0), coalesce(n.applied, 0), coalesce(n.duplicate, 0),"
    " (SELECT count(*) FROM parked p WHERE p.channel_id = c.id AND p.replayed_at IS NULL),"
    " (SELECT coalesce(sum(size), 0) FROM arrival a WHERE a.channel_id = c.id AND a.waiting), c.created_at, c.closed_at, c.cursor::text"
    " FROM silo s JOIN channel c ON c.id = s.channel_id LEFT JOIN"
    " (SELECT channel_id, sum(received)::bigint AS received, sum(applied)::bigint AS applied, sum(duplicate)::bigint AS duplicate"
    "  FROM channel_count GROUP BY 1) n ON n.channel_id = c.id"
)


def list_silos(viewer: Viewer | None) -> list[SiloDetail]:
    """Every silo, by name, closed ones last. `viewer` None is the terminal; empty for who is no administrator."""
    if viewer is not None and not viewer.is_administrator:
        return []
    return [_detail(row) for row in fetch(f"{SILO} ORDER BY c.closed_at IS NOT NULL, c.name")]


def get_silo(viewer: Viewer | None, silo_id: int) -> SiloDetail:
    """One silo. Raises SiloNotFoundError when there is none, or not for the viewer."""
    if viewer is None or viewer.is_administrator:
        for row in fetch(f"{SILO} WHERE c.id = %s", [silo_id]):
            return _detail(row)
    raise SiloNotFoundError


def find_silo(name: str) -> int:
    """The id of an open silo by its name, for the terminal. Raises SiloNotFoundError."""
    rows = fetch("SELECT s.channel_id FROM silo s JOIN channel c ON c.id = s.channel_id WHERE c.name = %s", [name])
    if not rows:
        names = ", ".join(silo.name for silo in list_silos(None)[:20])
        raise SiloNotFoundError(f"There is no silo {name[:100]!r}. There are: {names or 'none'}.")
    return int(rows[0][0])


def _detail(row: Any) -> SiloDetail:
    mapping = msgspec.json.decode(row[8])
    values = list(row)
    values[7], values[26] = msgspec.json.decode(row[7]), msgspec.json.decode(row[26])
    values[8] = msgspec.convert(mapping, Mapping) if mapping else None
    return SiloDetail(*values)


@dataclass(frozen=True, slots=True)
class SiloRunDetail:
    """A run of a silo. `items` = new + changed + duplicate + parked + refused (its rows) + `unchanged`; counted in the database."""

    id: int
    silo_id: int
    state: str
    items: int
    unchanged: int
    new: int
    changed: int
    duplicate: int
    parked: int
    refused: int
    missing: int | None
    is_full: bool
    is_stopped: bool
    reason: str
    by_name: str
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None

    @property
    def is_whole(self) -> bool:
        """Whether every item that was read is accounted for."""
        return self.items == self.unchanged + self.new + self.changed + self.duplicate + self.parked + self.refused


RUN = (
    "SELECT r.run_id, r.channel_id, i.state, r.items, r.unchanged, coalesce(n.new, 0), coalesce(n.changed, 0), coalesce(n.duplicate, 0),"
    " coalesce(n.parked, 0), coalesce(n.refused, 0), r.missing, r.is_full, r.is_stopped, r.reason, i.by_name, i.started_at,"
    " i.finished_at, i.undone_at FROM silo_run r JOIN import_run i ON i.id = r.run_id LEFT JOIN LATERAL"
    " (SELECT count(*) FILTER (WHERE outcome = 0) AS new, count(*) FILTER (WHERE outcome = 2) AS changed,"
    "  count(*) FILTER (WHERE outcome = 1) AS duplicate, count(*) FILTER (WHERE outcome = 3) AS parked,"
    "  count(*) FILTER (WHERE outcome = 4) AS refused FROM import_row w WHERE w.run_id = r.run_id) n ON true"
)


def list_runs(
    viewer: Viewer | None, silo_id: int, *, before: int | None = None, limit: int = 20
) -> list[SiloRunDetail]:
    """A silo's runs, the newest first."""
    if viewer is not None and not viewer.is_administrator:
        return []
    rows = fetch(
        f"{RUN} WHERE r.channel_id = %s AND (%s::bigint IS NULL OR r.run_id < %s) ORDER BY r.run_id DESC LIMIT %s",
        [silo_id, before, before, limit],
    )
    return [SiloRunDetail(*row) for row in rows]


def get_run(viewer: Viewer | None, run_id: int) -> SiloRunDetail:
    """One run of a silo. Raises SiloNotFoundError."""
    if viewer is None or viewer.is_administrator:
        for row in fetch(f"{RUN} WHERE r.run_id = %s", [run_id]):
            return SiloRunDetail(*row)
    raise SiloNotFoundError("There is no such run of a silo.")


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run began, where it goes on, and how many items are done."""

    since: dict[str, Any]
    reached: dict[str, Any]
    items: int


def get_progress(run_id: int) -> Progress:
    """How far a run is. For the machine."""
    since, reached, items = fetch("SELECT since::text, reached::text, items FROM silo_run WHERE run_id = %s", [run_id])[
        0
    ]
    return Progress(msgspec.json.decode(since), msgspec.json.decode(reached), items)


def is_silo_run(run_id: int) -> bool:
    """Whether a run of `platform.imports` is one of a silo. For the machine."""
    return bool(fetch("SELECT 1 FROM silo_run WHERE run_id = %s", [run_id]))


def who_asked(silo_id: int) -> Actor | None:
    """Who asked for the next run; None when it is the schedule's. For the machine."""
    rows = fetch("SELECT asked_by_name, asked_by_user_id FROM silo WHERE channel_id = %s", [silo_id])
    return Actor(*rows[0]) if rows and rows[0][0] else None


def list_due(now: datetime) -> list[int]:
    """Silos that are to be read, who has waited longest first. For the machine."""
    rows = fetch(
        "SELECT s.channel_id FROM silo s JOIN channel c ON c.id = s.channel_id WHERE s.due_at <= %s AND c.health IN ('ok', 'failing')"
        " AND s.mapping <> '{}' ORDER BY s.touched_at NULLS FIRST, s.due_at LIMIT 100",
        [now],
    )
    return [silo_id for (silo_id,) in rows]
