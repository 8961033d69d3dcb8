"""Pages and apps in a real browser: a channel is opened, a page sends to it, and what was looked at stands on the customer's page."""

import json
import re
import threading
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from midchannel.platform import clock
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.models import User
from tests import company as companies
from tests.browser.conftest import VIEWS, OpenAs, Site, check_accessible, picture, work
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Reallyquitealongpagetitlewithoutanyspace" * 6


@pytest.fixture
def boss(company: Company) -> User:
    """An administrator in the team."""
    boss = accounts.create_person(
        email="boss@example.org", name="Ida Boss", password=companies.PASSWORD, role="administrator", now=clock.now()
    )
    accounts.set_members(company.service, [company.agent.pk, boss.pk], now=clock.now())
    return boss


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    """The company's own pages, which lie in `tmp_path`, at another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Site(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


def a_day(start: datetime) -> list[dict[str, Any]]:
    """What somebody does in an hour of looking around: two visits, an order."""
    pages = ["Home", "Lamps", "Floor lamps", "Floor lamp “Ana”", "Basket", LONG]
    consent = {"consent": {"categoryPreferences": {"Geolocation": True, "Analytics": True}}}
    place = {"location": {"city": "Lisbon", "country": "Portugal"}, **consent}
    told: list[dict[str, Any]] = [
        {"type": "page", "anonymousId": "v1", "name": name, "timestamp": (start + n * timedelta(seconds=80)).isoformat(),
         "properties": {"path": f"/{n}"}, "context": place}
        for n, name in enumerate(pages)
    ]  # fmt: skip
    bought = {"order_id": "9001", "total": 59.9, "currency": "EUR", "products": [{"sku": "lamp", "name": "Lamp"}]}
    later = (start + timedelta(minutes=55)).isoformat()
    told += [
        {
            "type": "identify",
            "userId": "ana",
            "anonymousId": "v1",
            "traits": {"name": "Ana Lima", "plan": "pro"},
            "context": consent,
        },
        {"type": "track", "userId": "ana", "event": "Coupon Entered", "timestamp": later},
        {"type": "track", "userId": "ana", "event": "Order Completed", "properties": bought, "timestamp": later},
    ]
    return told


def send(site: Site, key: str, messages: list[dict[str, Any]]) -> None:
    """As any client would."""
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{site.url}/v1/batch",
        json.dumps({"batch": messages}).encode(),
        {"Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(), "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        assert json.load(answer)["parked"] == 0
    work()


def test_from_an_open_channel_to_the_customers_page(
    open_as: OpenAs, boss: User, site: Site, shop: Site, tmp_path: Path
) -> None:
    page = open_as(boss, "/settings/channels/new/")
    page.get_by_role("link", name="Website and app").click()
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("What it is for").fill("To know what people look for")
    page.get_by_label("Pages that may send").fill(shop.url)
    check_accessible(page)
    picture(page, "tracking-new")
    page.get_by_role("button", name="Open it").click()
    key = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Copy Python").click()
    check_accessible(page)
    picture(page, "tracking-key")

    pasted = page.locator("#snippet-page").inner_text().replace("Ana Lima", "Bo Ek")
    (tmp_path / "lamps.html").write_text(f"<!doctype html><title>All lamps</title>{pasted}")
    with page.expect_response("**/v1/track", timeout=60_000):
        page.goto(f"{shop.url}/lamps.html")
    send(site, key, a_day(clock.now() - timedelta(hours=1)))

    page.goto(f"{site.url}/customers/?q=Bo")
    page.get_by_role("link", name="Bo Ek").first.click()
    page.get_by_role("link", name="On our pages").click()
    page.locator(".visits summary").first.click()
    expect(page.get_by_text("Signed Up").first).to_be_visible()
    expect(page.get_by_text("All lamps").first).to_be_visible()
    page.goto(f"{site.url}/customers/?q=Ana")
    page.get_by_role("link", name="Ana Lima").first.click()
    expect(page.get_by_text("6 pages in 7 min on Shop")).to_be_visible()
    page.get_by_role("link", name="On our pages").click()
    page.get_by_text("6 pages in 7 min").click()
    expect(page.get_by_text("Floor lamps").first).to_be_visible()
    expect(page).to_have_url(re.compile("/behaviour/$"))


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_the_pages_on_every_size_in_both_themes(
    open_as: OpenAs, boss: User, site: Site, size: str, scheme: str
) -> None:
    page = open_as(boss, "/settings/channels/new/tracking/", size=size, scheme=scheme)
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_label("What it is for").fill("To know what people look for")
    page.get_by_role("button", name="Open it").click()
    key = page.locator("#secret").inner_text()
    for day in range(3):
        send(
            site,
            key,
            [{**each, "userId": each.get("userId")} for each in a_day(clock.now() - timedelta(hours=1 + 25 * day))],
        )
    picture(page, f"tracking-key-{size}-{scheme}")
    page.get_by_role("link", name="I have copied it").click()
    check_accessible(page)
    picture(page, f"tracking-channel-{size}-{scheme}")
    page.goto("/customers/?q=Ana")
    page.get_by_role("link", name="Ana Lima").first.click()
    expect(page.get_by_text("pages in 7 min").first).to_be_visible()
    check_accessible(page)
    picture(page, f"tracking-customer-{size}-{scheme}")
    page.goto(f"{page.url}behaviour/")
    page.locator("details.visit").nth(1).click()
    check_accessible(page)
    picture(page, f"tracking-behaviour-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
