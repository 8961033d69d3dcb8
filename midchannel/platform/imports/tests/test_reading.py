"""Files taken apart: whatever is in them, rows come out in order, and nothing stops it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midchannel.platform.imports import reading

FOLDER = tempfile.TemporaryDirectory()
HOSTILE = st.one_of(
    st.binary(max_size=400),
    st.lists(
        st.sampled_from(
            [
                b"From a@b.c Mon Nov  2 10:00:00 2026\n",
                b"\n",
                b'"',
                b",",
                b";",
                b"\r",
                b"\0",
                b"{}",
                b"\xff",
                b"a,b\n",
                b">From x\n",
                b"\xef\xbb\xbf",
                b"\xff\xfe",
            ]
        ),
        max_size=30,
    ).map(b"".join),
)


@pytest.fixture(autouse=True, scope="module")
def folder_goes() -> Iterator[None]:
    """The folder goes with the last test here: a worker of pytest ends without the finalizers of its interpreter."""
    with FOLDER:
        yield


def write(content: bytes, suffix: str) -> Path:
    path = Path(FOLDER.name) / f"file{suffix}"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("format_", ["jsonl", "csv", "mbox"])
@given(content=HOSTILE, skip=st.integers(0, 5))
def test_any_file_gives_rows_in_order_and_goes_on_behind_those_done(format_: str, content: bytes, skip: int) -> None:
    path = write(content, ".bin")

    rows = list(reading.read(path, format_))

    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert list(reading.read(path, format_, skip=skip)) == rows[skip:]
    assert reading.count_roughly(path, format_) >= 1
    assert reading.format_of(path) in {"jsonl", "csv", "mbox"}


@given(
    rows=st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2),
        max_size=8,
    )
)
def test_what_was_written_as_csv_is_read_back(rows: list[list[str]]) -> None:
    import csv
    import io

    written = io.StringIO()
    csv.writer(written).writerows([["first", "second"], *rows])
    path = write(written.getvalue().encode(), ".csv")

    read = [list(row.fields.values()) for row in reading.read(path, "csv")]

    assert read == [row for row in rows if any(cell.strip() for cell in row)]


def test_mails_are_told_apart_and_quoted_lines_come_back() -> None:
    path = write(
        b"From a@b.c Mon Nov  2 10:00:00 2026\nSubject: 1\n\nHello\nFrom here on\n\n>From there\n>>From far\n\n"
        b"From MAILER-DAEMON Mon Nov  2 10:00:00 2026\nSubject: 2\n\nBye\n",
        ".mbox",
    )

    first, second = reading.read(path, reading.format_of(path))

    assert first.raw == b"Subject: 1\n\nHello\nFrom here on\n\nFrom there\n>From far\n\n"
    assert second.raw == b"Subject: 2\n\nBye\n"


@given(content=HOSTILE, codec=st.sampled_from(["", "utf-8-sig", "utf-16", "cp1252", "shift-jis", "gb18030"]))
def test_a_table_goes_on_at_any_place_it_told_as_if_it_had_never_stopped(content: bytes, codec: str) -> None:
    text = 'a,b\n"Ünï\r\ncode, 日本語",2\n\n'
    path = write(text.encode(codec, "replace") + content if codec else content, ".csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "PLACE_EVERY", 1)
        rows = list(reading.read(path, "csv", encoding=codec))

    for row in rows:
        assert row.place
        assert list(reading.read(path, "csv", behind=row.place)) == rows[row.number :]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("caller,note\n1,Müller\n".encode(), "utf-8-sig"),
        ("caller,note\n1,Müller\n".encode("utf-8-sig"), "utf-8-sig"),
        ("caller,note\n1,Müller\n".encode("utf-16"), "utf-16"),
        ("caller;note\n1;Müller\n".encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_and_the_delimiter_are_found(content: bytes, encoding: str) -> None:
    path = write(content, ".csv")

    assert reading.encoding_of(path) == encoding
    assert [row.fields for row in reading.read(path, "csv")] == [{"caller": "1", "note": "Müller"}]


def test_a_line_without_end_and_a_mail_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROW_BYTES", 1000)
    monkeypatch.setattr(reading, "MAX_MAIL_BYTES", 1000)
    lines = write(b"{}\n" + b"x" * 5000 + b"\n{}\n", ".jsonl")
    mails = write(b"From a@b.c Mon Nov  2 10:00:00 2026\n" + b"x" * 5000 + b"\n", ".mbox")

    assert [bool(row.refused) for row in reading.read(lines, "jsonl")] == [False, True, False]
    assert [bool(row.refused) for row in reading.read(mails, "mbox")] == [True]


def test_a_line_of_a_table_without_end_is_refused_unread_and_the_next_one_follows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reading, "MAX_ROW_BYTES", 100)
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1," * 500 + "\n2,3\n")

    first, second = reading.read(path, "csv")

    assert "longer than 100" in first.refused
    assert second.fields == {"a": "2", "b": "3"}
