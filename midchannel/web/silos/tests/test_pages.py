"""Silos on pages: connected step by step, tried, read, looked at row by row, taken back; for administrators only."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from midchannel.outside.channels import actions as channels
from midchannel.outside.silos import queries
from midchannel.outside.silos.readers import files
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.usecases import run_silo, undo_import
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PEOPLE = b"""id,name,email,city,updated
17,<b>Ana</b> Lima,ana@example.org,Porto,2026-04-01
18,Bo Ek,bo@example.org,Ghent,2026-04-02
,No key,,,
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.DATA = tmp_path
    return files.folder()


@pytest.fixture
def company() -> companies.Company:
    return companies.make_company(now=NOW)


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def boss(company: companies.Company) -> Client:
    return as_(company.administrator)


def connect(boss: Client, **changes: Any) -> int:
    given = {"name": "Customers", "system": "Shop", "purpose": "", "upload": SimpleUploadedFile("people.csv", PEOPLE)}
    answer = boss.post("/settings/silos/new/file/", given | changes)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return int(answer["Location"].split("/")[3])


def map_it(boss: Client, silo_id: int) -> None:
    given = {"kind": "customers", "key": "id", "changed": "updated", "zone": "UTC", "meaning-1": "full_name",
             "meaning-2": "email", "meaning-3": "x_town"}  # fmt: skip
    answer = boss.post(f"/settings/silos/{silo_id}/columns/", given)
    assert answer.status_code == 302, answer.content.decode()[-3000:]


def read(boss: Client, silo_id: int) -> int:
    assert boss.post(f"/settings/silos/{silo_id}/read/").status_code == 302
    run_silo.work(tick=clock.now)
    found = queries.get_silo(None, silo_id).last_run_id
    assert found is not None
    return found


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_nobody_but_administrators_comes_here(company: companies.Company) -> None:
    for user in (company.agent, company.lead):
        assert as_(user).get("/settings/silos/").status_code == 403
    assert "No business system is connected yet" in text(as_(company.administrator), "/settings/silos/")


def test_a_file_is_uploaded_mapped_tried_and_read(boss: Client) -> None:
    silo_id = connect(boss)
    page = text(boss, f"/settings/silos/{silo_id}/columns/")
    assert "ana@example.org" in page
    assert '<option value="email" selected>' in page
    assert "&lt;b&gt;Ana&lt;/b&gt; Lima" in page
    assert "<b>Ana</b>" not in page
    map_it(boss, silo_id)
    terms = {"every_minutes": "60", "record_kind": "business", "lawful_basis": "contract", "trust": "90"}
    assert boss.post(f"/settings/silos/{silo_id}/terms/", terms)["Location"] == f"/settings/silos/{silo_id}/try/"

    tried = boss.post(f"/settings/silos/{silo_id}/try/").content.decode()
    assert "Of 3 there would be" in tried
    assert "Fill it in the source" in tried
    assert queries.get_silo(None, silo_id).records == 0

    run_id = read(boss, silo_id)
    page = text(boss, f"/settings/silos/runs/{run_id}/")
    assert "3 read: 2 new" in page
    assert "no key" in page
    assert "no key" not in text(boss, f"/settings/silos/runs/{run_id}/?only=new")
    page = text(boss, f"/settings/silos/{silo_id}/")
    assert "Every hour" in page
    assert "trust 90 of 100" in page
    assert "Customers" in text(boss, "/settings/silos/")


def test_the_preview_follows_what_is_chosen(boss: Client) -> None:
    silo_id = connect(boss)

    shown = boss.post(
        f"/settings/silos/{silo_id}/columns/preview/",
        {"kind": "customers", "key": "email", "meaning-1": "full_name", "meaning-3": "x_town"},
    ).content.decode()

    assert "town" in shown
    assert "ana@example.org" in shown
    assert "refused" in shown
    wrong = boss.post(f"/settings/silos/{silo_id}/columns/preview/", {"kind": "orders", "key": "id"}).content.decode()
    assert "An order needs" in wrong


def test_a_mapping_that_cannot_be_is_said_and_not_kept(boss: Client) -> None:
    silo_id = connect(boss)

    answer = boss.post(f"/settings/silos/{silo_id}/columns/", {"kind": "orders", "key": "id"})

    assert answer.status_code == 422
    assert "An order needs" in answer.content.decode()
    assert not queries.get_silo(None, silo_id).is_mapped


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"upload": SimpleUploadedFile("people.exe", b"MZ")}, "Give a CSV, Parquet or vCard file"),
        ({"upload": SimpleUploadedFile("empty.csv", b"")}, "empty"),
        ({"upload": ""}, "Upload a file, or choose one"),
        ({"upload": SimpleUploadedFile("half.parquet", b"PAR1 and nothing")}, "not a whole Parquet file"),
        ({"system": "!!!"}, "Name the business system"),
    ],
)
def test_what_cannot_be_read_is_said_and_not_connected(boss: Client, given: dict[str, Any], said: str) -> None:
    base = {"name": "Customers", "system": "Shop", "upload": SimpleUploadedFile("people.csv", PEOPLE)}

    answer = boss.post("/settings/silos/new/file/", base | given)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert queries.list_silos(None) == []


