"""History is imported from files: previewed, delivered once, resumed after a crash, listed row by row, and taken back."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Activity
from midchannel.outside.channels.tables import MappingError
from midchannel.platform.imports import actions as import_actions
from midchannel.platform.imports import queries as imports
from midchannel.platform.imports.models import RowOutcome, Run
from midchannel.usecases import arrive, import_history, open_channel, undo_import

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
# What remembers on purpose, and rows that wait for a loop which finds nothing any more.
KEPT = {
    "fact_projection",
    "audit_entry",
    "event",
    "import_run",
    "import_row",
    "read_again",
    "signal_reader",
    "search_waiting",
}
ACCEPTED, DUPLICATE, EDIT, PARKED, REFUSED = RowOutcome

pytestmark = pytest.mark.django_db


class Tick:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self) -> None:
        self.moments = (NOW + timedelta(seconds=n) for n in itertools.count())

    def __call__(self) -> datetime:
        return next(self.moments)


@pytest.fixture
def shop() -> int:
    return open_channel.open_channel(None, network="collector", name="Shop", now=NOW).channel_id


def tables() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return {table: count for table, count in counts.items() if count and table not in KEPT}


def sums(channel_id: int) -> tuple[int, int, int, int, int]:
    """received, applied, duplicate, parked, waiting."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(received), 0), coalesce(sum(applied), 0), coalesce(sum(duplicate), 0),"
            " (SELECT count(*) FROM parked WHERE channel_id = %s AND replayed_at IS NULL),"
            " (SELECT coalesce(sum(size), 0) FROM arrival WHERE channel_id = %s AND waiting)"
            " FROM channel_count WHERE channel_id = %s",
            [channel_id, channel_id, channel_id],
        )
        received, applied, duplicate, parked, waiting = cursor.fetchone()
    assert received == applied + duplicate + parked + waiting
    return received, applied, duplicate, parked, waiting


def note(number: int, *, text: str = "Where is my card?", actor: str = "ana", **more: object) -> str:
    return json.dumps({"type": "Create", "actor": actor, "object": {"id": f"n{number}", "content": text, **more}})


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogatepass")
    return path


def bring(path: Path, *, mapping: str = "", channel: str = "Shop") -> imports.RunDetail:
    source = import_history.prepare(path, channel=channel, mapping=mapping)
    return imports.get_run(import_history.run(source, tick=Tick()))


def counts(run: imports.RunDetail) -> tuple[int, ...]:
    return tuple(run.counts[outcome] for outcome in RowOutcome)


def test_json_lines_arrive_with_an_outcome_for_every_row(shop: int, tmp_path: Path) -> None:
    lines = [note(1), note(1), note(1, text="Where is my new card?"), "{not json", "", '{"type": "Create"}', note(2)]

    run = bring(write(tmp_path / "history.jsonl", lines))

    assert counts(run) == (2, 1, 1, 2, 0)
    assert run.state == "done"
    assert [row.outcome for row in imports.walk_rows(run.id)] == [ACCEPTED, DUPLICATE, EDIT, PARKED, PARKED, ACCEPTED]
    assert "JSON" in imports.list_rows(run.id, only=PARKED)[0].reason
    assert sums(shop) == (6, 3, 1, 2, 0)
    assert Activity.objects.count() == 2


def test_a_dry_run_says_the_same_and_keeps_nothing(shop: int, tmp_path: Path) -> None:
    lines = [note(n % 1500) for n in range(2100)] + ["[", note(3, text="Another"), note(3, text="Another")]
    path = write(tmp_path / "history.jsonl", lines)
    before = tables()
    source = import_history.prepare(path, channel="Shop")

    preview = import_history.try_out(source, tick=Tick(), samples=3)

    assert tables() == before
    assert tuple(preview.counts.values()) == (1500, 601, 1, 1, 0) == counts(bring(path))
    assert (preview.samples[0].number, preview.samples[0].who) == (1, "ana")


def test_the_same_file_again_brings_only_duplicates(shop: int, tmp_path: Path) -> None:
    path = write(tmp_path / "history.jsonl", [note(n) for n in range(5)])
    first, second = bring(path), bring(path)

    assert first.id != second.id
    assert counts(second) == (0, 5, 0, 0, 0)
    assert sums(shop) == (10, 5, 5, 0, 0)


