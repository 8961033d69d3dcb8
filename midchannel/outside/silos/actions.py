"""The only writes of this room: silos are opened, changed, asked to be read, and remember what was read."""

import re
import unicodedata
from collections.abc import Mapping as Values
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import registry
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos.errors import SiloBusyError, SiloClosedError, SiloNotFoundError
from midchannel.outside.silos.mapping import Mapping
from midchannel.outside.silos.models import Silo, SiloRow, SiloRun
from midchannel.outside.silos.port import Mark
from midchannel.outside.silos.readers import READERS
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import array, execute, fetch
from midchannel.platform.errors import InvalidError
from midchannel.platform.imports import actions as imports

WAKE = "silos"
EVERY_MINUTES = (None, 5, 15, 60, 360, 1440, 10_080)
RECORD_KINDS = ("business", "third-party")
MAX_EXPIRES_DAYS = 3650
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
PERMANENT_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a silo's data may be used for: how far it is trusted (0 to 100), on what basis it is held, and for how long.

    `record_kind` "third-party" is what was bought or given by others; then it has to expire.
    """

    record_kind: str = "business"
    trust: int = 80
    lawful_basis: str = ""
    expires_days: int | None = None


def system_of(name: str) -> str:
    """A business system's name as part of a network: small letters, digits and dashes. Raises InvalidError."""
    apart = unicodedata.normalize("NFKD", name.strip().casefold())
    plain = re.sub(r"[^a-z0-9]+", "-", "".join(each for each in apart if not unicodedata.combining(each))).strip("-")
    if not 1 <= len(plain) <= 40:
        raise InvalidError(_("Name the business system in 1 to 40 letters or digits, such as shop or erp."), "system")
    return plain


