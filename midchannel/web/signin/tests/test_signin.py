"""Signing in, out and guessing."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.test import Client

from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts import queries
from midchannel.platform.accounts.models import User

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
PASSWORD = "a sentence about the sea"

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia() -> Iterator[User]:
    cache.clear()
    yield accounts.create_person(email="mia@example.org", name="Mia Berg", password=PASSWORD, now=NOW)
    cache.clear()


def sign_in(client: Client, password: str = PASSWORD, email: str = "mia@example.org") -> int:
    return client.post("/signin/", {"login": email, "password": password}).status_code


def test_signing_in_and_out(mia: User, client: Client) -> None:
    assert sign_in(client) == 302
    assert client.get("/settings/you/").status_code == 200

    client.post("/signout/")

    assert client.get("/settings/you/").status_code == 302


def test_an_address_signs_in_whatever_its_case(mia: User, client: Client) -> None:
    assert sign_in(client, email="MIA@Example.org") == 302


def test_whoever_guesses_is_slowed_even_with_the_right_word_at_last(mia: User) -> None:
    client = Client()
    for _ in range(5):
        sign_in(client, "wrong")

    answer = client.post("/signin/", {"login": "mia@example.org", "password": PASSWORD})

    assert answer.status_code != 302
    assert client.get("/settings/you/").status_code == 302


def test_nobody_makes_their_own_account(mia: User, client: Client) -> None:
    client.post("/signup/", {"email": "eve@example.org", "password1": PASSWORD})

    assert not User.objects.filter(email="eve@example.org").exists()


def test_somebody_who_was_let_in_no_longer_cannot_sign_in(mia: User, client: Client) -> None:
    boss = accounts.create_person(email="b@example.org", name="B", password=PASSWORD, role="administrator", now=NOW)
    accounts.deactivate(queries.viewer_for(boss), mia.pk, now=NOW)

    sign_in(client)

    assert client.get("/settings/you/").status_code == 302


def test_changing_the_password_keeps_this_session_and_ends_the_others(mia: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)

    answer = here.post(
        "/password/change/",
        {"oldpassword": PASSWORD, "password1": "another sentence, longer", "password2": "another sentence, longer"},
    )

    assert answer.status_code == 302
    assert here.get("/settings/you/").status_code == 200
    assert there.get("/settings/you/").status_code == 302
