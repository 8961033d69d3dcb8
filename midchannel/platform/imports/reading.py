"""Files taken apart into rows, one after the other, however large and however broken they are."""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_ROW_BYTES = 2_000_000
MAX_MAIL_BYTES = 50_000_000
CHUNK = 1 << 20
LONGEST_FROM_LINE = 500
PLACE_EVERY = 500
DELIMITERS = ",;\t|"
FROM_LINE = re.compile(rb"^From \S+.*\d\d:\d\d.*\d{4}|^From [^:\n]*\d{4}\s*$|^From -\s*$|^From \S+@\S+\s*$")
QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)

FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".mbox": "mbox",
    ".mbx": "mbox",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table is gone on with: behind how many rows, how the reader of its text calls that place, and how the text is encoded."""

    rows: int
    at: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its number (1 is the first behind a header), its bytes or its fields, or why it cannot be read.

    Every so many rows of a table also tell the `place` behind them.
    """

    number: int
    raw: bytes = b""
    fields: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    place: Place | None = field(default=None, compare=False)


def fingerprint(path: Path) -> str:
    """What tells this file from another: the hash of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def format_of(path: Path) -> str:
    """By its name, else by how it begins: jsonl, csv or mbox."""
    known = FORMATS.get(path.suffix.lower())
    if known:
        return known
    with path.open("rb") as file:
        begin = file.read(4096).lstrip(codecs.BOM_UTF8).lstrip()
    if begin.startswith(b"{"):
        return "jsonl"
    return "mbox" if begin.startswith(b"From ") else "csv"


def count_roughly(path: Path, format_: str) -> int:
    """About how many rows a file has, for the progress; quick, and never far too few."""
    needle = b"\nFrom " if format_ == "mbox" else b"\n"
    count, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            count += (tail + chunk).count(needle)
            tail = chunk[-len(needle) + 1 :] if len(needle) > 1 else b""
    return count + 1


def read(
    path: Path, format_: str, *, skip: int = 0, behind: Place | None = None, encoding: str = "", delimiter: str = ""
) -> Iterator[Record]:
    """The rows of a file behind the first `skip`; of a table that is the same still, begun at a place it told, not in front of it."""
    if format_ == "csv":
        rows = _read_csv(path, encoding, delimiter, behind)
    elif format_ == "mbox":
        rows = _read_mbox(path)
    else:
        rows = _read_lines(path)
    return (row for row in rows if row.number > skip)


def _read_lines(path: Path) -> Iterator[Record]:
    number = 0
    with path.open("rb") as file:
        while line := file.readline(MAX_ROW_BYTES + 1):
            if len(line) > MAX_ROW_BYTES:
                number += 1
                _skip_line(file)
                yield Record(number, refused=f"the line is longer than {MAX_ROW_BYTES:,} bytes")
                continue
            line = line.removeprefix(codecs.BOM_UTF8).strip() if number == 0 else line.strip()
            if line:
                number += 1
                yield Record(number, raw=line)


def _skip_line(file: io.BufferedReader) -> None:
    while (rest := file.readline(MAX_ROW_BYTES)) and not rest.endswith(b"\n"):
        pass


def encoding_of(path: Path) -> str:
    """UTF-8 when all of it is, UTF-16 when it says so, else Windows' Western European."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        begin = file.read(4)
        if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def header_of(path: Path, *, encoding: str = "", delimiter: str = "") -> list[str]:
    """The first row of a CSV file: the names of its columns."""
    with path.open(encoding=encoding or encoding_of(path), errors="replace", newline="") as file:
        line = file.readline(MAX_ROW_BYTES)
    return next(csv.reader([line], delimiter=delimiter or delimiter_of(line)), [])


def delimiter_of(line: str) -> str:
    """What stands between the names most often."""
    return max(DELIMITERS, key=line.count)


def _read_csv(path: Path, encoding: str, delimiter: str, behind: Place | None) -> Iterator[Record]:
    csv.field_size_limit(MAX_ROW_BYTES)
    encoding = behind.encoding if behind else encoding or encoding_of(path)
    header = header_of(path, encoding=encoding, delimiter=delimiter)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        delimiter = delimiter or delimiter_of(file.readline(MAX_ROW_BYTES))
        number = behind.rows if behind else 0
        if behind:
            file.seek(int(behind.at))
        for row in _rows(csv.reader(_Lines(file), delimiter=delimiter)):
            number += 1
            place = Place(number, str(file.tell()), encoding) if number % PLACE_EVERY == 0 else None
            yield _row_of(number, header, row, place)


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str] | csv.Error]:
    """The rows that are not blank, and what is wrong where one cannot be read. Behind each, the file is at the next one."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield error
        else:
            if any(cell.strip() for cell in row):
                yield row


class _Lines:
    """The lines of a file, never more of one in memory than a row may have: what is longer is an error, and the next one follows."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_ROW_BYTES + 1)
        if not line:
            raise StopIteration
        if len(line) > MAX_ROW_BYTES:
            while line and not line.endswith(("\n", "\r")):
                line = self._file.readline(MAX_ROW_BYTES)
            raise csv.Error(f"the line is longer than {MAX_ROW_BYTES:,} characters")
        return line


def _row_of(number: int, header: list[str], row: list[str] | csv.Error, place: Place | None) -> Record:
    if isinstance(row, csv.Error):
        return Record(number, refused=f"not readable as CSV: {row}", place=place)
    if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
        words = f"{len(row)} columns, and the header names {len(header)}: is a delimiter inside a text not in quotation marks?"
        return Record(number, refused=words, place=place)
    return Record(number, fields=dict(zip(header, row, strict=False)), place=place)


def _read_mbox(path: Path) -> Iterator[Record]:
    number, size = 0, 0
    lines: list[bytes] = []
    begun, follows_blank = False, True
    with path.open("rb") as file:
        while line := file.readline(CHUNK):
            if follows_blank and FROM_LINE.match(line[:LONGEST_FROM_LINE]):
                if begun:
                    number += 1
                    yield _mail_of(number, lines, size)
                begun, lines, size = True, [], 0
            elif begun:
                size += len(line)
                if size <= MAX_MAIL_BYTES:
                    lines.append(line)
            follows_blank = not line.strip()
    if begun:
        yield _mail_of(number + 1, lines, size)


def _mail_of(number: int, lines: list[bytes], size: int) -> Record:
    if size > MAX_MAIL_BYTES:
        return Record(number, refused=f"the mail has {size:,} bytes; at most {MAX_MAIL_BYTES:,} are read")
    return Record(number, raw=QUOTED_FROM.sub(rb"\1", b"".join(lines)))
