"""`midchannel silo`, as a person types it."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from midchannel.cli.app import app
from midchannel.outside.silos import queries
from midchannel.platform.imports.queries import list_runs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> None:
    monkeypatch.setenv("MIDCHANNEL_DATA", str(tmp_path / "data"))
    settings.DATA = tmp_path / "data"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("id,name,mail,shoe\n17,Ana Lima,ana@example.org,38\n18,\x1b[31mBo,bo@example.org,44\n,No key,,\n")
    return path


def midchannel(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_file_is_connected_mapped_tried_read_and_taken_back(people: Path) -> None:
    assert "No business system" in midchannel("silo", "list").output
    added = midchannel("silo", "add", "file", "--name", "People", "--system", "Shop", "--file", str(people))
    assert added.exit_code == 0, added.output
    mapped = midchannel("silo", "map", "People", "--rows", "customers", "--map", "x_shoe_size=shoe")
    assert mapped.exit_code == 0, mapped.output
    assert "x_shoe_size          shoe" in mapped.output

    tried = midchannel("silo", "try", "People").output
    assert "3 would be: 2 new, 1 refused. Nothing was kept." in tried
    assert "\x1b" not in tried
    assert "no key" in tried

    read = midchannel("silo", "read", "People").output
    assert "3 read, 2 new, 1 refused." in read
    assert "2 known" in midchannel("silo", "list").output
    assert "2 unchanged" in midchannel("silo", "read", "People", "--all").output

    first = list_runs()[-1].id
    undone = midchannel("import", "--undo", str(first))
    assert undone.exit_code == 0, undone.output
    assert queries.list_silos(None)[0].records == 0
    assert "paused" in midchannel("silo", "list").output
    assert "Resume it first" in midchannel("silo", "read", "People").output


def test_what_is_wrong_is_said_in_one_sentence(people: Path, tmp_path: Path) -> None:
    for arguments, said in (
        (("add", "file", "--name", "A", "--system", "b", "--file", str(tmp_path / "no.csv")), "there is no such file"),
        (
            ("add", "sql", "--name", "A", "--system", "b", "--url", "sqlite:////no/x.db", "--query", "DELETE"),
            "one SELECT",
        ),
        (("add", "oracle", "--name", "A", "--system", "b"), "There is no reader"),
        (("read", "Nobody"), "There is no silo"),
    ):
        result = midchannel("silo", *arguments)
        assert result.exit_code == 1
        assert said in result.output
    midchannel("silo", "add", "file", "--name", "People", "--system", "Shop", "--file", str(people))
    assert "what its columns mean" in midchannel("silo", "read", "People").output
    assert "is not FIELD=COLUMN" in midchannel("silo", "map", "People", "--rows", "customers", "--map", "x").output
    assert (
        "There is no field" in midchannel("silo", "map", "People", "--rows", "customers", "--map", "shoe=name").output
    )
