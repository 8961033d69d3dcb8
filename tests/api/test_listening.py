"""Searches, mentions and alerts are read by machines, each with the eyes of its person."""

from datetime import datetime

import pytest

from midchannel.outside.listening.actions import searching
from midchannel.usecases import listen
from tests import company as companies
from tests.api.conftest import Asks
from tests.company import Company

pytestmark = pytest.mark.django_db


def test_what_a_search_found_is_read_by_who_may_see_it(company: Company, asks: Asks, now: datetime) -> None:
    companies.say(company, company.chat, "my violet card", by="Zoe Quist", at=now)
    companies.hear(now=now)
    search = searching.make(companies.viewer_of(company.agent), "Violet", "violet card", now=now)
    while listen.work(now=now):
        pass

    machine, outsider = asks(company.agent), asks(company.outsider)
    listed = machine.get("searches")["items"]
    assert [(each["name"], sum(each["days"])) for each in listed] == [("Violet", 1)]
    found = machine.get(f"searches/{search}/mentions")["items"]
    assert [(each["text"], each["state"]) for each in found] == [("my violet card", "addressed")]
    assert outsider.get(f"searches/{search}/mentions")["items"] == []
    machine.get("searches/99/mentions")
    assert machine.status == 404
    assert machine.get("alerts") == {"items": []}
