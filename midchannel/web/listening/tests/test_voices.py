"""Share of voice over HTTP: a set says since when its names are what they are, and what they were before."""

from html import unescape

import pytest
from django.test import Client

from midchannel.platform import clock
from tests import company as companies

pytestmark = pytest.mark.django_db


def test_a_set_says_in_plain_words_since_when_its_names_count() -> None:
    company = companies.make_company(now=clock.now())
    client = Client()
    client.force_login(company.agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    made = client.post("/listen/voice/new/", {"name": "Banks", "names": "Lantern = lantern\nOther = other"})
    place = made.headers["Location"]

    client.post(f"{place}edit/", {"names": "Lantern = lantern\nOther = other, oth", "reason": "They are called so too"})

    listed = unescape(client.get("/listen/voice/").content.decode())
    now, before = (unescape(client.get(f"{place}{asked}").content.decode()) for asked in ("", "?version=1"))
    assert "names changed" in listed
    assert "Since " in now
    assert "Mia Berg changed the names" in now
    assert "They are called so too" in now
    assert "Counted with the names of" in before
    assert "ersion 1" not in listed + now + before
    assert "Remove the set" not in now

    client.force_login(company.lead, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Remove the set" in client.get(place).content.decode()
    client.post(f"{place}remove/")
    assert client.get(place).status_code == 404