def test_call_records_come_from_csv_and_bad_rows_never_stop_it(shop: int, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(
        b"caller;called;started;duration;direction;note\r\n"
        b'+4930123;+4930999;2026-11-01 10:00;125;in;"Card; swallowed"\r\n'
        b"+4930124;+4930999;03/04/2026;1:00;in;\r\n"
        b";+4930999;2026-11-01 10:00;1;in;\r\n"
        b"+4930125;+4930999;2026-11-01 10:00;x;in;\r\n"
        b"1;2;3;4;5;6;7;8\r\n"
        b"\r\n"
        b"+4930126;+4930999;2199-01-01 10:00;1;in;M\xfcller \0\r\n"
        b"+4930999;+4930127;2026-11-01 11:00;00:02:00;out;called back\r\n"
    )

    run = bring(path)

    assert counts(run) == (2, 0, 0, 1, 4)
    reasons = " | ".join(row.reason for row in imports.walk_rows(run.id) if row.reason)
    for words in ("month/day", "nobody is named", "duration 'x'", "8 columns", "clock"):
        assert words in reasons
    assert Activity.objects.get(text="Card; swallowed").data == {"duration": "PT125S"}
    assert tables()["conversation"] == 2


def test_hostile_rows_are_kept_apart_and_the_rest_arrives(shop: int, tmp_path: Path) -> None:
    deep = '{"object":' * 3000 + "1" + "}" * 3000
    lines = [
        note(1, text="<script>alert(1)</script>"),
        note(2, text="\\u0000".replace("\\\\", "\\")),
        '{"type":"Create","actor":"ana","object":{"id":"n3","content":"\\ud800"}}',
        note(4, text="😀" * 25_000),
        deep,
        note(5, text="x" * 1_200_000),
        "x" * 3_000_000,
        note(6, published="9999-01-01T00:00:00Z"),
        note(7, published="2026-01-01T00:00:00"),
        note(8, text="\u202egnp.exe"),
        note(9),
    ]

    run = bring(write(tmp_path / "history.jsonl", lines))

    outcomes = {row.number: row.outcome for row in imports.walk_rows(run.id)}
    assert outcomes[9 + 2] is ACCEPTED
    assert [outcomes[n] for n in (5, 6, 7, 8, 9)] == [PARKED, PARKED, REFUSED, PARKED, PARKED]
    assert len(outcomes) == len(lines)
    sums(shop)


def test_a_crash_in_the_middle_is_resumed_without_doubling(
    shop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_history, "BATCH", 10)
    path = write(tmp_path / "history.jsonl", [note(n) for n in range(95)])

    class CrashError(Exception):
        pass

    def crash(done: int, _total: int) -> None:
        if done >= 40:
            raise CrashError

    source = import_history.prepare(path, channel="Shop")
    with pytest.raises(CrashError):
        import_history.run(source, tick=Tick(), tell=crash)
    assert Run.objects.get().rows == 40

    run = bring(path)

    assert Run.objects.count() == 1
    assert counts(run) == (95, 0, 0, 0, 0)
    assert [row.number for row in imports.walk_rows(run.id)] == list(range(1, 96))
    assert sums(shop) == (95, 95, 0, 0, 0)


def test_a_crash_inside_a_batch_leaves_nothing_of_it(
    shop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "history.jsonl", [note(n) for n in range(5)])
    source = import_history.prepare(path, channel="Shop")
    before = tables()
    monkeypatch.setattr(import_actions, "keep", lambda *_, **__: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        import_history.run(source, tick=Tick())

    assert tables() == before
    assert Run.objects.get().rows == 0


def test_undo_takes_back_exactly_what_the_run_brought(shop: int, tmp_path: Path) -> None:
    older = write(tmp_path / "older.jsonl", [note(1), note(2, actor="ben"), "{broken"])
    bring(older)
    before, sums_before = tables(), sums(shop)
    versions = Activity.objects.get(text="Where is my card?", handle_id=Activity.objects.order_by("id")[0].handle_id)
    newer = write(
        tmp_path / "newer.jsonl",
        [
            note(1),
            note(1, text="Where is my new card?"),
            note(3),
            note(3, text="Edited at once"),
            note(4, actor="carla"),
            note(5, actor="dan", inReplyTo="n2"),
            note(6, actor="eve", inReplyTo="unknown"),
            "{also broken",
            "{broken",
        ],
    )
    run = bring(newer)
    assert counts(run) == (4, 2, 2, 1, 0)

    assert undo_import.undo(run.id, tick=Tick()) == 9
    assert undo_import.undo(run.id, tick=Tick()) == 0

    assert tables() == before
    assert sums(shop) == sums_before
    assert imports.get_run(run.id).state == "undone"
    assert Activity.objects.get(pk=versions.pk).flags == versions.flags
    assert counts(bring(newer)) == (4, 2, 2, 1, 0), "what was taken back may come again"


def test_undo_goes_on_after_a_crash(shop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tables()
    run = bring(write(tmp_path / "history.jsonl", [note(n, actor=f"a{n % 7}") for n in range(60)]))
    monkeypatch.setattr(undo_import, "BATCH", 10)

    class CrashError(Exception):
        pass

    def crash(done: int, _total: int) -> None:
        if done >= 30:
            raise CrashError

    with pytest.raises(CrashError):
        undo_import.undo(run.id, tick=Tick(), tell=crash)
    assert sums(shop) == (30, 30, 0, 0, 0)
    assert undo_import.undo(run.id, tick=Tick()) == 30

    after = tables()
    after.pop("channel_count", None)
    assert after == before
    assert sums(shop) == (0, 0, 0, 0, 0)


def test_two_who_take_a_run_back_at_once_take_it_back_once(
    shop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = bring(write(tmp_path / "history.jsonl", [note(1), note(1), note(2)]))
    hold = import_actions.hold

    def overtaken(run_id: int) -> Run:
        monkeypatch.setattr(import_actions, "hold", hold)
        undo_import.undo(run_id, tick=Tick())
        return hold(run_id)

    monkeypatch.setattr(import_actions, "hold", overtaken)
    undo_import.undo(run.id, tick=Tick())

    assert sums(shop) == (0, 0, 0, 0, 0)


def test_a_run_that_is_taken_back_brings_nothing_more(
    shop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables()
    monkeypatch.setattr(import_history, "BATCH", 1)
    path = write(tmp_path / "history.jsonl", [note(1), note(2), note(3)])

    def take_back(done: int, _total: int) -> None:
        undo_import.undo(imports.list_runs()[0].id, tick=Tick())

    with pytest.raises(import_history.BeingTakenBackError):
        import_history.run(import_history.prepare(path, channel="Shop"), tick=Tick(), tell=take_back)

    after = tables()
    after.pop("channel_count", None)
    assert after == before


def test_undo_leaves_what_came_another_way(shop: int, tmp_path: Path) -> None:
    run = bring(write(tmp_path / "history.jsonl", [note(1)]))
    later = {"actor": "ana", "object": {"id": "live", "content": "Hello again", "inReplyTo": "n1"}}
    channels.receive(shop, [json.dumps(later).encode()], now=NOW + timedelta(hours=1))
    arrive.apply_waiting(now=NOW + timedelta(hours=1))
    assert tables()["conversation"] == 1

    undo_import.undo(run.id, tick=Tick())

    kept = tables()
    assert (kept["conversation"], kept["message"], kept["activity"], kept["customer"], kept["handle"]) == (1,) * 5
    assert sums(shop) == (1, 1, 0, 0, 0)


def test_an_mbox_goes_into_an_email_channel_and_nowhere_else(shop: int, tmp_path: Path) -> None:
    open_channel.open_channel(None, network="email", name="Mail", address="us@lantern.example", now=NOW)
    path = tmp_path / "old.mbox"
    path.write_bytes(
        b"From ana@mail.example Mon Nov  2 10:00:00 2026\n"
        b"From: Ana <ana@mail.example>\nTo: us@lantern.example\nSubject: Card\nMessage-ID: <1@mail.example>\n"
        b"Date: Mon, 2 Nov 2026 10:00:00 +0000\n\nWhere is it?\n>From here I see nothing.\n\n"
        b"From ben@mail.example Mon Nov  2 11:00:00 2026\n"
        b"From: ben@mail.example\nSubject: =?utf-8?q?broken?\nDate: never\n\n\xff\xfe\n\n"
    )

    with pytest.raises(import_history.OtherFormatError, match="e-mail channel"):
        import_history.prepare(path, channel="Shop")
    run = bring(path, channel="Mail")

    assert counts(run)[0] == 2
    assert Activity.objects.filter(text__contains="From here I see nothing").exists()


def test_what_cannot_be_begun_says_why(shop: int, tmp_path: Path) -> None:
    lines = write(tmp_path / "a.jsonl", [note(1)])
    table = write(tmp_path / "a.csv", ["colour,text", "red,Hello"])

    with pytest.raises(import_history.NoSuchFileError):
        import_history.prepare(tmp_path / "b.jsonl", channel="Shop")
    with pytest.raises(import_history.NoSuchChannelError, match="Shop"):
        import_history.prepare(lines, channel="Sjop")
    with pytest.raises(import_history.OtherFormatError, match="CSV"):
        import_history.prepare(lines, channel="Shop", mapping='kind = "post"')
    with pytest.raises(MappingError, match="No column"):
        import_history.prepare(table, channel="Shop")
    with pytest.raises(import_history.OtherFormatError, match="one JSON array"):
        import_history.prepare(write(tmp_path / "a.json", ["[", note(1), "]"]), channel="Shop")
    with pytest.raises(import_history.OtherFormatError, match="Save it as CSV"):
        import_history.prepare(write(tmp_path / "a.xlsx", ["PK\x03\x04"]), channel="Shop")
    with pytest.raises(imports.RunNotFoundError):
        imports.get_run(4711)


def test_an_empty_file_is_a_run_without_rows(shop: int, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"")

    assert counts(bring(path)) == (0, 0, 0, 0, 0)
