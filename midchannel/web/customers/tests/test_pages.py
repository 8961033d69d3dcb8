"""Customers, through their pages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from midchannel.middle.customers import queries
from midchannel.platform.accounts.models import User
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HX-Request": "true"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    company = companies.make_company(now=NOW)
    for number, name in enumerate(("Ana Lima", "A. Lima", "<b>Bo</b>")):
        moment = NOW + timedelta(minutes=number)
        companies.say(company, company.chat, f"Hello <script>{number}</script>", by=name, at=moment)
        companies.hear(now=moment)
    return company


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def ids(company: companies.Company) -> dict[str, int]:
    return {row.name: row.id for row in queries.list_customers(companies.viewer_of(company.agent)).items}


def test_the_list_and_its_search(company: companies.Company) -> None:
    client = browser(company.agent)

    everybody = client.get("/customers/").content.decode()
    found = client.get("/customers/?q=ana").content.decode()
    part = client.get("/customers/?q=lima", headers=HTMX | {"HX-Target": "div#customer-list"}).content.decode()
    nobody = client.get("/customers/?q=zzz").content.decode()

    assert everybody.count('class="row"') == 3
    assert "&lt;b&gt;Bo&lt;/b&gt;" in everybody
    assert found.count('class="row"') == 1
    assert part.count('class="row"') == 2
    assert "<html" not in part
    assert "Nobody found" in nobody


def test_the_page_shows_timeline_handles_reasons_and_numbers(company: companies.Company) -> None:
    page = browser(company.agent).get(f"/customers/{ids(company)['Ana Lima']}/").content.decode()

    assert "Hello" in page
    assert "<script>0" not in page
    assert "Here we met them first" in page
    assert "ana.lima@simulator.example" in page


def test_linking_comparing_and_taking_back(company: companies.Company) -> None:
    client, known = browser(company.agent), ids(company)
    ana, other = known["Ana Lima"], known["A. Lima"]

    offered = client.get(f"/customers/{ana}/same/").content.decode()
    widened = client.get(
        f"/customers/{ana}/same/?q=lima", headers=HTMX | {"HX-Target": "div#same-list"}
    ).content.decode()
    compared = client.get(f"/customers/{ana}/same/{other}/").content.decode()
    client.post(f"/customers/{ana}/same/{other}/", {"reason": "Told me so"})
    linked = client.get(f"/customers/{ana}/").content.decode()
    moved = client.get(f"/customers/{other}/")
    decision = re.search(r"/customers/decisions/(\d+)/undo/", linked)
    assert decision
    client.post(f"/customers/decisions/{decision.group(1)}/undo/", {"customer": str(ana)})

    assert "Nobody else found" in offered
    assert "A. Lima" in widened
    assert "A. Lima" in compared
    assert "Told me so" in linked
    assert "Mia Berg" in linked
    assert "a.-lima" in linked or "a..lima@simulator.example" in linked
    assert moved.headers["Location"] == f"/customers/{ana}/"
    assert client.get(f"/customers/{other}/").status_code == 200


def test_taking_a_handle_apart(company: companies.Company) -> None:
    client, known = browser(company.agent), ids(company)
    ana, other = known["Ana Lima"], known["A. Lima"]
    client.post(f"/customers/{ana}/same/{other}/")

    answer = client.post(f"/customers/{ana}/records/{other}/apart/", {"reason": "Her brother"}, follow=True)

    assert "Taken apart" in answer.content.decode()
    assert sorted(ids(company)) == ["<b>Bo</b>", "A. Lima", "Ana Lima"]


def test_a_note_is_internal_and_stands_in_the_timeline(company: companies.Company) -> None:
    client, ana = browser(company.agent), ids(company)["Ana Lima"]

    part = client.post(f"/customers/{ana}/note/", {"text": "@tom-adeyemi do you know her?"}, headers=HTMX)
    unknown = client.post(f"/customers/{ana}/note/", {"text": "@nobody-here hello"}, follow=True).content.decode()
    nothing = client.post(f"/customers/{ana}/note/", {"text": "  "})

    assert "entry-internal" in part.content.decode()
    assert "asks Tom Adeyemi, still open" in part.content.decode()
    assert "No colleague is called @nobody-here" in unknown
    assert nothing.status_code == 302


def test_another_teams_agent_finds_no_customer_anywhere(company: companies.Company) -> None:
    client, known = browser(company.outsider), ids(company)
    ana, other = known["Ana Lima"], known["A. Lima"]

    assert "No customers yet" in client.get("/customers/").content.decode()
    assert "Nobody found" in client.get("/customers/?q=lima").content.decode()
    for address in ("", "timeline/", "fresh/", "same/", f"same/{other}/"):
        assert client.get(f"/customers/{ana}/{address}", headers=HTMX).status_code == 404, address
    for address in ("note/", f"same/{other}/", f"records/{other}/apart/"):
        assert client.post(f"/customers/{ana}/{address}", {"text": "x"}, headers=HTMX).status_code == 404, address
    assert client.get(f"/customers/{ana}/").status_code == 404
    assert "Lima" not in client.get("/search/?q=lima").content.decode().replace('value="lima"', "")


def test_the_timeline_is_read_on_in_parts(company: companies.Company) -> None:
    for number in range(40):
        companies.say(company, company.chat, f"Word {number}", at=NOW + timedelta(hours=1, seconds=number))
    companies.hear(now=NOW + timedelta(hours=2))
    client, ana = browser(company.agent), ids(company)["Ana Lima"]

    first = client.get(f"/customers/{ana}/").content.decode()
    more = re.search(r'href="(/customers/\d+/timeline/\?cursor=[\w-]+)"', first)
    assert more
    rest = client.get(more.group(1), headers=HTMX).content.decode()

    assert first.count('class="entry ') == 30
    assert rest.count('class="entry ') == 11
    assert "<html" not in rest


def test_pages_take_the_same_queries_however_much_there_is(
    company: companies.Company, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        companies.say(company, company.chat, f"Word {number}", at=NOW + timedelta(hours=1, seconds=number))
        companies.say(company, company.chat, "Hi", by=f"Person {number}", at=NOW + timedelta(hours=1, seconds=number))
    companies.hear(now=NOW + timedelta(hours=2))
    client, ana = browser(company.agent), ids(company)["Ana Lima"]

    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get("/customers/")
    with django_assert_max_num_queries(21):  # type: ignore[operator]
        client.get(f"/customers/{ana}/")
