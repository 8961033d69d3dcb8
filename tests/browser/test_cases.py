"""Cases in a real browser: a day's steps with the keyboard, what they bring, the way back, another plan; two at one task; axe."""

import pytest
from playwright.sync_api import Locator, Page, expect

from midchannel.middle.cases import actions as cases
from midchannel.middle.conversations import queries as conversations
from midchannel.platform import clock
from midchannel.usecases import case_plans
from tests import company as companies
from tests.browser.conftest import OpenAs, check_accessible, picture
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case_id(company: Company) -> int:
    """A case about a parcel of Ana's, Mia's."""
    now = clock.now()
    case_plans.seed(companies.viewer_of(company.lead), now=now)
    companies.say(company, company.chat, "Where is my parcel? You promised Monday.", by="Ana Lima", at=now)
    companies.hear(now=now)
    viewer = companies.viewer_of(company.agent)
    talk = conversations.list_conversations(viewer, view="open").items[0].id
    return cases.open_case(
        viewer, plan="late_delivery", title="Ana waits for her parcel", conversation_ids=(talk,), now=now
    )


def test_a_case_is_worked_through_by_two_people(company: Company, case_id: int, open_as: OpenAs) -> None:
    mia, tom = open_as(company.agent, "/cases/"), open_as(company.colleague, f"/cases/{case_id}/")
    check_accessible(mia)
    picture(mia, "cases-list")

    mia.keyboard.press("j")
    mia.keyboard.press("Enter")
    expect(mia.locator("h1")).to_have_text("Ana waits for her parcel")
    check_accessible(mia)

    _it_brings_is_done_and_taken_back(mia, tom)
    _values_are_asked_for_where_they_are_needed(mia)
    _of_two_the_second_is_told(mia, tom)
    _the_plan_of_this_case_is_changed(mia)
    check_accessible(mia)
    picture(mia, "case-later")


def test_what_a_colleague_does_leaves_a_choice_and_what_it_would_bring(
    company: Company, case_id: int, open_as: OpenAs
) -> None:
    mia, tom = open_as(company.agent, f"/cases/{case_id}/"), open_as(company.colleague, f"/cases/{case_id}/")
    mia.get_by_role("button", name="Done Find the order it is about").click()
    expect(mia.get_by_role("button", name="Done Find the order it is about")).to_have_count(0)
    trace = _item(mia, "Ask the carrier where it is")
    trace.locator("summary").first.click()
    trace.get_by_label("Parcel state").select_option("lost")
    expect(trace.locator(".case-then").first).to_contain_text("Parcel lost")

    _item(tom, "Answer that we are on it").get_by_role("button", name="Done Answer that we are on it").click()
    expect(mia.locator(".case-step.is-reached")).to_have_count(1)

    expect(trace.get_by_label("Parcel state")).to_have_value("lost")
    expect(trace.locator(".case-then").first).to_contain_text("Parcel lost")


def _item(page: Page, title: str) -> Locator:
    """The item of this title, in whichever list it is."""
    return page.locator(".case-item", has=page.locator(".case-item-title", has_text=title)).first


def _it_brings_is_done_and_taken_back(mia: Page, tom: Page) -> None:
    answer = _item(mia, "Answer that we are on it")
    expect(answer.locator(".case-then").first).to_contain_text("Heard")
    answer.get_by_role("button", name="Done Answer that we are on it").click()
    expect(mia.locator(".case-step.is-reached")).to_have_count(1)
    expect(tom.locator(".case-step.is-reached")).to_have_count(1)  # the page of a colleague follows by itself
    mia.get_by_role("button", name="Undo").click()
    expect(mia.locator(".case-step.is-reached")).to_have_count(0)
    expect(tom.locator(".case-step.is-reached")).to_have_count(0)
    mia.get_by_role("button", name="Done Answer that we are on it").click()
    expect(mia.locator(".case-step.is-reached")).to_have_count(1)


def _values_are_asked_for_where_they_are_needed(mia: Page) -> None:
    mia.get_by_role("button", name="Done Find the order it is about").click()
    expect(mia.get_by_role("button", name="Done Find the order it is about")).to_have_count(0)
    trace = _item(mia, "Ask the carrier where it is")
    trace.get_by_label("Parcel state").select_option("lost")
    expect(trace.locator(".case-then").first).to_contain_text("Parcel lost")
    check_accessible(mia)
    picture(mia, "case-values")
    trace.locator(".case-do").get_by_role("button", name="Done").click()
    expect(mia.locator(".case-step.is-reached")).to_have_count(2)


def _of_two_the_second_is_told(mia: Page, tom: Page) -> None:
    mia.keyboard.press("t")
    mia.get_by_label("What is to be done").fill("Ask the neighbour")
    mia.keyboard.press("Enter")
    expect(tom.get_by_role("button", name="Done Ask the neighbour")).to_be_visible()
    stale = _item(tom, "Ask the neighbour").locator("form.case-do").get_attribute("id")
    mia.get_by_role("button", name="Done Ask the neighbour").click()
    instance = str(stale).removeprefix("do-")
    address = f"{tom.url.rstrip('/')}/do/"
    values = {"do": "complete", "instance": instance, "called": "Ask the neighbour"}
    expect(tom.get_by_role("button", name="Done Ask the neighbour")).to_have_count(0)
    tom.evaluate(
        "([address, values]) => htmx.ajax('POST', address, { values, target: '#case-page', swap: 'innerMorph' })",
        [address, values],
    )
    expect(tom.locator(".toast-words").first).to_contain_text("Mia Berg was faster")


def _the_plan_of_this_case_is_changed(mia: Page) -> None:
    mia.get_by_role("link", name="Plan", exact=True).click()
    check_accessible(mia)
    mia.locator("#plan-new summary").click()
    mia.locator("#new-title").fill("Ring them up")
    mia.locator("#plan-new").get_by_role("button", name="Add it").click()
    expect(mia.locator(".case-difference")).to_contain_text("Ring them up")
    mia.get_by_label("Why does the plan of this case change?").fill("They asked for a call")
    picture(mia, "case-plan")
    mia.get_by_role("button", name="Change the plan of this case").click()
    expect(mia.get_by_role("button", name="Done Ring them up")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("phone", "dark"), ("desk", "dark")])
def test_the_pages_of_cases_in_every_size_and_light(
    company: Company, case_id: int, open_as: OpenAs, size: str, scheme: str
) -> None:
    page = open_as(company.agent, f"/cases/{case_id}/", size=size, scheme=scheme)
    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"case-{size}-{scheme}")
    for path in ("/cases/", "/cases/new/", f"/cases/{case_id}/plan/", f"/cases/{case_id}/history/"):
        page.goto(path)
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
