"""Files in the data folder's `silos`: CSV, Parquet and vCard. Uploads lie there, and whatever another system leaves there each night."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

from django.conf import settings as installation

from midchannel.outside.channels.port import Settings
from midchannel.outside.silos.errors import SourceChangedError, SourceError
from midchannel.outside.silos.port import Asked, Column, Look, Mark, Reading, Row
from midchannel.outside.silos.readers import cards, samples
from midchannel.platform.imports import reading

FORMATS = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".vcf", ".vcard"), "vcard"),
}
SAMPLE_ROWS = 20
PARQUET_BATCH = 1000
HIDDEN = re.compile(r"^\.")


def folder() -> Path:
    """Where files to be read lie."""
    path = Path(installation.DATA) / "silos"
    path.mkdir(parents=True, exist_ok=True)
    return path


def list_files() -> list[str]:
    """The names of the files that could be read, the newest first."""
    found = [path for path in folder().iterdir() if path.is_file() and format_of(path.name) and path.name[0] != "."]
    return [path.name for path in sorted(found, key=lambda path: -path.stat().st_mtime)][:500]


def format_of(name: str) -> str:
    """csv, parquet or vcard by the file's name; empty when it is none of these."""
    return FORMATS.get(Path(name).suffix.lower(), "")


def path_of(settings: Settings) -> Path:
    """The file a silo reads, which lies directly in the folder and nowhere else. Raises SourceError."""
    name = str(settings.config.get("file", ""))
    path = folder() / name
    if not name or Path(name).name != name or HIDDEN.match(name) or path.is_symlink():
        raise SourceError("Choose a file that lies directly in the data folder's `silos`.", permanent=True)
    if not path.is_file():
        raise SourceError(f"There is no file {name} in {folder()}. Put it there, or choose another one.")
    if not format_of(name):
        raise SourceError(f"{name} is no CSV, Parquet or vCard file by its name.", permanent=True)
    return path


class FileReader:
    """A file, read whole whenever it has changed."""

    name = "file"

    def check(self, settings: Settings, *, kind: str) -> list[str]:
        """Whether the file is there and can be opened."""
        try:
            found = self.look(settings, kind=kind)
        except SourceError as error:
            return [error.reason]
        return [] if found.columns else [f"{path_of(settings).name} has no columns; is it empty?"]

    def look(self, settings: Settings, *, kind: str) -> Look:
        """The columns, and the first rows."""
        del kind
        path = path_of(settings)
        rows = [row.values for row in itertools.islice(_rows(path, settings, {}), SAMPLE_ROWS) if not row.refused]
        names = _columns(path, settings)
        shown = tuple(Column(name, samples.of(rows, name)) for name in names)
        return Look(shown, tuple(rows), _count(path))

    def read(self, settings: Settings, asked: Asked) -> Reading:
        """All rows of a file that is another one than last time."""
        path = path_of(settings)
        seen = _seen(path)
        known = asked.after if asked.after.get("seen") == seen else {}
        fingerprint = known.get("file") or reading.fingerprint(path)
        if asked.since.get("file") == fingerprint and not asked.after:
            return Reading(iter(()), cursor=dict(asked.since), is_full=False, total=0)
        if asked.after and asked.after.get("file") != fingerprint:
            raise SourceChangedError(
                f"{path.name} was replaced while it was read. What was read is kept; it is read anew."
            )
        total = known.get("total") or _count(path)
        mark = {"file": fingerprint, "seen": seen, "total": total}
        return Reading(_marked(_rows(path, settings, asked.after), mark), cursor={"file": fingerprint}, total=total)


def _marked(rows: Iterator[Row], mark: Mark) -> Iterator[Row]:
    """Each row with where to go on behind it: the last place that was told, and how many rows are done."""
    for row in rows:
        mark = {**mark, **row.mark, "row": row.number}
        yield Row(row.number, row.values, mark, row.refused)


