"""What the tests of cases share: a small company with its six plans, and a customer who waits for a parcel."""

from datetime import datetime

import pytest
from django.test import Client

from midchannel.middle.cases import actions, queries
from midchannel.middle.cases.queries import CaseDetail
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


def talk_of(company: Company) -> int:
    """Ana's conversation."""
    return conversations.list_conversations(companies.viewer_of(company.agent), view="open").items[0].id


def open_case(company: Company, now: datetime, *, plan: str = "late_delivery", title: str = "Parcel of Ana") -> int:
    """A case about Ana's question, opened by Mia."""
    viewer = companies.viewer_of(company.agent)
    return actions.open_case(viewer, plan=plan, title=title, conversation_ids=(talk_of(company),), now=now)


def case_of(company: Company, case_id: int) -> CaseDetail:
    """The case as Mia sees it."""
    return queries.get_case(companies.viewer_of(company.agent), case_id)


def instance_of(company: Company, case_id: int, title: str) -> int:
    """The number of the item of this title."""
    lists = case_of(company, case_id).lists
    rows = (*lists.do_now, *lists.may_start, *lists.waiting, *lists.done)
    return next(row.instance for row in rows if row.title == title)