def test_an_uploaded_file_cannot_leave_its_folder(boss: Client, folder: Path) -> None:
    connect(boss, upload=SimpleUploadedFile("..\\..\\people.csv", PEOPLE))

    assert [path.name for path in folder.iterdir()] == ["people.csv"]


def test_passwords_are_sealed_and_shown_nowhere(boss: Client) -> None:
    given = {
        "name": "Shop",
        "system": "shop",
        "url": "sqlite:////nowhere/x.db",
        "password": "s3cret-needle",
        "query": "SELECT 1 AS id",
        "anyway": "1",
    }
    answer = boss.post("/settings/silos/new/sql/", given)
    silo_id = int(answer["Location"].split("/")[3])

    for path in ("", "connection/", "terms/"):
        assert "s3cret-needle" not in text(boss, f"/settings/silos/{silo_id}/{path}")
    assert channels.settings_of(silo_id).secrets == {"password": "s3cret-needle"}
    assert "s3cret-needle" not in text(boss, f"/settings/silos/{silo_id}/columns/", status=502)
    wrong = boss.post("/settings/silos/new/sql/", given | {"name": "B", "url": "postgresql://u:pw@h/x"})
    assert "Take the password out" in wrong.content.decode()


def test_trying_a_connection_says_what_is_wrong(boss: Client) -> None:
    given = {"url": "sqlite:////nowhere/x.db", "query": "DELETE FROM x"}

    said = boss.post("/settings/silos/new/sql/check/", given).content.decode()

    assert "It cannot be read yet" in said
    assert "one SELECT" in said
    assert "look at" in boss.post("/settings/silos/new/sql/check/", {}).content.decode()


def test_a_run_is_taken_back_and_the_silo_pauses(boss: Client) -> None:
    silo_id = connect(boss)
    map_it(boss, silo_id)
    run_id = read(boss, silo_id)

    assert boss.post(f"/settings/silos/runs/{run_id}/undo/").status_code == 302
    while undo_import.work(tick=clock.now):
        pass

    assert "Taken back" in text(boss, f"/settings/silos/runs/{run_id}/")
    page = text(boss, f"/settings/silos/{silo_id}/")
    assert "was taken back. Resume it" in page
    assert boss.post(f"/settings/silos/{silo_id}/resume/").status_code == 302
    assert queries.get_silo(None, silo_id).health == "ok"


def test_a_run_under_way_shows_how_far_it_is_and_can_be_stopped(
    boss: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_silo, "BATCH", 1)
    silo_id = connect(boss)
    map_it(boss, silo_id)
    boss.post(f"/settings/silos/{silo_id}/read/")
    assert "its turn in a moment" in text(boss, f"/settings/silos/{silo_id}/")
    run_silo.run(silo_id, tick=clock.now, by=run_silo.SCHEDULE, should_stop=lambda: True)

    part = boss.get(f"/settings/silos/{silo_id}/now/", headers={"HX-Request": "true"})
    assert "1 so far" in part.content.decode()
    assert boss.post(f"/settings/silos/{silo_id}/stop/").status_code == 302

    assert "Stopped half-way" in text(boss, f"/settings/silos/{silo_id}/")
    ended = boss.get(f"/settings/silos/{silo_id}/now/", headers={"HX-Request": "true"})
    assert ended.headers["HX-Refresh"] == "true"


def test_it_can_be_paused_and_closed(boss: Client) -> None:
    silo_id = connect(boss)
    map_it(boss, silo_id)
    boss.post(f"/settings/silos/{silo_id}/pause/")
    assert "Paused" in text(boss, f"/settings/silos/{silo_id}/")
    boss.post(f"/settings/silos/{silo_id}/read/")
    assert "Resume it first" in text(boss, f"/settings/silos/{silo_id}/")
    assert queries.get_silo(None, silo_id).due_at is None

    boss.post(f"/settings/silos/{silo_id}/close/")

    assert "Closed" in text(boss, f"/settings/silos/{silo_id}/")
    assert boss.get("/settings/silos/99999/").status_code == 404


def test_silos_are_no_channels_to_talk_on(boss: Client) -> None:
    silo_id = connect(boss, name="Of the shop")

    assert "Of the shop" not in text(boss, "/settings/channels/")
    assert boss.get(f"/settings/channels/{silo_id}/")["Location"] == f"/settings/silos/{silo_id}/"
    assert "Of the shop" in text(boss, "/arrivals/")
