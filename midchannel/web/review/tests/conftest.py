"""Two strangers who may be one person, from two sources."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from midchannel.middle.customers.queries import reviewing
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import vocabulary
from midchannel.platform.accounts.models import User
from tests import company as companies

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HTMX = {"HX-Request": "true"}


def browser(user: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def know(
    company: companies.Company,
    handle: str,
    name: str,
    attributes: Mapping[str, Any],
    *,
    kind: str = "Person",
    at: datetime = NOW,
    **more: Any,
) -> None:
    """A source says what it knows of somebody, after they wrote to the company."""
    actor = vocabulary.Actor(id=handle, name=name, type=kind, attributes=dict(attributes), **more)
    said = vocabulary.Object(id=f"{handle}/hello", content=f"Hello from {handle}", published=at)
    told = vocabulary.Object(id=handle, type=kind, name=name, updated=at + timedelta(seconds=1))
    documents = (
        vocabulary.Document(id=f"{handle}#said", actor=actor, object=said, published=at, audience="private"),
        vocabulary.Document(
            id=f"{handle}#profile", type="Update", actor=actor, object=told, published=at + timedelta(seconds=1)
        ),
    )
    channels.receive(company.chat.pk, [vocabulary.encode(each) for each in documents], now=at)
    companies.hear(now=at + timedelta(seconds=2))


@pytest.fixture
def company(db: None) -> companies.Company:
    """Ana Lima and Anna Lima have a telephone in common; Bo is alone."""
    company = companies.make_company(now=NOW)
    phone, city = "+351 21 123 4567", "Porto"
    know(company, "ana@one.example", "Ana Lima", {"phone": phone, "city": city, "birth_date": "1990-02-03"})
    know(company, "anna@two.example", "Anna Lima", {"phone": phone, "city": city, "x_hair": "<b>red</b>"})
    know(company, "bo@one.example", "Bo Berg", {"city": "Oslo"})
    return company


def pair_of(company: companies.Company) -> reviewing.Pair:
    """The first question."""
    return reviewing.list_pairs(companies.viewer_of(company.agent))[0]
