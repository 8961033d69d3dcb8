"""A late delivery: from a public complaint through a swarm, a discretionary refund and the carrier's answer to thanks and a measure."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from midchannel.engines.casework import commands
from midchannel.engines.casework.states import FileTransition, Transition
from midchannel.inside.partners import actions as partners
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases.models import Case
from midchannel.middle.conversations.models import Conversation, Message
from midchannel.platform import clock
from midchannel.platform.audit.actions import Actor
from midchannel.usecases import case_plans, reply, tend_cases
from tests import company as companies
from tests.browser.conftest import OpenAs, check_accessible, picture, work
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOP = Actor("shop")


def settle(*, later: timedelta = timedelta()) -> None:
    """What the worker's loops would do: arrivals and deliveries, then what they bring to cases."""
    work(later=later)
    tend_cases.work_all(now=clock.now() + later)


def row(page: Page, title: str) -> Locator:
    """An item of the case by its title: where it is to be done, that one."""
    return page.locator("li.case-item", has=page.locator(".case-item-title", has_text=title)).first


def done(page: Page, title: str) -> None:
    """Completes a task by the button of its row."""
    button = row(page, title).locator(".case-item-act button").last
    button.click()
    expect(page.locator("li.case-item.is-active", has=page.locator(".case-item-title", has_text=title))).to_have_count(
        0
    )


def test_a_late_delivery_goes_from_a_public_complaint_to_its_measure(open_as: OpenAs, company: Company) -> None:
    now = clock.now()
    case_plans.seed(companies.viewer_of(company.lead), now=now)
    agent = companies.viewer_of(company.agent)
    complaint = companies.say(
        company, company.public, "My parcel is five days late and nobody tells me anything!", at=now
    )
    settle()
    conversation = Conversation.objects.get()

    page = open_as(company.agent, f"/cases/new/?conversation={conversation.pk}")
    page.get_by_label("What is it about?").fill("Ana's parcel is late")
    page.get_by_role("radio", name=re.compile("^Late delivery")).check()
    page.get_by_role("button", name="Open the case").click()
    page.wait_for_url(re.compile(r"/cases/\d+/"))
    case_id = Case.objects.get().pk
    expect(page.locator("#case-page")).to_contain_text("Answer that we are on it")

    page.locator("#panel-case_swarm select[name=people]").select_option(label="Kim Sato")
    page.locator("#panel-case_swarm [name=reason]").fill("Where did it leave the warehouse?")
    page.get_by_role("button", name="Gather a swarm").click()
    expect(page.locator("#panel-case_swarm")).to_contain_text("Kim Sato")
    check_accessible(page)
    picture(page, "late-delivery-swarm")
    operations = open_as(company.outsider, f"/cases/{case_id}/")
    expect(operations.locator("#case-page")).to_contain_text("Find the order it is about")

    last = Message.objects.filter(conversation_id=conversation.pk).latest("id").pk
    reply.send(agent, conversation.pk, text="We look for it now.", saw_message_id=last, client_key="1", now=clock.now())
    settle(later=timedelta(minutes=2))
    known = {"late_days": 5, "parcel_state": "waiting"}
    cases.apply_signal(case_id, commands.SetValues(values=known), key="shop:1", by=SHOP, now=clock.now())
    page.reload()
    expect(page.locator("#case-page")).to_contain_text("Heard")
    done(page, "Find the order it is about")
    expect(row(page, "Ask the carrier where it is")).to_be_visible()

    made = partners.invite(agent, case_id, email="carrier@example.net", subject="The parcel of Ana", now=clock.now())
    carrier = open_as(None, f"/rooms/invitation/{made.token}/")
    carrier.get_by_label("Your name").fill("Paula Prado")
    carrier.locator("main form button").first.click()
    carrier.locator("textarea").fill("It waits in our depot and goes out tomorrow.")
    carrier.get_by_role("button", name=re.compile("Send")).click()
    expect(carrier.locator("main")).to_contain_text("It waits in our depot")
    check_accessible(carrier)
    settle()
    assert Case.objects.get().state == "active"

    page.goto(f"/cases/{case_id}/")
    cases.do(agent, case_id, commands.Move(item="trace", transition=Transition.COMPLETE), now=clock.now())
    page.reload()
    page.locator("li.case-add", has_text="Refund the shipping cost").get_by_role("button").click()
    expect(page.locator("li.case-item.is-active", has_text="Refund the shipping cost")).to_be_visible()
    done(page, "Refund the shipping cost")
    done(page, "Tell the customer the new date")
    told = commands.FileEvent(item="parcel", event=FileTransition.UPDATE, values={"parcel_state": "delivered"})
    cases.apply_signal(case_id, told, key="shop:2", by=SHOP, now=clock.now())
    page.reload()
    expect(page.locator("#case-page")).to_contain_text("Ask whether all is well, and thank")

    companies.say(
        company,
        company.public,
        "It has arrived. Thank you so much, you are wonderful!",
        at=clock.now(),
        reply_to=complaint,
    )
    settle(later=timedelta(minutes=3))
    page.reload()
    expect(page.locator("#case-page")).to_contain_text("Customer says it is good")
    assert Case.objects.get().state == "completed"
    check_accessible(page)
    picture(page, "late-delivery-done")

    page.goto("/measures/casework/")
    expect(page.locator("main")).to_contain_text("Customer says it is good (1 of 1)")
    expect(page.locator("main")).to_contain_text("With a swarm")
    expect(page.locator("main")).to_contain_text("This is no proof that swarms help or harm")
    check_accessible(page)
    picture(page, "late-delivery-measure")
    page.get_by_role("link", name="With a swarm").click()
    expect(page.locator("main .row")).to_have_count(1)
