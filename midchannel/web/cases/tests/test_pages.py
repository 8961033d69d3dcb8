"""The list of cases and the page of one, through HTTP."""

from datetime import datetime

import pytest
from django.test import Client

from midchannel.middle.cases import actions
from midchannel.middle.conversations import queries as conversations
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.usecases import case_plans
from tests import company as companies
from tests.company import Company

PART = {"HX-Request": "true"}


@pytest.fixture
def now() -> datetime:
    """The present, once for a test."""
    return clock.now()


@pytest.fixture
def company(db: None, now: datetime) -> Company:
    """The company with its six plans and one private question of Ana's."""
    company = companies.make_company(now=now)
    case_plans.seed(companies.viewer_of(company.lead), now=now)
    companies.say(company, company.chat, "Where is my parcel?", by="Ana Lima", at=now)
    companies.hear(now=now)
    return company


def client_of(user: User) -> Client:
    """A browser of this person, signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def open_case(company: Company, now: datetime, *, plan: str = "late_delivery", title: str = "Parcel of Ana") -> int:
    """A case about Ana's question, opened by Mia."""
    viewer = companies.viewer_of(company.agent)
    talk = conversations.list_conversations(viewer, view="open").items[0].id
    return actions.open_case(viewer, plan=plan, title=title, conversation_ids=(talk,), now=now)


def test_before_the_first_case_the_list_says_what_cases_are_for(company: Company) -> None:
    page = client_of(company.agent).get("/cases/").content.decode()

    assert 'class="state state-first"' in page


def test_the_list_shows_what_is_next_and_whose_it_is(company: Company, now: datetime) -> None:
    open_case(company, now)

    page = client_of(company.agent).get("/cases/").content.decode()

    assert "Parcel of Ana" in page
    assert "Answer that we are on it" in page
    assert "Late delivery" in page


def test_the_page_of_a_case_has_its_lists(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)

    page = client_of(company.agent).get(f"/cases/{case_id}/").content.decode()

    assert "Do now" in page
    assert "Find the order it is about" in page
    assert "Waiting for" in page
    assert "Call the courier" not in page
    assert "Answer in public what happened" in page


def test_a_case_of_another_team_is_not_there(company: Company, now: datetime) -> None:
    case_id = open_case(company, now)

    assert client_of(company.outsider).get(f"/cases/{case_id}/").status_code == 404
    assert "Parcel of Ana" not in client_of(company.outsider).get("/cases/?view=open").content.decode()
