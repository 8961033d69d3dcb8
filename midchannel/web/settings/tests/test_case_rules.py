"""Settings, Cases: rules that open cases are written, ordered and removed by leads; teams have hours."""

import pytest
from django.test import Client

from midchannel.middle.cases import plans
from midchannel.middle.cases.models import Case, OpeningRule
from midchannel.platform import clock
from midchannel.usecases import case_plans, tend_cases
from tests import company as companies
from tests.company import Company


@pytest.fixture
def company(db: None) -> Company:
    made = companies.make_company(now=clock.now())
    case_plans.seed(companies.viewer_of(made.lead), now=clock.now())
    return made


def _client(user: object) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")  # type: ignore[arg-type]
    return client


def test_a_rule_is_written_and_opens_a_case(company: Company) -> None:
    lead = _client(company.lead)
    assert "No conversation opens a case by itself" in lead.get("/settings/casework/").content.decode()

    rule = {
        "name": "Parcels",
        "words": "parcel*\nlate delivery",
        "plan": "late_delivery",
        "is_public": "yes",
        "is_on": "on",
    }
    assert lead.post("/settings/casework/new/", rule).status_code == 302
    assert lead.post("/settings/casework/new/", {**rule, "name": "Parcels"}).status_code == 422
    assert lead.post("/settings/casework/new/", {"name": "All", "plan": "complaint"}).status_code == 422
    companies.say(company, company.public, "Where are my parcels?", at=clock.now())
    companies.say(company, company.chat, "Where are my parcels?", at=clock.now(), by="Bo")
    companies.hear(now=clock.now())
    tend_cases.work_all(now=clock.now())

    assert Case.objects.count() == 1
    page = lead.get("/settings/casework/").content.decode()
    assert "“parcel*” or “late delivery”; In public" in page
    assert "Late delivery" in page


def test_rules_change_places_and_go(company: Company) -> None:
    lead = _client(company.lead)
    for name in ("One", "Two"):
        lead.post("/settings/casework/new/", {"name": name, "words": name, "plan": "complaint", "is_on": "on"})
    one, two = OpeningRule.objects.order_by("place")

    lead.post(f"/settings/casework/{two.pk}/up/")
    lead.post(f"/settings/casework/{one.pk}/", {"name": "Uno", "words": "uno", "plan": "complaint"})

    assert list(OpeningRule.objects.order_by("place").values_list("name", "is_on")) == [("Two", True), ("Uno", False)]
    lead.post(f"/settings/casework/{one.pk}/remove/")
    assert OpeningRule.objects.count() == 1
    assert lead.get(f"/settings/casework/{one.pk}/").status_code == 404


def test_hours_are_written_as_people_write_them(company: Company) -> None:
    lead, scope_id = _client(company.lead), company.service.scope_id
    address = f"/settings/casework/hours/?team={scope_id}"
    assert 'value="9:00-17:00"' in lead.get(address).content.decode()

    given = {"timezone": "Europe/Lisbon", "day0": "8:00-12:00, 13:30-17:00", "holidays": "2026-12-25"}
    assert lead.post(address, given).status_code == 302
    assert lead.post(address, {**given, "day0": "from nine"}).status_code == 422
    assert lead.post(address, {**given, "timezone": "Nowhere"}).status_code == 422

    calendar = plans.hours_of(scope_id)
    assert (calendar.zone, calendar.week[0]) == ("Europe/Lisbon", ((480, 720), (810, 1020)))
    lead.post(address, {"remove": "1"})
    assert plans.hours_of(scope_id) == plans.OFFICE


def test_only_leads_come_here(company: Company) -> None:
    agent = _client(company.agent)

    assert agent.get("/settings/casework/").status_code == 403
    assert agent.post("/settings/casework/new/", {"name": "Mine"}).status_code == 403
