"""Run a silo: its rows arrive as everything else does, in batches that are whole or not at all; every row's outcome is kept.

The row in `silo` is the queue. A run's place is a column that moves in the transaction that delivered what is before it: a crash, a
database that goes away or a stop at any moment neither loses nor doubles a row, and the next call goes on there.

`tick` gives the present moment, batch after batch: ids carry it, so it must move on.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec
import structlog
from django import db
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import documents, vocabulary
from midchannel.outside.channels.actions import Received
from midchannel.outside.channels.models import Health
from midchannel.outside.channels.port import Settings
from midchannel.outside.channels.vocabulary import Document, Object, Provenance, encode
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import queries as silo_queries
from midchannel.outside.silos import values
from midchannel.outside.silos.errors import SiloBusyError, SourceChangedError, SourceError
from midchannel.outside.silos.mapping import Mapping
from midchannel.outside.silos.port import Asked, Mark, Reading, Row
from midchannel.outside.silos.queries import SiloDetail
from midchannel.outside.silos.readers import get_reader
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch
from midchannel.platform.imports import actions as imports
from midchannel.platform.imports.actions import Done
from midchannel.platform.imports.models import RowOutcome
from midchannel.usecases import arrive

# The first key of the advisory locks that let one process at a time read a silo.
SILO_LOCK = 0x6D63_0005

BATCH = 500
SLICE_SECONDS = 20.0
EVERY_SECONDS = 5.0
SCHEDULE = Actor("schedule")
Tick = Callable[[], datetime]
Tell = Callable[[int, int], None]

log = structlog.get_logger("silo")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was read: a row, or the rows of one order. `key` and `content` as they are kept."""

    number: int
    mark: Mark
    key: str = ""
    content: int = 0
    raw: bytes = b""
    again: bytes = b""
    refused: str = ""
    external_id: str = ""
    who: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A silo about to be read."""

    silo: SiloDetail
    mapping: Mapping
    settings: Settings
    source: mappings.Source


@dataclass(slots=True)
class Batch:
    """What became of some items: `done` have a row each, `delivered` (key to content) are known from now on."""

    done: list[Done] = field(default_factory=list)
    delivered: dict[str, int] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)


def work(*, tick: Tick, should_stop: Callable[[], bool] = lambda: False) -> bool:
    """Read the silo that has been due longest, for a while. True when there is more to do at once. What fails is noted and put off."""
    for silo_id in silo_queries.list_due(tick()):
        with _only_here(silo_id) as mine:
            if mine and silo_id in silo_queries.list_due(tick()):
                _work_on(silo_id, tick=tick, should_stop=should_stop)
                return not should_stop()
    return False


def _work_on(silo_id: int, *, tick: Tick, should_stop: Callable[[], bool]) -> None:
    try:
        by = silo_queries.who_asked(silo_id) or SCHEDULE
        run(silo_id, tick=tick, by=by, should_stop=should_stop, seconds=SLICE_SECONDS)
    except SourceError as error:
        note_failure(silo_id, error, now=tick())
    except (db.OperationalError, db.InterfaceError):
        raise
    except Exception as error:
        log.error("reading a silo failed", silo=silo_id, exc_info=error)
        said = _("Reading failed inside Midchannel (%(said)s). It is tried again; please report it.")
        note_failure(silo_id, SourceError(said % {"said": type(error).__name__}), now=tick())


def note_failure(silo_id: int, error: SourceError, *, now: datetime) -> None:
    """Its health says why it cannot be read; what was read is kept, and it is tried again later."""
    channels.set_health(silo_id, Health.FAILING, reason=error.reason, now=now)
    silos.put_off(silo_id, reason=error.reason, permanent=error.permanent, now=now)


@contextlib.contextmanager
def _only_here(silo_id: int) -> Iterator[bool]:
    """A lock of the session: gone with the connection, so a lost process never keeps it."""
    mine = bool(fetch("SELECT pg_try_advisory_lock(%s, %s)", [SILO_LOCK, silo_id])[0][0])
    try:
        yield mine
    finally:
        if mine:
            with contextlib.suppress(db.Error):
                fetch("SELECT pg_advisory_unlock(%s, %s)", [SILO_LOCK, silo_id])


def run(
    silo_id: int,
    *,
    tick: Tick,
    by: Actor,
    should_stop: Callable[[], bool] = lambda: False,
    seconds: float = float("inf"),
    tell: Tell = lambda _done, _total: None,
) -> int:
    """Read a silo: begin a run, or go on with the one under way. Returns it. Bad rows never stop it.

    Ends when all was read, when asked to stop, or after `seconds`: then the next call goes on. Raises SourceError.
    """
    end = time.monotonic() + seconds
    silo = silo_queries.get_silo(None, silo_id)
    plan = plan_of(silo)
    run_id = silo.run_id or _begin(plan, by=by, now=tick())
    known = silo_queries.get_progress(run_id)
    try:
        reading = _read(plan, known.since, known.reached)
    except SourceChangedError as error:
        if not silos.finish_run(silo_id, run_id, cursor={}, is_full=False, now=tick()):
            return run_id
        silos.note_stopped(run_id, reason=error.reason)
        imports.finish(run_id, now=tick())
        return run(
            silo_id, tick=tick, by=by, should_stop=should_stop, seconds=max(end - time.monotonic(), 0), tell=tell
        )
    done = known.items
    with contextlib.closing(reading):
        for items in batches(items_of(reading.rows, plan, tick), is_snapshot=reading.is_snapshot):
            if not _take(plan, run_id, items, done, is_snapshot=reading.is_snapshot, now=tick()):
                return run_id  # it was stopped, or taken back, meanwhile
            done += len(items)
            arrive.apply_waiting(now=tick())
            tell(done, max(reading.total or 0, done))
            if should_stop() or time.monotonic() > end:
                silos.pass_on(silo_id, now=tick())
                return run_id
    _finish(plan, run_id, reading, tick=tick)
    return run_id


def run_here(
    silo_id: int, *, tick: Tick, by: Actor, is_full: bool = False, tell: Tell = lambda _done, _total: None
) -> int:
    """Read a silo in this process to its end; interrupted, the worker goes on.

    Raises SourceError (noted as its health), SiloBusyError, SiloClosedError, InvalidError.
    """
    silos.be_readable(silo_id, is_full=is_full)
    with _only_here(silo_id) as mine:
        if not mine:
            raise SiloBusyError
        try:
            return run(silo_id, tick=tick, by=by, tell=tell)
        except SourceError as error:
            note_failure(silo_id, error, now=tick())
            raise


def _read(plan: Plan, since: Mark, after: Mark) -> Reading:
    asked = Asked(plan.mapping.kind, plan.mapping.key, plan.mapping.changed, since, after)
    return get_reader(plan.silo.reader).read(plan.settings, asked)


def plan_of(silo: SiloDetail) -> Plan:
    """What is needed to read a silo. Raises SourceError when it is not mapped yet."""
    if silo.mapping is None:
        raise SourceError(_("Say first what its columns mean."), permanent=True)
    provenance = Provenance(kind=silo.record_kind, trust=silo.trust, lawful_basis=silo.lawful_basis)
    source = mappings.Source(provenance, silo.expires_days)
    return Plan(silo, silo.mapping, channels.settings_of(silo.id), source)


@transaction.atomic
def _begin(plan: Plan, *, by: Actor, now: datetime) -> int:
    silo = plan.silo
    run_id, _rows = imports.begin(
        name=silo.name,
        fingerprint=f"silo:{silo.id}:{now.isoformat()}",
        format_=silo.reader,
        options={},
        target_type="channel",
        target_id=silo.id,
        by=by,
        now=now,
    )
    silos.begin_run(silo.id, run_id, since=silo.cursor, is_full=not silo.cursor, now=now)
    return run_id


def _finish(plan: Plan, run_id: int, reading: Reading, *, tick: Tick) -> None:
    with transaction.atomic():
        if not silos.finish_run(plan.silo.id, run_id, cursor=reading.cursor, is_full=reading.is_full, now=tick()):
            return
        imports.finish(run_id, now=tick())
    channels.set_health(plan.silo.id, Health.OK, now=tick())
    while arrive.apply_waiting(now=tick()):
        pass


def items_of(rows: Iterator[Row], plan: Plan, tick: Tick) -> Iterator[Item]:
    """Rows as items; adjacent rows with one key are one order where it has lines."""
    held: list[Row] = []
    for row in rows:
        if held and not _belongs(row, held[-1], plan.mapping):
            yield _item_of(held, plan, now=tick())
            held = []
        held.append(row)
    if held:
        yield _item_of(held, plan, now=tick())


def _belongs(row: Row, last: Row, mapping: Mapping) -> bool:
    if not mapping.has_lines or row.refused or last.refused:
        return False
    key = values.text_of(row.values.get(mapping.key))
    return bool(key) and key == values.text_of(last.values.get(mapping.key))


def _item_of(rows: Sequence[Row], plan: Plan, *, now: datetime) -> Item:
    first, mark = rows[0], rows[-1].mark
    if first.refused:
        return Item(first.number, mark, refused=first.refused)
    try:
        document = mappings.document_of([row.values for row in rows], plan.mapping, plan.source, now=now)
    except values.RowError as error:
        return Item(first.number, mark, refused=str(error))
    said = document.object
    assert isinstance(said, Object)  # noqa: S101 - we made it
    edited = msgspec.structs.replace(document, object=msgspec.structs.replace(said, updated=now))
    key = silos.hex_of(mappings.key_of(first.values, plan.mapping))
    content = mappings.content_of(document, plan.source, now=now)
    return Item(
        first.number, mark, key, content, encode(document), encode(edited), external_id=said.id, **_told(document)
    )


def _told(document: Document) -> dict[str, str]:
    """Whom a document is about, and what it says in short."""
    actor = document.actor
    assert isinstance(actor, vocabulary.Actor)  # noqa: S101 - we made it
    said = document.data or actor.attributes or {}
    shown = [
        values.text_of(value)
        for name, value in said.items()
        if not isinstance(value, list) or name in mappings.MANY_VALUED
    ]
    return {"who": actor.name or actor.id, "what": " · ".join(filter(None, shown))[:200]}


def batches(items: Iterator[Item], *, is_snapshot: bool) -> Iterator[list[Item]]:
    """Up to BATCH items. Where a source may show one key again after a change, the second comes in a batch of its own, behind the first."""
    batch: list[Item] = []
    keys: set[str] = set()
    for item in items:
        is_again = not is_snapshot and item.key in keys
        if len(batch) == BATCH or is_again:
            yield batch
            batch, keys = [], set()
        batch.append(item)
        if item.key:
            keys.add(item.key)
    if batch:
        yield batch


def _take(plan: Plan, run_id: int, items: list[Item], done: int, *, is_snapshot: bool, now: datetime) -> bool:
    """Deliver a batch and move the run's place behind it, in one transaction. False when the run ended or moved on elsewhere."""
    with transaction.atomic():
        held = silos.hold_run(run_id)
        if held.is_stopped or held.items != done:
            return False
        batch = deliver(plan, run_id, items, is_snapshot=is_snapshot, now=now)
        imports.keep(run_id, batch.done, position=items[-1].number)
        silos.keep_rows(plan.silo.id, run_id, batch.delivered, batch.unchanged)
        silos.note_batch(run_id, items=len(items), unchanged=len(batch.unchanged), reached=items[-1].mark)
    return True


