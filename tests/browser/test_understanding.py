"""What texts say, in a real browser: the queue by what presses, one key to say otherwise, and every page of it accessible and fitting."""

import pytest
from playwright.sync_api import Page, expect

from midchannel.engines.language.encoder import Deeper
from midchannel.middle.signals import actions
from midchannel.middle.signals.actions.twice import ReadTwice
from midchannel.platform import clock
from midchannel.platform.database.bulk import fetch
from tests import company as companies
from tests.browser.conftest import VIEWS, OpenAs, check_accessible, picture
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(company: Company) -> Company:
    companies.fill(company, now=clock.now(), count=12)
    viewer = companies.viewer_of(company.agent)
    for (activity_id,) in fetch("SELECT id FROM signal ORDER BY id LIMIT 4"):
        told = {"sentiment": ["negative"], "topics": ["Cards"]}
        actions.correct(viewer, activity_id, told, now=clock.now())
    actions.learn(now=clock.now())
    twice = Deeper(sentiment="negative", negative=0.9, model="larger-1")
    rows = fetch("SELECT id, sentiment FROM signal ORDER BY id DESC LIMIT 6")
    actions.keep_second([ReadTwice(each, first, True, twice) for each, first in rows], now=clock.now())
    return company


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_the_pages_are_accessible_and_fit(open_as: OpenAs, busy: Company, size: str, scheme: str) -> None:
    page = open_as(busy.lead, "/understanding/", size=size, scheme=scheme)
    customer_id = fetch("SELECT customer_id FROM source_record ORDER BY id LIMIT 1")[0][0]
    for path in (
        "/understanding/",
        "/understanding/check/",
        "/measures/mood/",
        "/measures/mood/texts/",
        f"/customers/{customer_id}/mood/",
        "/settings/routing/new/",
        "/settings/understanding/",
        "/inbox/pressing/",
    ):
        page.goto(path)
        picture(page, f"understanding-{size}-{path.strip('/').replace('/', '-')}")
        check_accessible(page)
        assert fits(page), path


def test_one_key_says_what_a_text_says(open_as: OpenAs, busy: Company) -> None:
    page = open_as(busy.agent, "/inbox/pressing/")
    page.keyboard.press("j")
    page.wait_for_selector(".bubble-says")
    page.keyboard.press("l")
    form = page.locator("#say form")
    expect(form).to_be_visible()
    check_accessible(page)
    picture(page, "understanding-say")
    page.keyboard.press("3")
    form.get_by_text("Praise").click()
    form.get_by_role("button", name="Keep").click()

    expect(page.locator("#say")).not_to_be_visible()
    expect(page.locator(".bubble-says").get_by_text("Positive")).to_have_attribute("title", "Mood: A colleague says so")
    expect(page.locator(".bubble-says").get_by_text("Praise")).to_be_visible()
    assert fetch("SELECT count(*) FROM signal_correction WHERE is_last AND holds = ARRAY['positive']")[0][0] == 1
