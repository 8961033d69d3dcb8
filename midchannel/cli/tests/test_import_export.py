"""`midchannel import`, `midchannel export` and `midchannel demo --remove`, as a person types them."""

import csv
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from midchannel.cli.app import app
from midchannel.outside.channels.models import Activity, Channel
from midchannel.platform.audit.models import Entry
from midchannel.usecases import demo_company, open_channel

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIDCHANNEL_DATA", str(tmp_path / "data"))
    open_channel.open_channel(None, network="telephone", name="Phone", now=NOW)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_text(
        "caller,called,started,duration,note,weather\n"
        "+49301,+49309,2026-11-01 10:00,61,=1+1,wet\n"
        "+49302,+49309,soon,61,\x1b[31mred,dry\n",
        encoding="utf-8",
    )
    return path


def midchannel(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_dry_run_shows_a_table_and_what_is_not_used(calls: Path) -> None:
    result = midchannel("import", str(calls), "--channel", "Phone", "--dry-run")

    assert result.exit_code == 0, result.output
    assert "from = caller" in result.output
    assert "Not used: weather" in result.output
    assert "refused" in result.output
    assert "'soon' cannot be read" in result.output
    assert "2 rows would be: 1 accepted, 1 refused. Nothing was kept." in result.output
    assert not Activity.objects.exists()


def test_an_import_says_how_to_see_it_and_how_to_take_it_back(calls: Path) -> None:
    result = midchannel("import", str(calls), "--channel", "Phone")
    run_id = result.output.rpartition("--undo ")[2].strip()

    shown = midchannel("import", "--show", run_id).output
    undone = midchannel("import", "--undo", run_id).output

    assert f"Import {run_id} of calls.csv is done: 2 rows, 1 accepted, 1 refused." in result.output
    assert "row:" in shown
    assert "2 rows taken back" in undone
    assert "taken back already" in midchannel("import", "--undo", run_id).output
    assert "is undone" in midchannel("import", "--list").output
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import"], "Give a FILE"),
        (["import", "x.csv"], "--channel"),
        (["import", "x.csv", "--channel", "Phone"], "no such file"),
        (["import", "--undo", "4711"], "no import with this number"),
        (["import", "--show", "4711"], "no import with this number"),
        (["export", "somewhere", "--format", "pdf"], "no format"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments: list[str], words: str) -> None:
    result = midchannel(*arguments)

    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output


def test_an_export_holds_customers_and_conversations_with_their_messages(calls: Path, tmp_path: Path) -> None:
    midchannel("import", str(calls), "--channel", "Phone")

    result = midchannel("export", str(tmp_path / "out"))

    assert "1 customers, 1 conversations, 1 messages" in result.output
    customer = json.loads((tmp_path / "out" / "customers.jsonl").read_text())
    conversation = json.loads((tmp_path / "out" / "conversations.jsonl").read_text())
    assert customer["handles"] == [{"network": "telephone", "address": "+49301", "name": ""}]
    assert conversation["customer_id"] == customer["id"]
    assert conversation["messages"][0]["text"] == "=1+1"
    assert Entry.objects.get(action="export").actor_name == "terminal"
    assert "is there already" in midchannel("export", str(tmp_path / "out")).output


def test_an_export_as_csv_holds_no_formula_and_may_be_packed(calls: Path, tmp_path: Path) -> None:
    midchannel("import", str(calls), "--channel", "Phone")

    result = midchannel("export", str(tmp_path / "out.zip"), "--format", "csv")

    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(tmp_path / "out.zip") as packed:
        assert packed.namelist() == ["conversations.csv", "customers.csv", "messages.csv"]
        rows = list(csv.DictReader(packed.read("messages.csv").decode().splitlines()))
    assert rows[0]["text"] == "'=1+1"
    assert not (tmp_path / "out").exists()


def test_the_demo_is_removed_by_a_command() -> None:
    demo_company.found(now=NOW)

    result = midchannel("demo", "--remove")

    assert "are gone" in result.output
    assert not Channel.objects.filter(is_demo=True).exists()


def test_a_channel_is_opened_with_its_token_and_the_baseline_is_said() -> None:
    result = midchannel("channel", "add", "collector", "--name", "Shop")

    assert result.stdout.splitlines()[0].startswith("id: ")
    assert result.stdout.splitlines()[1].startswith("token: mc_")
    assert "baseline: none" in result.stderr
    assert "exists already" in midchannel("channel", "add", "collector", "--name", "Shop").output
    assert "Choose one of" in midchannel("channel", "add", "pigeon", "--name", "Roof").output
