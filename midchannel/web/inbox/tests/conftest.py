"""What the inbox's tests share: a small company whose customers have talked to it."""

from datetime import datetime

import pytest
from django.test import Client

from midchannel.middle.conversations import queries as conversations
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from tests import company as companies
from tests.company import Company

PART = {"HX-Request": "true"}


@pytest.fixture
def now() -> datetime:
    """The present, once for a test."""
    return clock.now()


@pytest.fixture
def company(db: None, now: datetime) -> Company:
    """The company with one private question of Ana's."""
    company = companies.make_company(now=now)
    companies.say(company, company.chat, "Where is my card?", by="Ana Lima", at=now)
    companies.hear(now=now)
    return company


def client_of(user: User) -> Client:
    """A browser of this person, signed in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def first_conversation(user: User, view: str = "open") -> int:
    """The conversation at the top of a view."""
    return conversations.list_conversations(companies.viewer_of(user), view=view).items[0].id
