"""Import: a file's rows arrive as everything else does, in batches that are whole or not at all.

Every row's outcome is kept, and a run can be taken back.

`tick` gives the present moment, batch after batch: ids carry it, so it must move on.
"""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import documents, registry, tables
from midchannel.outside.channels.actions import Received
from midchannel.outside.channels.models import Channel
from midchannel.outside.channels.port import FileReader, NetworkError
from midchannel.outside.channels.vocabulary import encode
from midchannel.platform.audit.actions import Actor
from midchannel.platform.errors import ConflictError, InvalidError, NotFoundError
from midchannel.platform.imports import actions as imports
from midchannel.platform.imports import reading
from midchannel.platform.imports.actions import Done
from midchannel.platform.imports.models import RowOutcome, State
from midchannel.platform.imports.reading import Record
from midchannel.usecases import arrive

BATCH = 1000
TERMINAL = Actor("terminal")
Tick = Callable[[], datetime]
Tell = Callable[[int, int], None]


class NoSuchFileError(NotFoundError):
    """There is no such file, or it cannot be read."""


class NoSuchChannelError(NotFoundError):
    """There is no open channel of this name."""


class OtherFormatError(InvalidError):
    """This file does not fit this channel."""


class AlreadyRunningError(ConflictError):
    """Another process imports this file at this moment. Wait until it is done; what it has done is kept."""


class BeingTakenBackError(ConflictError):
    """This import was taken back while it ran. Import the file again when that is done."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file and where it goes: what turns its rows into documents."""

    path: Path
    format: str
    channel_id: int
    channel_name: str
    plan: tables.Plan | None = None
    mail: Callable[[bytes], bytes] | None = None
    options: dict[str, object] = field(default_factory=dict)

    def read(self, skip: int = 0) -> Iterator[Record]:
        """The rows behind the first `skip`."""
        encoding, delimiter = (self.plan.encoding, self.plan.delimiter) if self.plan else ("", "")
        return reading.read(self.path, self.format, skip=skip, encoding=encoding, delimiter=delimiter)


@dataclass(frozen=True, slots=True)
class Item:
    """A row and the document it makes, or why it makes none."""

    number: int
    raw: bytes = b""
    refused: str = ""


def prepare(path: Path, *, channel: str, mapping: str = "") -> Source:
    """Look at a file and a channel before anything is written. `mapping` is the text of a mapping file.

    Raises NoSuchFileError, NoSuchChannelError, OtherFormatError, MappingError.
    """
    if not path.is_file():
        raise NoSuchFileError(f"{path}: there is no such file.")
    found = Channel.objects.filter(name=channel, closed_at=None).first()
    if found is None:
        names = ", ".join(Channel.objects.filter(closed_at=None).order_by("name").values_list("name", flat=True)[:20])
        raise NoSuchChannelError(
            f"There is no open channel {channel!r}. There are: {names or 'none'}. `midchannel channel add` opens one."
        )
    _refuse_other_forms(path)
    source = Source(path, reading.format_of(path), found.pk, channel)
    if source.format == "csv":
        encoding, delimiter = tables.file_form_of(mapping)
        header = reading.header_of(path, encoding=encoding, delimiter=delimiter)
        plan = tables.plan_for(header, mapping)
        return replace(source, plan=plan, options={"mapping": mapping} if mapping else {})
    if mapping:
        raise OtherFormatError("A mapping file is for CSV files; this one needs none.", "mapping")
    return replace(source, mail=_mail_reader(found)) if source.format == "mbox" else source


def _refuse_other_forms(path: Path) -> None:
    """Files of which every row would be parked, and what to do instead. Raises OtherFormatError."""
    with path.open("rb") as file:
        begin = file.read(64).removeprefix(codecs.BOM_UTF8).lstrip()
    if begin.startswith(b"PK\x03\x04"):
        raise OtherFormatError(f"{path.name} is a spreadsheet or an archive. Save it as CSV, or unpack it.", "file")
    if begin.startswith(b"[") and reading.format_of(path) == "jsonl":
        raise OtherFormatError(
            f"{path.name} is one JSON array. Write one document a line: jq -c '.[]' {path.name} > rows.jsonl", "file"
        )


def _mail_reader(channel: Channel) -> Callable[[bytes], bytes]:
    adapter = registry.get_adapter(channel.network)
    if not isinstance(adapter, FileReader):
        raise OtherFormatError(
            f"Mails go into an e-mail channel, and {channel.name!r} is none. Open one: `midchannel channel add email`.",
            "channel",
        )
    settings = channels.settings_of(channel.pk)
    try:
        adapter.read_file(settings, b"")
    except NetworkError as error:
        raise OtherFormatError(error.reason, "channel") from error
    return lambda raw: adapter.read_file(settings, raw)


