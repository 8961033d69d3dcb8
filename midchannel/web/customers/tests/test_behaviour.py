"""Visits on a customer's page: one line each in the timeline, every step in their tab, and nothing of what one may not see."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from midchannel.config import wiring
from midchannel.middle.conversations.queries import behaviour
from midchannel.middle.customers.models import SourceRecord
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.actions import Door
from midchannel.outside.channels.models import Handle
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.platform.accounts.models import User
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import arrive, timeline, track
from tests import company as companies

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
BY = Actor("test")
pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return clock.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)


@pytest.fixture
def company(now: datetime) -> companies.Company:
    wiring.connect_networks()
    return companies.make_company(now=now)


@pytest.fixture
def door(company: companies.Company, now: datetime) -> Door:
    config = {"space": "shop"}
    scope = company.queue.team.scope_id
    channel_id = channels.open_channel(network="tracking", name="Shop", config=config, scope_id=scope, by=BY, now=now)
    return Door(channel_id, "tracking", config)


def visit(door: Door, *pages: str, at: datetime, step: timedelta = timedelta(minutes=1), **more: Any) -> None:
    """Some pages, one after the other."""
    told = [
        {"type": "page", "userId": "ana", "name": name, "timestamp": (at + n * step).isoformat(), **more}
        for n, name in enumerate(pages)
    ]
    track.receive(door, track.Sent([json.dumps(each).encode() for each in told]), now=at + timedelta(days=2))
    while arrive.apply_waiting(now=at + timedelta(days=2)):
        pass


def ana() -> int:
    return SourceRecord.objects.get(handle_id=Handle.objects.get(address="shop/user/ana").pk).customer_id


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_twelve_pages_are_one_line(company: companies.Company, door: Door, now: datetime) -> None:
    visit(door, *(f"Page {n}" for n in range(12)), at=now, step=timedelta(seconds=44))

    page = browser(company.lead).get(f"/customers/{ana()}/").content.decode()

    assert "12 pages in 8 min on Shop" in page
    assert "Page 0 · Page 1 · Page 2 …" in page
    assert "Page 7" not in page


def test_half_an_hour_of_silence_ends_a_visit(company: companies.Company, door: Door, now: datetime) -> None:
    visit(door, "One", "Two", at=now)
    visit(door, "Three", at=now + timedelta(minutes=40))

    page = browser(company.lead).get(f"/customers/{ana()}/behaviour/").content.decode()

    assert page.count('<details class="visit"') == 2
    assert "2 pages in 1 min" in page
    assert "1 page" in page


def test_midnight_ends_a_visit(company: companies.Company, door: Door, now: datetime) -> None:
    visit(door, "Late", "Early", at=now.replace(hour=23, minute=55), step=timedelta(minutes=10))

    page = browser(company.lead).get(f"/customers/{ana()}/behaviour/").content.decode()

    assert page.count('<details class="visit"') == 2


def test_reading_on_cuts_no_visit_in_two(company: companies.Company, door: Door, now: datetime) -> None:
    for n in range(9):
        visit(door, "A", "B", "C", at=now - timedelta(hours=n))
    viewer = accounts.get_viewer(company.lead.pk)
    assert viewer
    customer_id = ana()

    seen, cursor = [], None
    for _turn in range(20):
        page = timeline.get_timeline(viewer, customer_id, cursor, now=now + timedelta(days=1), limit=2)
        seen += [item.visit for item in page.items if item.visit]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert [item.pages for item in seen] == [3] * 9
    assert len({item.id for item in seen}) == 9


def test_pages_are_strangers_words(company: companies.Company, door: Door, now: datetime) -> None:
    visit(door, "<script>alert(1)</script>", at=now)

    client = browser(company.lead)
    pages = [client.get(f"/customers/{ana()}/{part}").content.decode() for part in ("", "behaviour/")]

    assert [page for page in pages if "<script>alert" in page] == []


def test_the_place_is_shown_where_it_was_allowed(company: companies.Company, door: Door, now: datetime) -> None:
    allowed = {"consent": {"categoryPreferences": {"Geolocation": True}}}
    visit(door, "Home", at=now, context={"location": {"city": "Lisbon", "country": "Portugal"}, **allowed})

    page = browser(company.lead).get(f"/customers/{ana()}/behaviour/").content.decode()

    assert "Lisbon, Portugal" in page


def test_a_tab_without_visits_says_what_would_stand_there(
    company: companies.Company, door: Door, now: datetime
) -> None:
    track.receive(door, track.Sent([b'{"type": "identify", "userId": "ana"}']), now=now)
    arrive.apply_waiting(now=now)

    page = browser(company.lead).get(f"/customers/{ana()}/behaviour/").content.decode()

    assert "No visits" in page


def test_other_teams_channels_are_not_there(company: companies.Company, door: Door, now: datetime) -> None:
    visit(door, "One", at=now)
    handle = Handle.objects.get(address="shop/user/ana").pk
    before = (now + timedelta(days=3), 2**62)

    agent = accounts.get_viewer(company.agent.pk)
    assert agent
    seen = behaviour.list_visits(agent, [handle], before=before)
    channels.change_settings(door.channel_id, scope_id=other_scope(now), by=BY, now=now)

    assert len(seen) == 1
    assert behaviour.list_visits(agent, [handle], before=before) == []


def other_scope(now: datetime) -> int:
    from midchannel.platform.accounts import actions as accounts_actions

    return accounts_actions.create_team(name="Others", now=now, by=BY).scope_id