@transaction.atomic
def open_silo(
    *,
    name: str,
    system: str,
    reader: str,
    purpose: str = "",
    config: Values[str, object],
    secrets: Values[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> int:
    """Connect a business system; returns the id of its channel. It is read only once it is mapped. Raises InvalidError, NameTakenError."""
    if reader not in READERS:
        raise InvalidError(_("There is no such kind of business system."), "reader")
    plain = system_of(system)
    channel_id = channels.open_channel(
        network=f"{registry.SILO}{plain}",
        name=name,
        purpose=purpose,
        config={**config, "reader": reader},
        secrets=secrets,
        by=by,
        now=now,
    )
    Silo.objects.create(channel_id=channel_id, reader=reader, system=plain)
    audit.record(by, "silo.open", object_type="channel", object_id=channel_id, now=now, reader=reader)
    return channel_id


@transaction.atomic
def change_connection(
    channel_id: int,
    *,
    name: str | None = None,
    purpose: str | None = None,
    config: Values[str, object] | None = None,
    secrets: Values[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Change how it is reached. Where another file, query or database is read, the next run reads all of it, and one under way ends."""
    silo = _locked(channel_id)
    before = dict(channels.settings_of(channel_id).config)
    after = {**config, "reader": silo.reader} if config is not None else before
    channels.change_settings(channel_id, by=by, now=now, name=name, purpose=purpose, config=after, secrets=secrets)
    if after != before:
        _begin_anew(silo, now=now)


@transaction.atomic
def change_mapping(channel_id: int, mapping: Mapping, *, columns: Sequence[str], by: Actor, now: datetime) -> None:
    """Say how rows are read; the next run reads all, and delivers what says something else now. Raises BadMappingError, SiloBusyError."""
    mappings.check(mapping, columns)
    silo = _locked(channel_id)
    if silo.run_id is not None:
        raise SiloBusyError
    kept = msgspec.to_builtins(mapping)
    if kept == silo.mapping:
        return
    silo.mapping = kept
    silo.save(update_fields=["mapping"])
    channels.keep_cursor(channel_id, {})
    audit.record(by, "silo.map", object_type="channel", object_id=channel_id, now=now, kind=mapping.kind)


@transaction.atomic
def change_terms(channel_id: int, terms: Terms, *, by: Actor, now: datetime) -> None:
    """Say what its data may be used for. The next run reads all, so that the records say so; one under way ends. Raises InvalidError."""
    if terms.record_kind not in RECORD_KINDS:
        raise InvalidError(_("Choose whether the data are the company's own or a third party's."), "record_kind")
    if not 0 <= terms.trust <= 100:
        raise InvalidError(_("Give the trust as a number from 0 to 100."), "trust")
    if terms.record_kind == "third-party" and terms.expires_days is None:
        raise InvalidError(_("What comes from a third party has to expire: say after how many days."), "expires_days")
    if terms.expires_days is not None and not 1 <= terms.expires_days <= MAX_EXPIRES_DAYS:
        raise InvalidError(_("Give the days until expiry as a number from 1 to 3650, or none."), "expires_days")
    silo = _locked(channel_id)
    before = Terms(silo.record_kind, silo.trust, silo.lawful_basis, silo.expires_days)
    if terms == before:
        return
    silo.record_kind, silo.trust, silo.lawful_basis = terms.record_kind, terms.trust, terms.lawful_basis.strip()[:200]
    silo.expires_days = terms.expires_days
    silo.save(update_fields=["record_kind", "trust", "lawful_basis", "expires_days"])
    _begin_anew(silo, now=now)
    audit.record(
        by,
        "silo.terms",
        object_type="channel",
        object_id=channel_id,
        now=now,
        trust=terms.trust,
        kind=terms.record_kind,
    )


@transaction.atomic
def change_schedule(channel_id: int, every_minutes: int | None, *, by: Actor, now: datetime) -> None:
    """Read it every so often, or only by hand (None). The first scheduled run is due one interval from now. Raises InvalidError."""
    if every_minutes not in EVERY_MINUTES:
        raise InvalidError(_("Choose one of the intervals."), "every_minutes")
    silo = _locked(channel_id)
    if silo.every_minutes == every_minutes:
        return
    silo.every_minutes = every_minutes
    if silo.run_id is None:
        silo.due_at = now + timedelta(minutes=every_minutes) if every_minutes and silo.mapping else None
    silo.save(update_fields=["every_minutes", "due_at"])
    audit.record(by, "silo.schedule", object_type="channel", object_id=channel_id, now=now, every_minutes=every_minutes)


@transaction.atomic
def ask_to_read(channel_id: int, *, by: Actor, now: datetime, is_full: bool = False) -> None:
    """Read it now, or go on now with a run that waits; `is_full` reads all again. Raises SiloClosedError, InvalidError."""
    silo = _readable(channel_id, is_full=is_full)
    silo.due_at, silo.failures = now, 0
    silo.asked_by_name, silo.asked_by_user_id = by.name, by.user_id
    silo.save(update_fields=["due_at", "failures", "asked_by_name", "asked_by_user_id"])
    audit.record(by, "silo.read", object_type="channel", object_id=channel_id, now=now, is_full=is_full)
    execute("SELECT pg_notify(%s, '')", [WAKE])


@transaction.atomic
def be_readable(channel_id: int, *, is_full: bool = False) -> None:
    """Check that it can be read by whoever asks, here and now; `is_full` all again. Raises SiloClosedError, InvalidError."""
    _readable(channel_id, is_full=is_full)


def _readable(channel_id: int, *, is_full: bool) -> Silo:
    silo = _locked(channel_id)
    if not silo.mapping:
        raise InvalidError(_("Say first what its columns mean."), "mapping")
    if not fetch("SELECT 1 FROM channel WHERE id = %s AND health IN ('ok', 'failing')", [channel_id]):
        raise SiloClosedError
    if is_full and silo.run_id is None:
        channels.keep_cursor(channel_id, {})
    return silo


@transaction.atomic
def take_up(channel_id: int, *, now: datetime) -> None:
    """After a pause: a run that waits, or a schedule, goes on now."""
    silo = _locked(channel_id)
    if silo.mapping and (silo.run_id is not None or silo.every_minutes):
        silo.due_at, silo.failures = now, 0
        silo.save(update_fields=["due_at", "failures"])


@transaction.atomic
def begin_run(channel_id: int, run_id: int, *, since: Mark, is_full: bool, now: datetime) -> None:
    """A run is under way from now on, until it is finished or stopped; whoever began it, the worker goes on with it."""
    silo = _locked(channel_id)
    silo.run_id, silo.due_at = run_id, silo.due_at or now
    silo.save(update_fields=["run_id", "due_at"])
    SiloRun.objects.create(run_id=run_id, channel_id=channel_id, since=since, is_full=is_full)


def hold_run(run_id: int) -> SiloRun:
    """Lock a run until the transaction ends. Raises SiloRun.DoesNotExist when it was forgotten."""
    return SiloRun.objects.select_for_update().get(pk=run_id)


def note_batch(run_id: int, *, items: int, unchanged: int, reached: Mark) -> None:
    """So many more items were read, so many of them unchanged, and the run goes on behind `reached`. In the caller's transaction."""
    execute(
        "UPDATE silo_run SET items = items + %s, unchanged = unchanged + %s, reached = %s, reason = '' WHERE run_id = %s",
        [items, unchanged, msgspec.json.encode(reached).decode(), run_id],
    )


@transaction.atomic
def finish_run(channel_id: int, run_id: int, *, cursor: Mark, is_full: bool, now: datetime) -> bool:
    """All was read: the next run begins at `cursor`, when it is due. What a full run did not meet is counted as missing.

    False when the run was stopped or taken back meanwhile: then the next one begins where this one did.
    """
    silo = _locked(channel_id)
    if silo.run_id != run_id:
        return False
    channels.keep_cursor(channel_id, cursor)
    missing = _count_missing(channel_id, run_id) if is_full else None
    # The mark names a row: it is not needed any more.
    SiloRun.objects.filter(pk=run_id).update(missing=missing, is_full=is_full, reason="", reached={})
    silo.run_id, silo.failures, silo.touched_at = None, 0, now
    silo.asked_by_name, silo.asked_by_user_id = "", None
    silo.due_at = now + timedelta(minutes=silo.every_minutes) if silo.every_minutes else None
    silo.save()
    return True


def _count_missing(channel_id: int, run_id: int) -> int:
    rows = fetch(
        "SELECT count(*) FROM (SELECT key FROM silo_row WHERE channel_id = %s GROUP BY key HAVING max(seen_run_id) < %s) AS gone",
        [channel_id, run_id],
    )
    return int(rows[0][0])


@transaction.atomic
def put_off(channel_id: int, *, reason: str, permanent: bool, now: datetime) -> None:
    """It could not be read: what was read is kept, and it is tried again, more and more rarely."""
    silo = _locked(channel_id)
    silo.failures = min(silo.failures + 1, 1000)
    pause = min(FIRST_PAUSE * 2 ** min(silo.failures - 1, 10), LONGEST_PAUSE)
    silo.due_at = now + (max(pause, PERMANENT_PAUSE) if permanent else pause)
    silo.touched_at = now
    silo.save(update_fields=["failures", "due_at", "touched_at"])
    if silo.run_id is not None:
        SiloRun.objects.filter(pk=silo.run_id).update(reason=reason[:2000])


def pass_on(channel_id: int, *, now: datetime) -> None:
    """It has had its turn; others are read before it goes on."""
    Silo.objects.filter(pk=channel_id).update(touched_at=now)


@transaction.atomic
def stop_run(channel_id: int, *, by: Actor, now: datetime) -> int | None:
    """End the run under way where it is; what it brought stays. Returns it. The next one begins where this one did."""
    silo = _locked(channel_id)
    run_id = silo.run_id
    if run_id is not None:
        SiloRun.objects.filter(pk=run_id).update(is_stopped=True)
        silo.run_id = None
        silo.due_at = now + timedelta(minutes=silo.every_minutes) if silo.every_minutes else None
        silo.save(update_fields=["run_id", "due_at"])
        audit.record(by, "silo.stop", object_type="channel", object_id=channel_id, now=now, run_id=run_id)
    return run_id


def note_stopped(run_id: int, *, reason: str) -> None:
    """A run ended before all was read, and why."""
    SiloRun.objects.filter(pk=run_id).update(is_stopped=True, reason=reason[:2000])


def hex_of(key: str) -> str:
    """A row's key as it is kept, 32 hexadecimal digits."""
    return blake2b(key.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """What was delivered last under a key, and the last run that met it."""

    content: int
    seen_run_id: int


def know_rows(channel_id: int, keys: Sequence[str]) -> dict[str, Known]:
    """What is known of some keys (of `hex_of`). Part of a run's transaction."""
    rows = fetch(
        "SELECT DISTINCT ON (key) replace(key::text, '-', ''), content, seen_run_id FROM silo_row"
        " WHERE channel_id = %s AND key = ANY(%s::uuid[]) ORDER BY key, run_id DESC",
        [channel_id, array(keys)],
    )
    return {key: Known(content, seen) for key, content, seen in rows}


def keep_rows(channel_id: int, run_id: int, delivered: Values[str, int], unchanged: Sequence[str]) -> None:
    """Remember what a run delivered, by key, and what it met unchanged. In the caller's transaction."""
    ordered = sorted(delivered)
    if ordered:
        execute(
            "INSERT INTO silo_row (channel_id, key, run_id, content, seen_run_id)"
            " SELECT %s, n.key, %s, n.content, %s FROM unnest(%s::uuid[], %s::bigint[]) AS n(key, content)"
            " ON CONFLICT (channel_id, key, run_id) DO UPDATE SET content = excluded.content, seen_run_id = excluded.seen_run_id",
            [channel_id, run_id, run_id, array(ordered), array(delivered[key] for key in ordered)],
        )
    if unchanged:
        execute(
            "UPDATE silo_row SET seen_run_id = %s WHERE channel_id = %s AND key = ANY(%s::uuid[]) AND seen_run_id < %s",
            [run_id, channel_id, array(sorted(unchanged)), run_id],
        )


def forget_rows(channel_id: int, run_id: int, *, brought: Sequence[str], changed: Sequence[str]) -> None:
    """A run was taken back: what it changed is as it was before, what it brought is not known any more. Keys of `hex_of`."""
    execute(
        "DELETE FROM silo_row WHERE channel_id = %s AND key = ANY(%s::uuid[])", [channel_id, array(sorted(brought))]
    )
    execute(
        "DELETE FROM silo_row WHERE channel_id = %s AND run_id = %s AND key = ANY(%s::uuid[])",
        [channel_id, run_id, array(sorted(changed))],
    )


@transaction.atomic
def rewind(channel_id: int, run_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Before a run is taken back: it ends, the next one begins where it began, and none begins by itself (it would bring all back)."""
    silo = Silo.objects.select_for_update().filter(pk=channel_id).first()
    run = SiloRun.objects.filter(pk=run_id).first()
    if silo is None or run is None:
        return
    if silo.run_id == run_id:
        SiloRun.objects.filter(pk=run_id).update(is_stopped=True)
        silo.run_id = None
    elif silo.run_id is not None:
        raise SiloBusyError
    silo.due_at = None
    silo.save(update_fields=["run_id", "due_at"])
    channels.keep_cursor(channel_id, run.since)
    channels.pause(channel_id, by=by, now=now, reason=reason)


def _begin_anew(silo: Silo, *, now: datetime) -> None:
    """The next run reads all. One under way has read by what is no longer so: it ends, what it brought stays, and the next one is due."""
    channels.keep_cursor(silo.pk, {})
    if silo.run_id is not None:
        SiloRun.objects.filter(pk=silo.run_id).update(is_stopped=True)
        imports.finish(silo.run_id, now=now)
        silo.run_id, silo.due_at = None, now
        silo.save(update_fields=["run_id", "due_at"])


def delete_rows_of(channel_ids: Sequence[int]) -> None:
    """Forget what was read through some silos, for their removal. In the caller's transaction."""
    SiloRow.objects.filter(channel_id__in=channel_ids).delete()


def _locked(channel_id: int) -> Silo:
    silo = Silo.objects.select_for_update().filter(pk=channel_id).first()
    if silo is None:
        raise SiloNotFoundError
    return silo
