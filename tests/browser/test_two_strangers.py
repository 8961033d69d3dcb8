"""From two strangers on two networks over a review to one customer, and back to two; in a real browser, by keys, with axe."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from midchannel.middle.customers import queries
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import vocabulary
from midchannel.outside.channels.vocabulary import Actor, Document, Identifier, Object
from midchannel.platform import clock
from tests import company as companies
from tests.browser.conftest import VIEWS, OpenAs, check_accessible, picture
from tests.company import Company

pytestmark = pytest.mark.browser

WHY = re.compile(r"Why these \d records are one customer")


@pytest.fixture
def strangers(company: Company) -> Company:
    """Ana Lima on the simulator, and somebody of her name by mail; her mail knows her address, the simulator only her name."""
    now = clock.now()
    companies.say(
        company, company.public, "My card has not arrived, where is it?", by="Ana Lima", at=now - timedelta(days=2)
    )
    companies.hear(now=now - timedelta(days=2))
    mail = companies.open_channel("Help desk", company.queue, is_public=False, now=now, network="email")
    address = "ana.lima@mail.example"
    actor = Actor(
        id=address,
        name="Ana Lima",
        identifiers=[Identifier("email", address, verified=True)],
        attributes={"phone": "+351 21 123 4567", "city": "Porto"},
    )
    said = Object(id="mail-1", name="My card", content="It is still not there.", published=now - timedelta(hours=3))
    document = Document(id="mail-1#create", actor=actor, object=said, published=said.published, audience="private")
    channels.receive(mail.pk, [vocabulary.encode(document)], now=now - timedelta(hours=3))
    companies.hear(now=now - timedelta(hours=3))
    return company


def customers(company: Company) -> dict[int, int]:
    """Customers of the name with the number of their records."""
    viewer = companies.viewer_of(company.agent)
    found = [queries.get_customer(viewer, row.id) for row in queries.find_customers(viewer, "ana lima").items]
    return {each.id: len(each.records) for each in found}


def settled(page: Page) -> None:
    page.wait_for_function("() => !document.querySelector('.htmx-request')")


def test_two_strangers_become_one_customer_by_a_review_and_two_again(strangers: Company, open_as: OpenAs) -> None:
    before = customers(strangers)
    assert list(before.values()) == [1, 1]
    page = open_as(strangers.agent, "/review/")

    expect(page.locator(".side h3")).to_have_text(["Ana Lima", "Ana Lima"])
    expect(page.locator(".compare")).to_contain_text("very strongly for")
    expect(page.get_by_text("That alone never links anybody")).to_be_visible()
    check_accessible(page)
    picture(page, "review")

    page.keyboard.press("r")
    page.keyboard.type("She told me")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.get_by_text("Nobody to tell apart")).to_be_visible()
    settled(page)
    check_accessible(page)
    one = customers(strangers)
    assert list(one.values()) == [2]
    assert set(one) < set(before)

    gone = next(iter(set(before) - set(one)))
    page.goto(f"/customers/{gone}/")
    expect(page).to_have_url(re.compile(rf"/customers/{next(iter(one))}/$"))
    expect(page.get_by_text("It is still not there.").first).to_be_visible()
    expect(page.get_by_text("My card has not arrived").first).to_be_visible()
    check_accessible(page)
    page.get_by_role("link", name="Why this is one").click()
    expect(page.get_by_role("heading", name=WHY)).to_be_visible()
    expect(page.locator(".path-wide")).to_contain_text("said by a person")
    expect(page.locator("article.step").first).to_contain_text("She told me")
    check_accessible(page)
    picture(page, "why")

    page.locator("article.step").get_by_role("button", name="Take this back").click()
    expect(page.get_by_role("heading", name="One record")).to_be_visible()
    settled(page)
    assert customers(strangers) == before
    page.goto("/review/")
    expect(page.locator(".side h3")).to_have_text(["Ana Lima", "Ana Lima"])


def test_taken_apart_on_the_path_they_stay_two_and_the_toast_takes_it_back(strangers: Company, open_as: OpenAs) -> None:
    before = customers(strangers)
    page = open_as(strangers.agent, "/review/")
    page.keyboard.press("s")
    expect(page.get_by_text("Nobody to tell apart")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(".side h3")).to_have_count(2)
    assert customers(strangers) == before
    page.keyboard.press("s")
    expect(page.get_by_text("Nobody to tell apart")).to_be_visible()
    page.goto(f"/customers/{next(iter(customers(strangers)))}/")

    page.get_by_role("button", name="Somebody else").last.click()
    page.get_by_role("button", name="Take it apart").locator("visible=true").click()

    expect(page.locator("#toasts")).to_contain_text("Taken apart")
    assert customers(strangers) == before
    page.goto("/review/")
    expect(page.get_by_text("Nobody to tell apart")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_every_page_of_it_fits_and_is_accessible(strangers: Company, open_as: OpenAs, size: str, scheme: str) -> None:
    ana = min(customers(strangers))
    page = open_as(strangers.lead, "/review/", size=size, scheme=scheme)

    for name, address in (
        ("review", "/review/"),
        ("differences", "/review/differences/"),
        ("customer", f"/customers/{ana}/"),
        ("why", f"/customers/{ana}/why/"),
        ("past", f"/customers/{ana}/on/"),
        ("organisations", "/customers/organisations/"),
    ):
        page.goto(address)
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        picture(page, f"{name}-{size}-{scheme}")
