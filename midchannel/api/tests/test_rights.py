"""Consents, requests and differences, over REST."""

import pytest
from django.test import Client

from midchannel.middle.customers import queries as customers
from midchannel.middle.customers.actions import differing
from midchannel.middle.customers.actions.differing import Change
from midchannel.platform.accounts.models import User
from midchannel.web.review.tests.conftest import NOW, know
from tests import company as companies
from tests.api.conftest import Machine, token_of
from tests.company import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    company = companies.make_company(now=NOW)
    know(company, "ana@one.example", "Ana Lima", {"city": "Porto"})
    know(company, "bo@two.example", "Bo Ek", {"city": "Ghent"})
    return company


def machine(user: User, *rights: str) -> Machine:
    return Machine(Client(), token_of(user, *rights))


def ids(company: Company) -> dict[str, int]:
    return {row.name: row.id for row in customers.list_customers(companies.viewer_of(company.lead)).items}


def test_what_they_allowed_is_written_down_once_with_its_proof(company: Company) -> None:
    asks, ana = machine(company.agent), ids(company)["Ana Lima"]
    said = {"record_id": str(ana), "purpose": "marketing", "state": "granted", "words": "Yes, please"}

    first = asks.post(f"customers/{ana}/consents", said, key="one")
    again = asks.post(f"customers/{ana}/consents", said, key="one")
    held = {each["purpose"]: each for each in asks.get(f"customers/{ana}/consents")["items"]}

    assert first == again
    assert held["marketing"]["holds"] == [{"network": "", "is_allowed": True, "why": "said"}]
    assert [each["proof"] for each in held["marketing"]["said"]] == [{"words": "Yes, please"}]
    assert held["sharing"]["holds"][0]["why"] == "default"


def test_a_consent_is_of_this_customer_and_confirming_needs_one(company: Company) -> None:
    asks, known = machine(company.agent), ids(company)
    ana, bo = known["Ana Lima"], known["Bo Ek"]

    asks.post(f"customers/{ana}/consents", {"record_id": str(bo), "purpose": "marketing", "state": "granted"})
    assert asks.status == 422
    asks.post(f"customers/{ana}/consents/confirm", {"purpose": "marketing", "state": "granted"})
    assert asks.status == 409
    theirs = machine(company.outsider)
    theirs.get(f"customers/{ana}/consents")
    assert theirs.status == 404
    theirs.post(f"customers/{ana}/consents", {"record_id": str(ana), "purpose": "marketing", "state": "granted"})
    assert theirs.status == 404
    reader = machine(company.agent, "read:customers")
    reader.post(f"customers/{ana}/consents", {"record_id": str(ana), "purpose": "marketing", "state": "granted"})
    assert reader.status == 403


def test_a_machine_opens_and_withdraws_an_erasure_and_does_not_hasten_it(company: Company) -> None:
    asks, ana = machine(company.lead), ids(company)["Ana Lima"]

    made = asks.post(f"customers/{ana}/rights-requests", {"kind": "erasure"}, key="one")
    same = asks.post(f"customers/{ana}/rights-requests", {"kind": "erasure"}, key="two")
    listed = asks.get("rights-requests")["items"]
    asks.post(f"rights-requests/{made['id']}/withdraw")
    gone = asks.get(f"rights-requests/{made['id']}")
    asks.post(f"rights-requests/{made['id']}/withdraw")

    assert made["state"] == "waiting"
    assert made["run_at"] > made["opened_at"]
    assert same["id"] == made["id"]
    assert [each["id"] for each in listed] == [made["id"]]
    assert gone["state"] == "withdrawn"
    assert asks.status == 409


def test_requests_and_differences_are_for_leads(company: Company) -> None:
    asks, ana = machine(company.agent), ids(company)["Ana Lima"]
    difference = str(propose(company))

    assert asks.get("rights-requests")["code"] == "not-allowed"
    asks.post(f"customers/{ana}/rights-requests", {"kind": "access"})
    assert asks.status == 403
    assert asks.get("differences")["items"] == []
    for path in (f"differences/{difference}", f"differences/{difference}/items"):
        asks.get(path)
        assert asks.status == 404, path
    change = machine(company.lead).get(f"differences/{difference}/items")["items"][0]["id"]
    for what in ("apply", "decline", "undo"):
        asks.post(f"differences/{difference}/items/{change}/{what}")
        assert asks.status == 404, what


def propose(company: Company) -> int:
    ana, bo = sorted(ids(company).values())
    edge = {"record": bo, "other": ana, "verdict": "auto", "weight": 9.0, "rule": "test", "evidence": {}}
    change = Change(kind="join", before=[[ana], [bo]], after=[[ana, bo]], edges=[edge])
    return differing.keep_difference([change], engine="duckdb", version="test", records=2, now=NOW)


def test_a_whole_difference_is_done_and_taken_back(company: Company) -> None:
    difference = propose(company)
    asks = machine(company.lead)

    done = asks.post(f"differences/{difference}/apply")
    applied = asks.get(f"differences/{difference}")
    undone = asks.post(f"differences/{difference}/undo")

    assert (done, undone) == ({"left": 0}, {"left": 0})
    assert (applied["state"], applied["open"]) == ("applied", 0)
    assert asks.get(f"differences/{difference}")["state"] == "undone"
    other = machine(company.agent)
    other.post(f"differences/{difference}/decline")
    assert other.status == 404


def test_a_change_is_done_and_taken_back(company: Company) -> None:
    asks, difference = machine(company.lead), propose(company)

    [change] = asks.get(f"differences/{difference}/items?kind=join")["items"]
    asks.post(f"differences/{difference}/items/{change['id']}/apply")
    done, joined = asks.status, len(ids(company))
    asks.post(f"differences/{difference}/items/{change['id']}/apply")
    again = asks.status
    asks.post(f"differences/{difference}/items/{change['id']}/undo")

    assert [[each["name"] for each in group["records"]] for group in change["before"]] == [["Ana Lima"], ["Bo Ek"]]
    assert (done, again, asks.status) == (204, 409, 204)
    assert joined == 1
    assert sorted(ids(company)) == ["Ana Lima", "Bo Ek"]
    assert asks.get(f"differences/{difference}")["open"] == 0
