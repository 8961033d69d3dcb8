"""Silos by people: connect a business system, say what its columns mean and what its data may be used for, when it is read."""

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Health
from midchannel.outside.channels.port import Settings
from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import queries as silo_queries
from midchannel.outside.silos.errors import MayNotOpenSilosError, SourceError
from midchannel.outside.silos.mapping import Mapping as ColumnMapping
from midchannel.outside.silos.port import Look
from midchannel.outside.silos.readers import files, get_reader
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit import actions as audit
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import InvalidError
from midchannel.platform.imports import actions as imports
from midchannel.usecases import undo_import

TERMINAL = Actor("terminal")
MAX_UPLOAD_BYTES = 2_000_000_000
NAME = re.compile(r"[^\w.\- ]+")


def actor_of(viewer: Viewer | None) -> Actor:
    """Who acts; `viewer` None is the terminal. Raises MayNotOpenSilosError for who is no administrator."""
    if viewer is not None and not viewer.is_administrator:
        raise MayNotOpenSilosError
    return viewer.actor if viewer else TERMINAL


def open_silo(
    viewer: Viewer | None,
    *,
    name: str,
    system: str,
    reader: str,
    purpose: str = "",
    config: Mapping[str, object],
    secrets: Mapping[str, str] | None = None,
    now: datetime,
) -> int:
    """Connect a business system; returns the silo's id. Nothing is read before its columns are mapped."""
    return silos.open_silo(
        name=name,
        system=system,
        reader=reader,
        purpose=purpose,
        config=config,
        secrets=secrets,
        by=actor_of(viewer),
        now=now,
    )


def check(reader: str, *, config: Mapping[str, object], secrets: Mapping[str, str], kind: str = "") -> list[str]:
    """Try a connection that is being filled in: what is wrong, in words with the remedy."""
    settings = Settings(0, "", "", dict(config), dict(secrets))
    try:
        return get_reader(reader).check(settings, kind=kind or mappings.CUSTOMERS)
    except SourceError as error:
        return [error.reason]


def look(viewer: Viewer | None, silo_id: int, *, kind: str) -> Look:
    """The columns and first rows of a silo's source. Raises SourceError."""
    actor_of(viewer)
    silo = silo_queries.get_silo(viewer, silo_id)
    return get_reader(silo.reader).look(channels.settings_of(silo_id), kind=kind)


def map_columns(viewer: Viewer | None, silo_id: int, mapping: ColumnMapping, *, now: datetime) -> None:
    """Say what the columns mean. Raises BadMappingError, SiloBusyError, SourceError."""
    by = actor_of(viewer)
    columns = [column.name for column in look(viewer, silo_id, kind=mapping.kind).columns]
    silos.change_mapping(silo_id, mapping, columns=columns, by=by, now=now)


@transaction.atomic
def agree(viewer: Viewer | None, silo_id: int, terms: silos.Terms, *, every_minutes: int | None, now: datetime) -> None:
    """What its data may be used for, and when it is read."""
    by = actor_of(viewer)
    silos.change_terms(silo_id, terms, by=by, now=now)
    silos.change_schedule(silo_id, every_minutes, by=by, now=now)


def read_now(viewer: Viewer | None, silo_id: int, *, now: datetime, is_full: bool = False) -> None:
    """Ask the worker to read it now."""
    silos.ask_to_read(silo_id, by=actor_of(viewer), now=now, is_full=is_full)


@transaction.atomic
def stop(viewer: Viewer | None, silo_id: int, *, now: datetime) -> None:
    """End the run under way between two batches. What it brought stays, and can be taken back."""
    run_id = silos.stop_run(silo_id, by=actor_of(viewer), now=now)
    if run_id is not None:
        imports.finish(run_id, now=now)


def resume(viewer: Viewer | None, silo_id: int, *, now: datetime) -> None:
    """Read it again after a pause, as its schedule says."""
    by = actor_of(viewer)
    channels.resume(silo_id, by=by, now=now)
    silos.take_up(silo_id, now=now)


def pause(viewer: Viewer | None, silo_id: int, *, now: datetime) -> None:
    """Read nothing until it is resumed; a run under way waits."""
    channels.pause(silo_id, by=actor_of(viewer), now=now)


def close(viewer: Viewer | None, silo_id: int, *, now: datetime) -> None:
    """Read nothing ever again. What came stays, and can be taken back."""
    by = actor_of(viewer)
    stop(viewer, silo_id, now=now)
    channels.close(silo_id, by=by, now=now)


def take_back(viewer: Viewer | None, run_id: int, *, now: datetime) -> None:
    """Have exactly what a run brought taken back, by the worker. Raises SiloNotFoundError, SiloBusyError."""
    by = actor_of(viewer)
    silo_queries.get_run(viewer, run_id)
    undo_import.ask(run_id, by=by, now=now)


def try_again(viewer: Viewer | None, silo_id: int, *, now: datetime) -> list[str]:
    """Try the connection as it is kept; its health says what came of it."""
    actor_of(viewer)
    silo = silo_queries.get_silo(viewer, silo_id)
    kind = silo.mapping.kind if silo.mapping else mappings.CUSTOMERS
    try:
        problems = get_reader(silo.reader).check(channels.settings_of(silo_id), kind=kind)
    except SourceError as error:
        problems = [error.reason]
    if silo.health in {Health.OK, Health.FAILING}:
        health, reason = (Health.FAILING, problems[0]) if problems else (Health.OK, "")
        channels.set_health(silo_id, health, reason=reason, now=now)
    return problems


def keep_file(viewer: Viewer | None, name: str, chunks: Iterable[bytes], *, now: datetime) -> str:
    """Put a file where silos are read from; returns its name there. A file of this name is replaced, whole or not at all.

    Raises InvalidError when it is of no kind that can be read, empty or too large.
    """
    by = actor_of(viewer)
    plain = NAME.sub("-", Path(name.replace("\\", "/")).name).strip(" .-")[:150]
    if not plain or not files.format_of(plain):
        raise InvalidError(_("Give a CSV, Parquet or vCard file; its name ends in .csv, .parquet or .vcf."), "upload")
    folder, size = files.folder(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".upload-", delete=False) as temporary:
        place = Path(temporary.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_UPLOAD_BYTES:
                    raise InvalidError(
                        _("The file is too large. Put it into the data folder's `silos` instead."), "upload"
                    )
                temporary.write(chunk)
            temporary.flush()
            os.fsync(temporary.fileno())
            if not size:
                raise InvalidError(_("The file is empty."), "upload")
            place.rename(folder / plain)
        finally:
            place.unlink(missing_ok=True)
    audit.record(by, "silo.upload", object_type="silo_file", object_id=0, now=now, size_bytes=size)
    return plain
