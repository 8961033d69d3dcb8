"""What an archive may hold, and what a dump is cleaned of."""

import io
import tarfile
from pathlib import Path

import pytest

from midchannel.platform.database import archive


def test_a_dump_is_freed_of_what_only_some_servers_know() -> None:
    script = (
        b"SET statement_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE public.t (a integer);\n"
        b"ALTER TABLE ONLY public.t ALTER COLUMN a SET (pg_attver=30886440);\n"
        b"COPY public.t (a) FROM stdin;\nSET transaction_timeout = 0;\n\\.\n"
    )

    cleaned = b"".join(archive._for_any_server(io.BytesIO(script)))

    assert cleaned == (
        b"SET statement_timeout = 0;\nCREATE TABLE public.t (a integer);\n"
        b"COPY public.t (a) FROM stdin;\nSET transaction_timeout = 0;\n\\.\n"
    )


@pytest.mark.parametrize("name", ["../escape", "files/../../escape", "/etc/passwd", "files/ab/short", "extra"])
def test_an_archive_with_a_strange_member_is_refused(tmp_path: Path, name: str) -> None:
    strange = tmp_path / "strange.tar"
    with tarfile.open(strange, "w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    into = tmp_path / "into"
    into.mkdir()

    with pytest.raises(archive.ArchiveError, match="which no backup of Midchannel holds"):
        archive.unpack(strange, into=into, told=lambda _done, _total: None)

    assert list(into.iterdir()) == []


def test_an_archive_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    newer = tmp_path / "newer.tar"
    body = b'{"format": 99, "program": "9.0", "created_at": "", "files": 0, "has_secret": false}'
    with tarfile.open(newer, "w") as tar:
        member = tarfile.TarInfo("manifest.json")
        member.size = len(body)
        tar.addfile(member, io.BytesIO(body))

    with pytest.raises(archive.ArchiveError, match=r"made by a newer Midchannel \(9\.0\)"):
        archive.read_manifest(newer)
