"""A late delivery: from a public complaint through a swarm, a discretionary refund and the carrier's answer to thanks and a measure."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from midchannel.engines.casework.commands import AnyCommand, FileEvent, SetValues
from midchannel.engines.casework.states import FileTransition
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases.models import Case
from midchannel.middle.conversations.models import Conversation
from midchannel.platform import clock
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import case_plans, tend_cases
from tests import company as companies
from tests.browser.conftest import OpenAs, check_accessible, picture, work
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COMPLAINT = "My parcel is five days late and nobody tells me anything!"
THANKS = "It has arrived. Thank you so much, you are wonderful!"


def test_a_late_delivery_goes_from_a_public_complaint_to_its_measure(open_as: OpenAs, company: Company) -> None:
    case_plans.seed(companies.viewer_of(company.lead), now=clock.now())
    complaint = companies.say(company, company.public, COMPLAINT, at=clock.now())
    _settle()
    page = open_as(company.agent, f"/cases/new/?conversation={Conversation.objects.get().pk}")

    _a_case_is_opened(page)
    _operations_come_to_it(page, open_as(company.outsider, "/cases/"))
    _we_answer_in_public(page)
    _the_shop_tells(page, SetValues(values={"late_days": 5, "parcel_state": "waiting"}))
    _done(page, "Find the order it is about")
    _the_carrier_answers(page, open_as)
    _it_is_put_right(page)
    _the_customer_thanks_us(page, company, complaint)
    _it_is_measured(page)


def _settle(*, later: timedelta = timedelta()) -> None:
    """What the worker's loops would do: arrivals and deliveries, then what they bring to cases."""
    work(later=later)
    tend_cases.work_all(now=clock.now() + later)


def _to_the_case(page: Page) -> Locator:
    page.goto(f"/cases/{Case.objects.get().pk}/")
    return page.locator("#case-page")


def _item(page: Page, title: str) -> Locator:
    return page.locator("li.case-item.is-active", has=page.locator(".case-item-title", has_text=title))


def _done(page: Page, title: str) -> None:
    """Completes a task by the button of its row."""
    _item(page, title).locator(".case-item-act button").last.click()
    expect(_item(page, title)).to_have_count(0)


def _the_shop_tells(page: Page, command: AnyCommand) -> None:
    """Another system tells the case something, once."""
    key = f"shop:{type(command).__name__}"
    cases.apply_signal(Case.objects.get().pk, command, key=key, by=Actor("shop"), now=clock.now())
    _to_the_case(page)


def _a_case_is_opened(page: Page) -> None:
    page.get_by_label("What is it about?").fill("Ana's parcel is late")
    page.get_by_role("radio", name=re.compile("^Late delivery")).check()
    page.get_by_role("button", name="Open the case").click()
    expect(page.locator("#case-page")).to_contain_text("Answer that we are on it")


def _operations_come_to_it(page: Page, operations: Page) -> None:
    swarm = page.locator("#panel-case_swarm")
    swarm.locator("select[name=people]").select_option(label="Kim Sato")
    swarm.locator("[name=reason]").fill("Where did it leave the warehouse?")
    swarm.get_by_role("button", name="Gather a swarm").click()
    expect(swarm).to_contain_text("Kim Sato")
    check_accessible(page)
    picture(page, "late-delivery-swarm")
    expect(_to_the_case(operations)).to_contain_text("Find the order it is about")


def _we_answer_in_public(page: Page) -> None:
    page.locator(".case-side").get_by_role("link", name="Answer").click()
    page.locator("#reply-text").fill("We look for it now.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".thread")).to_contain_text("We look for it now.")
    _settle(later=timedelta(minutes=2))
    expect(_to_the_case(page)).to_contain_text("Heard")


def _the_carrier_answers(page: Page, open_as: OpenAs) -> None:
    page.get_by_role("link", name="Internal thread").click()
    page.locator(".together-invite > summary").click()
    page.get_by_label("E-mail address").fill("carrier@example.net")
    page.get_by_label("What it is about", exact=False).fill("The parcel of Ana")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#partner-link").inner_text()

    carrier = open_as(None, re.sub(r"^https?://[^/]+", "", link))
    carrier.get_by_label("Your name").fill("Paula Prado")
    carrier.get_by_role("button", name="Come in").click()
    carrier.locator("textarea").fill("It waits in our depot and goes out tomorrow.")
    carrier.get_by_role("button", name="Send").click()
    expect(carrier.locator("main")).to_contain_text("It waits in our depot")
    check_accessible(carrier)
    _settle()
    expect(page.locator("#case-thread")).to_contain_text("It waits in our depot")


def _it_is_put_right(page: Page) -> None:
    _to_the_case(page)
    asked = _item(page, "Ask the carrier where it is")
    asked.locator("form.case-do").get_by_role(
        "button", name="Done"
    ).click()  # it asks for what the carrier says, and stands open
    expect(asked).to_have_count(0)
    page.locator("li.case-add", has_text="Refund the shipping cost").get_by_role("button").click()
    _done(page, "Refund the shipping cost")
    _done(page, "Tell the customer the new date")
    _the_shop_tells(page, FileEvent(item="parcel", event=FileTransition.UPDATE, values={"parcel_state": "delivered"}))


def _the_customer_thanks_us(page: Page, company: Company, complaint: str) -> None:
    expect(page.locator("#case-page")).to_contain_text("Ask whether all is well, and thank")
    companies.say(company, company.public, THANKS, at=clock.now(), reply_to=complaint)
    _settle(later=timedelta(minutes=3))
    expect(_to_the_case(page)).to_contain_text("Customer says it is good")
    assert Case.objects.get().state == "completed"
    check_accessible(page)
    picture(page, "late-delivery-done")


def _it_is_measured(page: Page) -> None:
    page.goto("/measures/casework/")
    measures = page.locator("main")
    expect(measures).to_contain_text("Customer says it is good (1 of 1)")
    expect(measures).to_contain_text("With a swarm")
    expect(measures).to_contain_text("This is no proof that swarms help or harm")
    check_accessible(page)
    picture(page, "late-delivery-measure")
    page.get_by_role("link", name="With a swarm").click()
    expect(page.locator("main .row")).to_have_count(1)
