"""Measures and improvements in a real browser: every number opens its rows, and everybody who asked is told."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from midchannel.insight.outcomes import actions as outcomes
from midchannel.platform import clock
from midchannel.platform.database.bulk import fetch
from midchannel.usecases import improve
from tests import company as companies
from tests.browser.conftest import VIEWS, OpenAs, check_accessible
from tests.company import Company
from tests.usecases.counting import project

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(company: Company) -> Company:
    """A company that somebody has written to, with a goal, a baseline and an improvement."""
    now = clock.now()
    companies.fill(company, now=now, count=12)
    project(now)
    outcomes.freeze_baseline(company.chat.pk, now=now)
    due_on = (now + timedelta(days=30)).date()
    outcomes.open_goal(measure="contacts", target=5, due_on=due_on, channel_id=company.chat.pk, now=now)
    viewer = companies.viewer_of(company.agent)
    asked = [row[0] for row in fetch("SELECT id FROM conversation ORDER BY id LIMIT 4")]
    found = improve.begin(viewer, "Cards arrive faster", conversation_id=asked[0], now=now)
    for conversation_id in asked[1:]:
        improve.tie(viewer, conversation_id, found, now)
    return company


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_the_pages_are_accessible_and_fit(open_as: OpenAs, busy: Company, size: str, scheme: str) -> None:
    page = open_as(busy.lead, "/measures/", size=size, scheme=scheme)
    improvement = fetch("SELECT id FROM improvement")[0][0]
    for path in (
        "/measures/",
        "/measures/contacts/rows/",
        "/measures/mine/",
        "/measures/goals/",
        "/improvements/",
        f"/improvements/{improvement}/",
    ):
        page.goto(path)
        check_accessible(page)
        assert fits(page), path


def test_a_number_opens_as_many_rows_as_it_says(open_as: OpenAs, busy: Company) -> None:
    page = open_as(busy.agent, "/measures/")

    page.get_by_role("link", name="Contacts 12").first.click()

    page.wait_for_url("**/measures/contacts/rows/**")
    expect(page.locator("ol.rows > li")).to_have_count(12)


def test_other_days_are_chosen_with_the_keyboard(open_as: OpenAs, busy: Company) -> None:
    page = open_as(busy.agent, "/measures/")
    page.locator(".period-own > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_label("To", exact=True).fill("2026-01-31")
    page.keyboard.press("Enter")

    page.wait_for_url("**from=2026-01-01**")
    expect(page.locator(".period-words")).to_contain_text("31 Jan 2026")


def test_everybody_who_asked_is_told_when_it_is_done(open_as: OpenAs, busy: Company) -> None:
    improvement = fetch("SELECT id FROM improvement")[0][0]
    page = open_as(busy.agent, f"/improvements/{improvement}/")

    page.get_by_role("button", name="Mark as done").click()
    page.get_by_role("link", name="Write to them").click()
    page.get_by_label("What is to be said").fill("Hello {first_name}, cards arrive within two days now.")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".words-said").first).to_contain_text("cards arrive within two days now")
    check_accessible(page)
    page.get_by_role("button", name="Approve and tell 4 people").click()

    expect(page.locator("#ledger")).to_contain_text("On its way")
    while improve.tell_next(now=clock.now()):
        pass
    assert fetch("SELECT count(*) FROM delivery") == [(4,)]
    fetch("UPDATE delivery SET state = 'sent', settled_at = now() RETURNING 1")
    page.goto("/measures/")
    expect(page.get_by_role("link", name="Loop closure")).to_contain_text("100")