def deliver(
    plan: Plan, run_id: int, items: Sequence[Item], *, is_snapshot: bool, now: datetime, met: set[str] | None = None
) -> Batch:
    """Hand over what is new or says something else now, in the caller's transaction; the rest was refused or is unchanged.

    `met` are keys that came before in this run, where the run keeps nothing (a dry run).
    """
    known = silos.know_rows(plan.silo.id, [item.key for item in items if item.key])
    batch = Batch()
    sent: list[Item] = []
    met = set() if met is None else met
    for item in items:
        before = known.get(item.key)
        is_second = item.key in met or (is_snapshot and before is not None and before.seen_run_id == run_id)
        if item.refused:
            batch.done.append(Done(item.number, RowOutcome.REFUSED, code="row", reason=item.refused))
        elif is_second:
            reason = _("another row of this run has the same key: say which column names a row, or mend the source")
            batch.done.append(
                Done(item.number, RowOutcome.REFUSED, item_key=item.external_id, code="key", reason=reason)
            )
        elif before is not None and before.content == item.content:
            batch.unchanged.append(item.key)
        else:
            sent.append(item if before is None else replace(item, raw=item.again))
        met |= {item.key} - {""}
    if sent:
        received = channels.receive(plan.silo.id, [item.raw for item in sent], now=now)
        batch.done += _outcomes(sent, received, batch, now=now)
    batch.done.sort(key=lambda row: row.number)
    return batch


def _outcomes(sent: Sequence[Item], received: Received, batch: Batch, *, now: datetime) -> Iterator[Done]:
    for position, (item, outcome) in enumerate(zip(sent, received.items, strict=True)):
        what = RowOutcome(int(outcome.outcome))
        made = what in {RowOutcome.ACCEPTED, RowOutcome.EDIT}
        if what is not RowOutcome.PARKED:
            batch.delivered[item.key] = item.content
        yield Done(
            item.number,
            what,
            item_id=received.first_id + position if made else None,
            item_key=documents.raw_hash(item.raw) if what is RowOutcome.PARKED else outcome.external_id,
            mark=documents.read(item.raw, now=now).content if what is RowOutcome.EDIT else None,
            code=outcome.code,
            reason=outcome.reason,
        )


class Loop:
    """The worker's loop: reads what is due, and ends between two batches when it is asked to stop."""

    def __init__(self, tick: Tick) -> None:
        self._tick = tick
        self._stopping = False

    def work(self) -> bool:
        """One turn of one silo. True when there may be more to do at once."""
        return work(tick=self._tick, should_stop=lambda: self._stopping)

    def stop(self) -> None:
        """Ask it to end; safe in a signal handler."""
        self._stopping = True
