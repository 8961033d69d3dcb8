"""Undo an import: what a run brought is taken back, the last rows first, in batches that are whole or not at all.

A run that is being taken back says so in its row: whoever works on it, a person at the terminal or a worker, goes on where the last one
came to, and two at once take nothing back twice. What the run found there already stays; so does what people added (a conversation with
our reply), and a deletion that it brought.
"""

import time
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import queries as silo_queries
from midchannel.platform.audit.actions import Actor
from midchannel.platform.imports import actions as imports
from midchannel.platform.imports import queries
from midchannel.platform.imports.models import RowOutcome, State
from midchannel.platform.imports.queries import RowDetail, RunDetail
from midchannel.usecases import arrive
from midchannel.usecases import take_back as taking_back
from midchannel.usecases.import_history import TERMINAL, Tell, Tick

BATCH = 1000
SLICE_SECONDS = 20.0
EVERY_SECONDS = 5.0
TAKEN_BACK = (
    "Run {run_id} was taken back. Resume it when its source is right: it is then read again from where that run began."
)


@transaction.atomic
def ask(run_id: int, *, by: Actor, now: datetime) -> RunDetail:
    """Have a run taken back by a worker; from now on it brings nothing more. One that was, or is being, stays so. Raises SiloBusyError."""
    found = queries.get_run(run_id)
    if found.state in {State.RUNNING, State.DONE}:
        if silo_queries.is_silo_run(run_id):
            silos.rewind(found.target_id, run_id, reason=TAKEN_BACK.format(run_id=run_id), by=by, now=now)
        imports.begin_undo(run_id, by=by, now=now)
    return found


def undo(run_id: int, *, tick: Tick, by: Actor = TERMINAL, tell: Tell = lambda _done, _total: None) -> int:
    """Take back exactly what a run brought, here and now; returns how many rows. Interrupted, the same call (or a worker) goes on."""
    found = ask(run_id, by=by, now=tick())
    return 0 if found.state == State.UNDONE else _take_back(found, tick=tick, tell=tell)


def work(*, tick: Tick) -> bool:
    """Go on for a while with a run that is being taken back. True when there was one."""
    run_id = queries.find_undoing()
    if run_id is None:
        return False
    try:
        _take_back(queries.get_run(run_id), tick=tick, seconds=SLICE_SECONDS)
    except taking_back.StillArrivingError:
        return False
    return True


def _take_back(
    run: RunDetail,
    *,
    tick: Tick,
    tell: Tell = lambda _done, _total: None,
    seconds: float = float("inf"),
) -> int:
    end = time.monotonic() + seconds
    while arrive.apply_waiting(now=tick()):
        pass
    undone = 0
    before: int | None = None
    while rows := _take_back_next(run, before, now=tick()):
        undone, before = undone + len(rows), rows[-1].number
        tell(undone, run.rows)
        if time.monotonic() > end:
            return undone
    imports.finish_undo(run.id, now=tick())
    return undone


@transaction.atomic
def _take_back_next(run: RunDetail, before: int | None, *, now: datetime) -> list[RowDetail]:
    """Take back the last rows in front of row `before`; which those are is asked with the run held, since two may do so at once."""
    imports.hold(run.id)
    rows = queries.list_to_undo(run.id, before=before, limit=BATCH)
    taking_back.take_back_rows(run.target_id, rows, now=now)
    _forget_read(run.target_id, run.id, rows)
    imports.mark_undone(run.id, [row.number for row in rows])
    return rows


def _forget_read(channel_id: int, run_id: int, rows: Sequence[RowDetail]) -> None:
    """What a silo remembers of having read these rows."""
    keys: dict[bool, list[str]] = {True: [], False: []}
    for row in rows:
        _kind, colon, key = row.item_key.partition(":")
        if colon and row.outcome in {RowOutcome.ACCEPTED, RowOutcome.EDIT, RowOutcome.DUPLICATE}:
            keys[row.outcome is RowOutcome.ACCEPTED].append(silos.hex_of(key))
    silos.forget_rows(channel_id, run_id, brought=keys[True], changed=keys[False])
