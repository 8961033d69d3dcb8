"""Customers, search, arrivals and settings in a real browser: every page on every size and in both themes, and what is done on them."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from midchannel.middle.customers import actions as customers
from midchannel.middle.customers import queries as customer_queries
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries as channel_queries
from midchannel.platform import clock
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.models import User
from midchannel.usecases import ask
from tests import company as companies
from tests.browser.conftest import VIEWS, OpenAs, check_accessible, picture
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh " * 2


@pytest.fixture
def boss(company: Company) -> User:
    """An administrator of a company with a past: people who are the same, notes, parked documents, invitations."""
    now = clock.now()
    companies.fill(company, now=now - timedelta(hours=1), count=16)
    companies.say(company, company.public, "Any news about my card?", by="A. Lima", at=now - timedelta(minutes=40))
    companies.say(company, company.public, "x" * 3000, by=LONG, at=now - timedelta(minutes=30))
    companies.hear(now=now - timedelta(minutes=30))
    boss = accounts.create_person(
        email="boss@example.org", name="Ida Boss", password=companies.PASSWORD, role="administrator", now=now
    )
    accounts.set_members(company.service, [company.agent.pk, company.colleague.pk, company.lead.pk, boss.pk], now=now)
    viewer = companies.viewer_of(boss)
    ana = customer_queries.find_customers(viewer, "ana").items[0].id
    other = customer_queries.find_customers(viewer, "a.lima").items[0].id
    customers.link_customers(viewer, other, into_id=ana, reason="Told me on the phone", now=now)
    ask.ask(viewer, "customer", ana, text="Prefers to be called in the morning.", now=now)
    channels.receive(company.chat.pk, [b"{", b'{"type":"Create","actor":"<script>alert(1)</script>"}'], now=now)
    accounts.invite(viewer, email="new@example.org", role="lead", team_ids=[company.service.pk], now=now)
    accounts.issue_api_token(viewer, name="Warehouse", rights=["read:customers"], now=now)
    return boss


def places(boss: User, company: Company) -> dict[str, str]:
    """What to look at, by name."""
    viewer = companies.viewer_of(boss)
    ana = customer_queries.find_customers(viewer, "ana").items[0].id
    bruno = customer_queries.find_customers(viewer, "bruno").items[0].id
    parked = channel_queries.list_parked(viewer).items[0].id
    return {
        "customers": "/customers/",
        "customers-nobody": "/customers/?q=zzz",
        "customer": f"/customers/{ana}/",
        "customer-social": f"/customers/{ana}/social/",
        "customer-purchases": f"/customers/{ana}/purchases/",
        "customer-same": f"/customers/{ana}/same/?q=bruno",
        "customer-link": f"/customers/{ana}/same/{bruno}/",
        "search": "/search/?q=card",
        "search-first": "/search/",
        "arrivals": "/arrivals/",
        "parked": "/arrivals/parked/",
        "parked-one": f"/arrivals/parked/{parked}/",
        "imports": "/arrivals/imports/",
        "you": "/settings/you/",
        "people": "/settings/people/",
        "invite": "/settings/people/invite/",
        "teams": "/settings/teams/",
        "team": f"/settings/teams/{company.service.pk}/",
        "queues": "/settings/queues/",
        "canned": "/settings/canned/",
        "channels": "/settings/channels/",
        "channel-choose": "/settings/channels/new/",
        "channel-new": "/settings/channels/new/email/",
        "channel": f"/settings/channels/{company.chat.pk}/",
        "offers": "/settings/offers/",
        "offer": "/settings/offers/new/",
        "blocked": "/settings/blocked/",
        "audit": "/settings/audit/",
        "next": "/first-run/next/",
    }


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_every_page_is_accessible_and_fits(
    open_as: OpenAs, boss: User, company: Company, size: str, scheme: str
) -> None:
    page = open_as(boss, "/settings/you/", size=size, scheme=scheme)
    for name, address in places(boss, company).items():
        page.goto(address)
        picture(page, f"{name}-{size}-{scheme}")

        try:
            check_accessible(page)
        except AssertionError as error:
            raise AssertionError(f"{name} ({address}): {error}") from error
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"


def test_the_first_run_from_nothing_to_the_first_choice(open_as: OpenAs, transactional_db: None) -> None:
    page = open_as(None, "/inbox/")
    expect(page).to_have_url(re.compile("/first-run/$"))
    check_accessible(page)
    picture(page, "first-run-desk-light")

    page.get_by_label("Your company").fill("Tide & Co")
    page.get_by_label("Your name").fill("Ada Falk")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill("a sentence about the sea")
    page.get_by_role("button", name="Begin").click()

    expect(page.get_by_role("heading", name="What to connect first")).to_be_visible()
    page.get_by_role("link", name="Add a collector").click()
    page.get_by_label("Name").fill("Shop")
    page.get_by_label("What it is for").fill("Orders and questions from the shop")
    page.get_by_role("button", name="Open it").click()
    expect(page.locator("#secret")).to_contain_text("mc_")
    check_accessible(page)
    picture(page, "collector-token-desk-light")


def test_two_customers_are_linked_and_taken_apart_again(open_as: OpenAs, boss: User, company: Company) -> None:
    viewer = companies.viewer_of(boss)
    chiara = customer_queries.find_customers(viewer, "chiara").items[0].id
    page = open_as(boss, f"/customers/{chiara}/")

    page.get_by_role("link", name="Same person as…").click()
    page.get_by_label("Search customers").fill("dmitri")
    page.get_by_role("link", name="Compare Dmitri").first.click()
    page.get_by_label("How do you know?").fill("The same signature")
    page.get_by_role("button", name="They are the same").click()
    expect(page.locator(".why").last).to_contain_text("The same signature")
    page.get_by_role("button", name="Take this back").first.click()

    expect(page.locator(".handle")).to_have_count(1)
    check_accessible(page)


def test_people_and_words_are_found_from_the_keyboard(open_as: OpenAs, boss: User, company: Company) -> None:
    page = open_as(boss, "/customers/")

    page.keyboard.press("Control+k")
    page.keyboard.type("chiara")
    expect(page.locator("#palette-found")).to_contain_text("Chiara Rossi")
    picture(page, "palette-desk-light")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/customers/\d+/"))


def test_arrivals_count_on_while_one_looks(open_as: OpenAs, boss: User, company: Company) -> None:
    page = open_as(boss, "/arrivals/")
    expect(page.locator(".equation").first).to_contain_text("2parked")

    channels.receive(company.chat.pk, [b"[1"], now=clock.now())

    expect(page.locator(".equation").first).to_contain_text("3parked", timeout=15_000)
