"""Consent, requests, erasure and retention in a real browser: every state on every size and in both themes, by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from midchannel.middle.consents import actions as consents
from midchannel.middle.consents.actions import keeping, requesting
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers.models import SourceRecord
from midchannel.platform import clock
from midchannel.platform.audit.actions import Actor
from tests import company as companies
from tests.browser.conftest import VIEWS, OpenAs, check_accessible, picture
from tests.company import Company
from tests.usecases.erasing import work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def past(company: Company) -> dict[str, str]:
    """A customer of two records that disagree, requests in every state; what to look at, by name."""
    now = clock.now()
    for name in ("Ana Lima", "Bruno Keller", "Chiara Rossi", "Dmitri Orlov"):
        companies.say(company, company.chat, f"Hello, this is {name}. " + "My card has not come. " * 5, by=name, at=now)
    companies.hear(now=now)
    record = {each.name: each for each in SourceRecord.objects.all()}
    ana, bruno = record["Ana Lima"], record["Bruno Keller"]
    form = Actor("newsletter form")
    proof = {"page": "https://shop.example/newsletter?" + "x" * 200, "words": "Yes, send me news and offers <b>now</b>"}
    consents.record_consent(form, ana.pk, purpose="marketing", state="granted", how="form", proof=proof, now=now)
    consents.record_consent(form, bruno.pk, purpose="marketing", state="withdrawn", how="unsubscribe", now=now)
    consents.record_consent(
        form, ana.pk, purpose="sharing", state="granted", how="contract", network="simulator", now=now
    )
    lead = companies.viewer_of(company.lead)
    customers.link_customers(lead, bruno.customer_id, into_id=ana.customer_id, now=now)
    made = {
        "access": requesting.open_request(lead, ana.customer_id, kind="access", now=now),
        "erased": requesting.open_request(
            lead, record["Chiara Rossi"].customer_id, kind="erasure", at_once=True, now=now
        ),
    }
    work(clock.now())
    waiting = requesting.open_request(lead, record["Dmitri Orlov"].customer_id, kind="erasure", now=now)
    keeping.set_rule(companies.viewer_of(company.administrator), "overheard", days=90, is_on=True, now=now)
    return {
        "consent": f"/customers/{ana.customer_id}/rights/",
        "erase": f"/customers/{ana.customer_id}/rights/erase/",
        "requests": "/rights/",
        "request-ready": f"/rights/{made['access']}/",
        "request-done": f"/rights/{made['erased']}/",
        "request-waiting": f"/rights/{waiting}/",
        "retention": "/rights/retention/",
    }


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_every_page_is_whole_on_every_screen(company: Company, open_as: OpenAs, size: str, scheme: str) -> None:
    for name, address in past(company).items():
        page = open_as(company.administrator, address, size=size, scheme=scheme)
        for each in page.locator("main details:not(.menu)").all():
            each.evaluate("element => element.open = true")
        check_accessible(page)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{name} is too wide on {size}"
        picture(page, f"rights-{name}-{size}-{scheme}")


def test_from_the_customers_tab_to_the_certificate_by_keyboard(company: Company, open_as: OpenAs) -> None:
    address = past(company)["consent"]
    page = open_as(company.lead, address)

    reach(page, lambda: "Erase…" in focused(page))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What goes, for good")).to_be_visible()
    reach(page, lambda: page.evaluate("document.activeElement.name") == "when")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Begins at once.")).to_be_visible()
    work(clock.now())

    expect(page.get_by_text("signed by this installation, unchanged")).to_be_visible()
    assert page.goto(address).status == 404  # type: ignore[union-attr]


def test_what_would_go_is_said_before_a_rule_is_switched_on(company: Company, open_as: OpenAs) -> None:
    past(company)
    page = open_as(company.administrator, "/rights/retention/")

    page.get_by_role("form", name="Settled conversations").get_by_role("button", name="What would go?").click()

    expect(page.get_by_text("Nothing would go at 1095 days.")).to_be_visible()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement === document.body ? '' : document.activeElement.textContent"))


def reach(page: Page, is_there: Callable[[], bool]) -> None:
    for _ in range(120):
        if is_there():
            return
        page.keyboard.press("Tab")
    pytest.fail("the keyboard does not get there")