def run(source: Source, *, tick: Tick, by: Actor = TERMINAL, tell: Tell = lambda _done, _total: None) -> int:
    """Import; returns the run's id. Interrupted, it is resumed by the same call: what is done is not done again. Bad rows never stop it."""
    run_id, done = imports.begin(
        name=source.path.name,
        fingerprint=reading.fingerprint(source.path),
        format_=source.format,
        options=source.options,
        target_type="channel",
        target_id=source.channel_id,
        by=by,
        now=tick(),
    )
    total = reading.count_roughly(source.path, source.format)
    for records in _batches(source.read(skip=done)):
        now = tick()
        with transaction.atomic():
            held = imports.hold(run_id)
            if held.state != State.RUNNING:
                raise BeingTakenBackError
            if held.rows != done:
                raise AlreadyRunningError
            done = records[-1].number
            imports.keep(run_id, _deliver(source, records, now=now), position=done)
        arrive.apply_waiting(now=now)
        tell(done, max(total, done))
    imports.finish(run_id, now=tick())
    while arrive.apply_waiting(now=tick()):
        pass
    return run_id


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, BATCH)):
        yield batch


def _item_of(source: Source, record: Record) -> Item:
    if record.refused:
        return Item(record.number, refused=record.refused)
    if source.mail is not None:
        return Item(record.number, raw=source.mail(record.raw))
    if source.plan is None:
        return Item(record.number, raw=record.raw)
    try:
        return Item(record.number, raw=encode(tables.document_of(record.fields, source.plan)))
    except tables.RowError as error:
        return Item(record.number, refused=str(error))


def _deliver(source: Source, records: Sequence[Record], *, now: datetime) -> list[Done]:
    """Hand a batch to the arrival path, in the caller's transaction; returns what became of its rows."""
    items = [_item_of(source, record) for record in records]
    sent = [item for item in items if not item.refused]
    done = [Done(item.number, RowOutcome.REFUSED, code="row", reason=item.refused) for item in items if item.refused]
    if sent:
        received = channels.receive(source.channel_id, [item.raw for item in sent], now=now)
        done += _outcomes(sent, received, now=now)
    return sorted(done, key=lambda row: row.number)


def _outcomes(sent: Sequence[Item], received: Received, *, now: datetime) -> Iterator[Done]:
    for position, (item, outcome) in enumerate(zip(sent, received.items, strict=True)):
        what = RowOutcome(int(outcome.outcome))
        made = what in {RowOutcome.ACCEPTED, RowOutcome.EDIT}
        yield Done(
            item.number,
            what,
            item_id=received.first_id + position if made else None,
            item_key=documents.raw_hash(item.raw) if what is RowOutcome.PARKED else outcome.external_id,
            mark=documents.read(item.raw, now=now).content if what is RowOutcome.EDIT else None,
            code=outcome.code,
            reason=outcome.reason,
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do: how many rows of each outcome, and the first rows of each, with what they say."""

    counts: dict[RowOutcome, int]
    samples: list["Sample"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of a dry run."""

    number: int
    outcome: RowOutcome
    who: str = ""
    what: str = ""
    reason: str = ""


def try_out(source: Source, *, tick: Tick, samples: int = 20, tell: Tell = lambda _done, _total: None) -> Preview:
    """Do all of it and keep nothing: every batch is delivered in a transaction that is undone."""
    counts = dict.fromkeys(RowOutcome, 0)
    shown: dict[RowOutcome, list[Sample]] = {outcome: [] for outcome in RowOutcome}
    seen: dict[str, set[int]] = {}
    total = reading.count_roughly(source.path, source.format)
    for records in _batches(source.read()):
        now = tick()
        for row, raw in _try_batch(source, records, now=now):
            outcome, sample = _told(row, raw, seen, now=now)
            counts[outcome] += 1
            if len(shown[outcome]) < samples:
                shown[outcome].append(sample)
        tell(records[-1].number, max(total, records[-1].number))
    return Preview(counts, sorted((sample for each in shown.values() for sample in each), key=lambda s: s.number))


def _try_batch(source: Source, records: Sequence[Record], *, now: datetime) -> list[tuple[Done, bytes]]:
    with transaction.atomic():
        rows = _deliver(source, records, now=now)
        raws = {item.number: item.raw for item in (_item_of(source, record) for record in records)}
        transaction.set_rollback(True)
    return [(row, raws[row.number]) for row in rows]


def _told(row: Done, raw: bytes, seen: dict[str, set[int]], *, now: datetime) -> tuple[RowOutcome, Sample]:
    """A row's outcome, knowing what the batches before it (which are undone) would have left."""
    if row.outcome in {RowOutcome.REFUSED, RowOutcome.PARKED}:
        return row.outcome, Sample(row.number, row.outcome, reason=row.reason)
    try:
        envelope = documents.read(raw, now=now)
    except documents.CannotApplyError as error:  # parked before: a duplicate
        return row.outcome, Sample(row.number, row.outcome, reason=error.reason)
    known = seen.setdefault(envelope.external_id, set())
    outcome = row.outcome
    if known and outcome is not RowOutcome.DUPLICATE:
        outcome = RowOutcome.DUPLICATE if envelope.content in known else RowOutcome.EDIT
    known.add(envelope.content)
    return outcome, Sample(row.number, outcome, who=envelope.address, what=envelope.text or envelope.subject)
