"""Silos, over REST."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from midchannel.outside.silos import actions as silos
from midchannel.outside.silos.mapping import Mapping
from midchannel.usecases import run_silo, undo_import
from tests import company as companies
from tests.api.conftest import Machine, token_of
from tests.company import Company
from tests.usecases.reading import BOSS, NOW, tick

pytestmark = pytest.mark.django_db
COLUMNS = ["id", "name"]


@pytest.fixture
def company() -> Company:
    company = companies.make_company(now=NOW)
    company.lead.role = "administrator"
    company.lead.save()
    return company


@pytest.fixture
def silo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(settings, "DATA", tmp_path)
    (tmp_path / "silos").mkdir()
    (tmp_path / "silos" / "people.csv").write_text("id,name\n17,Ana Lima\n,Nobody\n")
    made = silos.open_silo(
        name="People", system="erp", reader="file", config={"file": "people.csv"}, by=BOSS, now=tick()
    )
    mapping = Mapping(kind="customers", key="id", fields={"name": "full_name"})
    silos.change_mapping(made, mapping, columns=COLUMNS, by=BOSS, now=tick())
    return made


def test_a_silo_is_read_and_tells_what_became_of_every_row(company: Company, silo: int) -> None:
    asks = Machine(Client(), token_of(company.lead))

    asks.post(f"silos/{silo}/read", {"is_full": True})
    asked = asks.status
    run_silo.run(silo, tick=tick, by=BOSS)
    [found] = asks.get("silos")["items"]
    [run] = asks.get(f"silos/{silo}/runs")["items"]
    rows = asks.get(f"silo-runs/{run['id']}/rows")["items"]
    refused = asks.get(f"silo-runs/{run['id']}/rows?outcome=refused")["items"]

    assert asked == 204
    assert (found["name"], found["records"], found["run_id"]) == ("People", 1, None)
    assert (run["state"], run["items"], run["new"], run["refused"]) == ("done", 2, 1, 1)
    assert [row["outcome"] for row in rows] == ["new", "refused"]
    assert "no key" in refused[0]["reason"]
    assert "password" not in str(found)


def test_a_silo_is_paused_and_resumed(company: Company, silo: int) -> None:
    asks = Machine(Client(), token_of(company.lead))

    asks.post(f"silos/{silo}/pause")
    paused = asks.get(f"silos/{silo}")["health"]
    asks.post(f"silos/{silo}/read", {})
    refused = asks.status
    asks.post(f"silos/{silo}/resume")

    assert (paused, refused) == ("paused", 409)
    assert asks.get(f"silos/{silo}")["health"] == "ok"


def test_a_run_is_taken_back_and_a_silo_closed(company: Company, silo: int) -> None:
    asks = Machine(Client(), token_of(company.lead))
    run_id = run_silo.run(silo, tick=tick, by=BOSS)

    asks.post(f"silo-runs/{run_id}/undo")
    asked, under_way = asks.status, asks.get(f"silo-runs/{run_id}")["state"]
    while undo_import.work(tick=tick):
        pass
    asks.post(f"silos/{silo}/close")

    assert (asked, under_way, asks.get(f"silo-runs/{run_id}")["state"]) == (204, "undoing", "undone")
    found = asks.get(f"silos/{silo}")
    assert (found["records"], found["health"]) == (0, "closed")
    asks.post(f"silos/{silo}/close")
    asks.post(f"silos/{silo}/read", {})
    assert asks.status == 409


def test_silos_are_for_administrators_and_other_channels_are_none(company: Company, silo: int) -> None:
    asks = Machine(Client(), token_of(company.agent))

    assert asks.get("silos")["items"] == []
    for path in ("", "/runs"):
        asks.get(f"silos/{silo}{path}")
        assert asks.status == 404, path
    run_id = run_silo.run(silo, tick=tick, by=BOSS)
    asks.post(f"silo-runs/{run_id}/undo")
    assert asks.status == 404
    for change in ("read", "stop", "pause", "resume", "close"):
        asks.post(f"silos/{silo}/{change}", {} if change == "read" else None)
        assert asks.status == 404, change
    boss = Machine(Client(), token_of(company.lead))
    boss.post(f"silos/{company.chat.pk}/pause")
    assert boss.status == 404
    boss.get("channels")
    assert boss.status == 200
