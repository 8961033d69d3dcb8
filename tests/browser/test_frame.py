"""What every page has: signing in, theme, palette, keys, narrow screens. The policy refuses nothing of ours."""

import gzip

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs, check_accessible
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_as: OpenAs, company: Company) -> Page:
    return open_as(company.agent, "/notices/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_signing_in_is_accessible(open_as: OpenAs, company: Company, size: str, scheme: str) -> None:
    page = open_as(company.agent, "/password/change/", size=size, scheme=scheme)

    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_places_are_found_by_typing(page: Page) -> None:
    page.keyboard.press("Control+k")

    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("inb")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url("**/inbox/**")


def test_the_keys_of_a_page_are_listed_by_it(page: Page) -> None:
    page.keyboard.press("?")

    expect(page.locator("#keys-here")).to_contain_text("Inbox")
    check_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()


def test_a_chosen_theme_is_kept(page: Page) -> None:
    page.locator(".rail summary").click()
    page.get_by_role("button", name="Dark").click()
    page.reload()

    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    check_accessible(page)


def test_an_answer_may_tell_something_and_offer_to_undo(page: Page) -> None:
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('mc:toast', {detail: {text: '<b>Resolved</b>', undo: '/x', seconds: 60}}))"
    )

    toast = page.locator(".toast")
    expect(toast).to_contain_text("<b>Resolved</b>")
    expect(toast.get_by_role("button", name="Undo")).to_be_visible()
    check_accessible(page)


def test_nothing_scrolls_sideways_on_a_phone(open_as: OpenAs, company: Company) -> None:
    page = open_as(company.agent, "/notices/", size="phone")

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_accessible(page)


def test_a_missing_page_says_so_and_keeps_the_rail(open_as: OpenAs, company: Company) -> None:
    page = open_as(company.agent, "/nowhere/")

    assert page.locator("h1").inner_text() == "Nothing here"
    expect(page.locator(".rail")).to_contain_text("Inbox")


def test_a_first_visit_is_under_150_kilobytes(page: Page) -> None:
    script = "[location.href, ...performance.getEntriesByType('resource').map(entry => entry.name)]"
    addresses = {address.split("#")[0] for address in page.evaluate(script) if not address.endswith("/events")}

    # As the installed product sends them: what `collectstatic` makes is compressed.
    weights = {address: len(gzip.compress(page.request.get(address).body())) for address in addresses}

    assert len(weights) > 5
    assert sum(weights.values()) < 150_000, weights