def _seen(path: Path) -> list[int]:
    """What a file looks like from outside: while that is the same, its bytes are not looked through again."""
    stat = path.stat()
    return [stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns]


def _form(settings: Settings) -> tuple[str, str]:
    return str(settings.config.get("encoding", "")), str(settings.config.get("delimiter", ""))


def _columns(path: Path, settings: Settings) -> list[str]:
    match format_of(path.name):
        case "csv":
            return _header(path, *_form(settings))
        case "vcard":
            return list(cards.COLUMNS)
        case _:
            return list(_parquet(path).schema_arrow.names)


def _header(path: Path, encoding: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in reading.header_of(path, encoding=encoding, delimiter=delimiter)]
    except LookupError as error:
        raise SourceError(f"There is no encoding {encoding[:40]!r}.", permanent=True) from error


def _rows(path: Path, settings: Settings, after: Mark) -> Iterator[Row]:
    """The rows behind a mark."""
    skip = int(after.get("row", 0))
    match format_of(path.name):
        case "csv":
            behind = reading.Place(*after["place"]) if "place" in after else None
            return _csv_rows(path, settings, skip, behind)
        case "vcard":
            return cards.read(path, encoding=_form(settings)[0], skip=skip)
        case _:
            return _parquet_rows(path, skip)


def _csv_rows(path: Path, settings: Settings, skip: int, behind: reading.Place | None) -> Iterator[Row]:
    encoding, delimiter = _form(settings)
    encoding = behind.encoding if behind else encoding or reading.encoding_of(path)
    header = _header(path, encoding, delimiter)
    doubled = {name for name in header if name and header.count(name) > 1}
    if doubled:
        names = ", ".join(sorted(doubled))[:200]
        raise SourceError(f"Two columns have one name ({names}). Rename one in the file.", permanent=True)
    try:
        for record in reading.read(path, "csv", skip=skip, behind=behind, encoding=encoding, delimiter=delimiter):
            row = _csv_row(record, len(header))
            yield replace(row, mark={"place": list(astuple(record.place))}) if record.place else row
    except UnicodeError as error:
        raise SourceError(
            f"{path.name} is not written in {encoding}: {error}. Choose another one.",
            permanent=True,
        ) from error


def _csv_row(record: reading.Record, width: int) -> Row:
    if record.refused:
        return Row(record.number, refused=record.refused)
    if len(record.fields) < width and width > 1:
        said = f"{len(record.fields)} of {width} columns: is the file cut off here, or a line break not in quotation marks?"
        return Row(record.number, refused=said)
    values = {name.strip(): value for name, value in record.fields.items()}
    broken = [name for name, value in values.items() if "\N{REPLACEMENT CHARACTER}" in value]
    if broken:
        said = f"{broken[0][:40]!r} cannot be read in this encoding: choose the file's encoding, such as cp1252"
        return Row(record.number, refused=said)
    return Row(record.number, values)


def _parquet(path: Path) -> Any:
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            f"{path.name} is not a whole Parquet file ({str(error)[:200]}). Was its copying interrupted?",
            permanent=True,
        ) from error


def _parquet_rows(path: Path, skip: int) -> Iterator[Row]:
    import pyarrow

    number = 0
    try:
        for batch in _parquet(path).iter_batches(batch_size=PARQUET_BATCH):
            done = min(max(skip - number, 0), batch.num_rows)
            number += done
            for values in batch.slice(done).to_pylist():
                number += 1
                yield Row(number, values)
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            f"{path.name} breaks off behind row {number:,} ({str(error)[:200]}).", permanent=True
        ) from error


def _count(path: Path) -> int:
    match format_of(path.name):
        case "csv":
            return max(reading.count_roughly(path, "csv") - 1 - _ends_in_a_line(path), 0)
        case "vcard":
            return cards.count(path)
        case _:
            return int(_parquet(path).metadata.num_rows)


def _ends_in_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - 2, 0))
        return b"\n" in file.read()
