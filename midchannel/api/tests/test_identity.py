"""Who is who, over REST."""

import pytest
from django.test import Client

from midchannel.middle.customers import queries as customers
from midchannel.web.review.tests.conftest import NOW, know
from tests import company as companies
from tests.api.conftest import Machine, token_of
from tests.company import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    company = companies.make_company(now=NOW)
    phone = "+351 21 123 4567"
    know(company, "ana@one.example", "Ana Lima", {"phone": phone, "city": "Porto"})
    know(company, "anna@two.example", "Anna Lima", {"phone": phone, "city": "Lisbon"})
    return company


def machine(company: Company, *rights: str) -> Machine:
    return Machine(Client(), token_of(company.agent, *rights))


def ids(company: Company) -> dict[str, int]:
    return {row.name: row.id for row in customers.list_customers(companies.viewer_of(company.agent)).items}


def test_the_queue_is_read_answered_and_undone(company: Company) -> None:
    asks = machine(company)

    waiting = asks.get("review")["items"]
    pair = asks.get(f"review/{waiting[0]['id']}")
    done = asks.post(f"review/{pair['id']}/answer", {"answer": "same", "reason": "Told me"}, key="one")
    again = asks.post(f"review/{pair['id']}/answer", {"answer": "same", "reason": "Told me"}, key="one")
    late = asks.post(f"review/{pair['id']}/answer", {"answer": "different"})
    late_status = asks.status
    joined = ids(company)
    asks.post(f"link-decisions/{done['decision_id']}/undo")

    assert len(waiting) == 1
    assert {each["field"] for each in pair["contributions"]} >= {"phone", "family_name"}
    assert done == again
    assert late_status == 409
    assert "faster" in late["detail"]
    assert list(joined) == ["Ana Lima"]
    assert asks.status == 204
    assert sorted(ids(company)) == ["Ana Lima", "Anna Lima"]


def test_link_why_attributes_past_and_unlink(company: Company) -> None:
    asks, known = machine(company), ids(company)
    ana = known["Ana Lima"]

    asks.post(f"customers/{ana}/link", {"other_id": str(known["Anna Lima"]), "reason": "Same letter"})
    why = asks.get(f"customers/{ana}/why")
    attributes = {each["field"]: each for each in asks.get(f"customers/{ana}/attributes")["items"]}
    past = asks.get(f"customers/{ana}/as-on?day={NOW.date().isoformat()}")
    stranger = asks.post(f"customers/{ana}/unlink", {"record_id": "12345"})
    refused = asks.status
    asks.post(f"customers/{ana}/unlink", {"record_id": str(known["Anna Lima"])})

    assert why["joining"][0]["reason"] == "Same letter"
    assert why["joining"][0]["person"] == "Mia Berg"
    assert attributes["city"]["is_disputed"]
    assert [each["value"] for each in attributes["phone"]["values"]] == ["+351 21 123 4567"]
    assert len(past["records"]) == 1
    assert refused == 422
    assert "record_id" in str(stranger)
    assert sorted(ids(company)) == ["Ana Lima", "Anna Lima"]


def test_what_is_asked_for_badly_is_refused(company: Company) -> None:
    asks, ana = machine(company), ids(company)["Ana Lima"]

    for path in ("", "?day=", "?day=2026-13-01", "?day=1", "?day=20261122"):
        asks.get(f"customers/{ana}/as-on{path}")
        assert asks.status == 422, path
    asks.post(f"customers/{ana}/link", {"other_id": str(ana)})
    assert asks.status == 409


def test_rights_and_teams_hold(company: Company) -> None:
    ana = ids(company)["Ana Lima"]
    reads, outsider = machine(company, "read:customers"), Machine(machine(company).client, token_of(company.outsider))

    denied = reads.post(f"customers/{ana}/unlink", {"record_id": str(ana)})
    for path in ("why", "attributes", "people", "as-on?day=2026-05-04"):
        outsider.get(f"customers/{ana}/{path}")
        assert outsider.status == 404, path

    assert denied["right"] == "write:customers"
    assert outsider.get("review")["items"] == []
    assert outsider.get("organisations")["items"] == []
