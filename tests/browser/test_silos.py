"""Silos in a real browser: connected, mapped, tried, read and taken back; every page, on two sizes and in both themes."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from midchannel.outside.silos import actions as silos
from midchannel.outside.silos import mapping as mappings
from midchannel.outside.silos import queries
from midchannel.outside.silos.readers import files
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import open_silo, run_silo, undo_import
from tests.browser.conftest import VIEWS, OpenAs, check_accessible, picture
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BOSS = Actor("Ada Ortiz")
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh " * 2
PEOPLE = f"""Kundennummer;Vorname;Nachname;E-Mail;Telefon;Ort;Schuhgröße;Geändert am
1001;Ana;Lima;ana@example.org;+351 912 345 678;Porto;38;2026-11-01 10:00
1002;Bo;Ek;bo@example.org, bo@work.example;+32 9 123 45 67;Ghent;44;2026-11-02 10:00
1003;{LONG};<script>alert(1)</script>;;;Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch;;
;Nobody;Without a key;;;;;
1002;Twice;The same;;;;;
"""


def make(name: str, *, content: str = PEOPLE, is_mapped: bool = True, file: str = "people.csv") -> int:
    """A silo of a file in the folder."""
    now = clock.now()
    (files.folder() / file).write_text(content, encoding="utf-8")
    silo_id = silos.open_silo(
        name=name,
        system="erp",
        reader="file",
        purpose="So that nobody has to ask a customer for their number.",
        config={"file": file},
        by=BOSS,
        now=now,
    )
    if is_mapped:
        look = open_silo.look(None, silo_id, kind="customers")
        columns = [column.name for column in look.columns]
        open_silo.map_columns(None, silo_id, mappings.guess(columns, "customers"), now=now)
    return silo_id


@pytest.fixture
def boss(company: Company) -> User:
    """An administrator of a company with silos in every state."""
    for path in files.folder().iterdir():
        path.unlink()
    now = clock.now()
    works = make("Customers of the ERP")
    silos.change_terms(works, silos.Terms("business", 90, "contract"), by=BOSS, now=now)
    silos.change_schedule(works, 60, by=BOSS, now=now)
    run_silo.run(works, tick=clock.now, by=BOSS)
    make("New one", is_mapped=False)
    failing = make("Leads that were bought", file="leads.csv")
    silos.change_terms(failing, silos.Terms("third-party", 20, "legitimate interest", 90), by=BOSS, now=now)
    Path(files.folder() / "leads.csv").unlink()
    silos.ask_to_read(failing, by=BOSS, now=clock.now())
    run_silo.work(tick=clock.now)
    paused = make("Old shop", file="old.csv")
    open_silo.pause(None, paused, now=clock.now())
    closed = make("Closed one", file="gone.csv")
    open_silo.close(None, closed, now=clock.now())
    running = make("Half-way", file="half.csv", content="id;name\n" + "".join(f"{n};Person {n}\n" for n in range(1500)))
    run_silo.run(running, tick=clock.now, by=BOSS, should_stop=lambda: True)
    return company.administrator


def places() -> dict[str, str]:
    """What to look at, by name."""
    found = {silo.name: silo for silo in queries.list_silos(None)}
    works = found["Customers of the ERP"]
    return {
        "silos": "/settings/silos/",
        "silo-choose": "/settings/silos/new/",
        "silo-new-file": "/settings/silos/new/file/",
        "silo-new-sql": "/settings/silos/new/sql/",
        "silo-new-tryton": "/settings/silos/new/tryton/",
        "silo": f"/settings/silos/{works.id}/",
        "silo-failing": f"/settings/silos/{found['Leads that were bought'].id}/",
        "silo-half": f"/settings/silos/{found['Half-way'].id}/",
        "silo-unmapped": f"/settings/silos/{found['New one'].id}/",
        "silo-columns": f"/settings/silos/{found['New one'].id}/columns/",
        "silo-terms": f"/settings/silos/{works.id}/terms/",
        "silo-connection": f"/settings/silos/{works.id}/connection/",
        "silo-try": f"/settings/silos/{works.id}/try/",
        "silo-run": f"/settings/silos/runs/{works.last_run_id}/",
    }


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_every_page_is_accessible_and_fits(boss: User, open_as: OpenAs, size: str, scheme: str) -> None:
    page = open_as(boss, "/settings/silos/", size=size, scheme=scheme)
    for name, path in places().items():
        page.goto(path)
        picture(page, f"{name}-{size}-{scheme}")
        check_accessible(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert too_wide <= 0, name


def test_from_a_file_to_people_and_back(company: Company, open_as: OpenAs, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(PEOPLE, encoding="utf-8")
    page = open_as(company.administrator, "/settings/silos/")
    page.get_by_role("link", name="Connect a system").first.click()
    page.get_by_role("link", name="Connect File").click()
    page.get_by_label("Name", exact=True).fill("Customers")
    page.get_by_label("Business system").fill("ERP")
    page.get_by_label("Upload a file").set_input_files(tmp_path / "customers.csv")
    page.get_by_role("button", name="Try and go on").click()

    expect(page.locator("#preview")).to_contain_text("Ana Lima")
    page.get_by_label("What Schuhgröße means").select_option(label="Something of its own")
    expect(page.locator("#preview")).to_contain_text("38")
    page.get_by_role("button", name="Keep and go on").click()
    page.get_by_role("button", name="Keep and go on").click()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Of 5 there would be")).to_be_visible()
    page.get_by_role("button", name="Read it now").click()
    expect(page.locator("#progress")).to_be_visible()
    while run_silo.work(tick=clock.now):
        pass
    expect(page.get_by_text("3 new")).to_be_visible()
    page.get_by_role("link", name=re.compile(r"^Run \d+$")).click()
    expect(page.get_by_text("no key")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(page.locator("#toasts").get_by_text("It is being taken back")).to_be_visible()
    while undo_import.work(tick=clock.now):
        pass
    page.reload()
    expect(page.get_by_text("taken back").first).to_be_visible()
    assert queries.list_silos(None)[0].records == 0
