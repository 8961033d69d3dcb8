"""What is known and why, as it stood on a day, organisations: through their pages."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from midchannel.middle.customers import actions, queries
from midchannel.outside.channels import vocabulary
from midchannel.platform import clock
from midchannel.web.review.tests.conftest import HTMX, browser, know, pair_of
from tests import company as companies
from tests.company import Company

NOW = clock.now() - timedelta(days=10)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    company = companies.make_company(now=NOW)
    phone = "+351 21 123 4567"
    tell(company, "ana@one.example", "Ana Lima", {"phone": phone, "birth_date": "1990-02-03", "city": "Porto"}, 0)
    tell(company, "anna@two.example", "Anna Lima", {"phone": phone, "city": "Lisbon", "x_hair": "<b>red</b>"}, 1)
    return company


def tell(company: Company, handle: str, name: str, attributes: Mapping[str, Any], day: int, **more: Any) -> None:
    know(company, handle, name, attributes, at=NOW + timedelta(days=day), **more)


def ids(company: Company) -> dict[str, int]:
    return {row.name: row.id for row in queries.list_customers(companies.viewer_of(company.agent)).items}


def join(company: Company, *, day: int = 2) -> int:
    """Somebody answers that both are the same."""
    pair = pair_of(company)
    actions.answer_pair(
        companies.viewer_of(company.agent), pair.id, label="same", reason="Told me so", now=NOW + timedelta(days=day)
    )
    return ids(company)["Ana Lima"]


def page_of(client: Client, customer_id: int, tab: str = "") -> str:
    return client.get(f"/customers/{customer_id}/{tab}").content.decode()


def test_every_value_names_its_source_and_the_others_that_say_else(company: Company) -> None:
    page = page_of(browser(company.agent), join(company))

    assert "What we know" in page
    assert "1 disputed" in page
    assert "Lisbon" in page
    assert "Porto" in page
    assert "This one holds because" in page
    assert "&lt;b&gt;red&lt;/b&gt;" in page


def test_why_draws_the_path_and_shows_what_the_person_was_shown(company: Company) -> None:
    page = page_of(browser(company.agent), join(company), "why/")

    assert "Why these 2 records are one customer" in page
    assert page.count('class="path-drawing') == 2
    assert "One customer, as a person said" in page
    assert "Told me so" in page
    assert "Mia Berg" in page
    assert "very strongly for" in page
    assert "All decisions, as a table" in page


def test_a_tab_is_a_part_and_a_page(company: Company) -> None:
    client, ana = browser(company.agent), join(company)

    part = client.get(f"/customers/{ana}/why/", headers=HTMX | {"HX-Target": "div#customer-tab"}).content.decode()

    assert "<html" not in part
    assert 'aria-current="page"' in part
    assert "What we know" not in part


def test_taking_apart_on_the_path_comes_with_its_way_back(company: Company) -> None:
    client, ana = browser(company.agent), join(company)
    record = queries.get_customer(companies.viewer_of(company.agent), ana).records[-1].id

    apart = client.post(f"/customers/{ana}/records/{record}/apart/", headers=HTMX | {"HX-Target": "div#customer-page"})
    two = sorted(ids(company))
    back = re.search(r"/customers/decisions/\d+/undo/", apart.headers["HX-Trigger"])
    assert back
    undone = client.post(back.group(0), headers=HTMX)

    assert two == ["Ana Lima", "Anna Lima"]
    assert "Kept apart" in apart.content.decode()
    assert undone.status_code == 204
    assert "mc:customer.changed" in undone.headers["HX-Trigger"]
    assert sorted(ids(company)) == ["Ana Lima"]


def test_an_old_id_leads_to_the_customer_on_every_tab(company: Company) -> None:
    known = ids(company)
    ana = join(company)
    client = browser(company.agent)

    for tab in ("", "why/", "on/", "people/"):
        answer = client.get(f"/customers/{known['Anna Lima']}/{tab}")
        assert answer.status_code == 302, tab
        assert f"/customers/{ana}/{tab}" in answer.headers["Location"]


def test_the_record_as_it_stood_on_a_day_is_marked_as_the_past(company: Company) -> None:
    client, ana = browser(company.agent), join(company)

    def on(day: int) -> str:
        return page_of(client, ana, f"on/?day={(NOW + timedelta(days=day)).date().isoformat()}")

    before, after = on(1), on(3)

    assert "This is the past" in before
    assert "Today also theirs: anna@two.example" in before
    assert "Lisbon" not in before
    assert "What is different today" not in after
    assert "Lisbon" in after
    assert "Hello from anna@two.example" in after


def test_a_day_before_anybody_met_them_says_so(company: Company) -> None:
    page = page_of(browser(company.agent), ids(company)["Ana Lima"], "on/?day=2001-01-01")

    assert "Not known yet on this day" in page
    assert page_of(browser(company.agent), ids(company)["Ana Lima"], "on/?day=nonsense").count("This is the past") == 1


def test_an_organisation_shows_its_people_and_they_show_it(company: Company) -> None:
    tell(company, "paper@crm.example", "Paper Moon", {"city": "Porto"}, 3, kind="Organization")
    tie = vocabulary.Tie(id="paper@crm.example", name="Paper Moon", role="Buyer")
    tell(company, "cy@crm.example", "Cy Moon", {"city": "Porto"}, 4, ties=[tie])
    client, known = browser(company.agent), ids(company)

    people = page_of(client, known["Paper Moon"], "people/")
    person = page_of(client, known["Cy Moon"])
    listed = client.get("/customers/organisations/").content.decode()

    assert "Cy Moon" in people
    assert "Buyer" in people
    assert "Organisation" in people
    assert "Belongs to" in person
    assert "Paper Moon" in listed
    assert "1 person" in listed
    assert "Cy Moon" not in listed


def test_another_team_sees_none_of_it(company: Company) -> None:
    client, ana = browser(company.outsider), join(company)

    for tab in ("why/", "on/", "people/"):
        assert client.get(f"/customers/{ana}/{tab}", headers=HTMX).status_code == 404, tab
    assert "No organisations yet" in client.get("/customers/organisations/").content.decode()
