"""The main job, end to end, in real browsers: what a customer says arrives, is recognised, answered and measured, and changes something."""

from datetime import timedelta

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from midchannel.inside.improvements import queries as improvements
from midchannel.middle.conversations import queries as conversations
from midchannel.outside.channels import actions as channels
from midchannel.platform import clock
from midchannel.usecases import improve, measure
from tests import company as companies
from tests.browser.conftest import OpenAs, Site, picture, work
from tests.company import Company

pytestmark = pytest.mark.browser

COMPLAINT = "My card was due on the third. Why can nobody tell me where it is?"


def collect(browser: Browser, site: Site, token: str, document: dict[str, object]) -> None:
    """What the customer's side sends to the collector, over HTTP."""
    context = browser.new_context(base_url=site.url)
    answer = context.request.post(
        "/collect/v1/activities",
        data=msgspec.json.encode([document]),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    assert answer.ok, answer.text()
    assert answer.json()["accepted"] == 1
    context.close()


def complaint() -> dict[str, object]:
    """Ana's complaint in the vocabulary of ActivityStreams."""
    return {
        "type": "Create",
        "id": "https://simulator.example/complaint#create",
        "actor": {"type": "Person", "id": "ana@simulator.example", "name": "Ana Lima"},
        "object": {"type": "Note", "id": "https://simulator.example/complaint", "content": COMPLAINT},
        "published": clock.now().isoformat(),
        "mc:audience": "private",
    }


def test_a_complaint_is_answered_measured_and_changes_something(
    company: Company, open_as: OpenAs, browser: Browser, site: Site
) -> None:
    by = companies.viewer_of(company.administrator).actor
    token = channels.issue_token(company.chat.pk, by=by, now=clock.now()).token
    page = open_as(company.agent, "/inbox/")
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()

    # It arrives, and appears by itself.
    collect(browser, site, token, complaint())
    work()
    page.locator(".row", has_text="Ana Lima").wait_for()

    claim_and_ask(page)
    answer_inside(open_as(company.outsider, "/notices/"))
    answer_and_resolve(page)
    work(later=timedelta(minutes=1))
    row = conversations.list_conversations(companies.viewer_of(company.agent), view="resolved").items[0]
    said = [
        m for m in conversations.list_messages(companies.viewer_of(company.agent), row.id).items if m.direction == "out"
    ]
    assert [m.delivery.state for m in said if m.delivery] == ["sent"] or said[0].delivery.state == "confirmed"  # type: ignore[union-attr]
    assert "which depot" not in said[0].text

    see_it_measured(page)
    improvement_id = tie_to_an_improvement(page, row.id)
    tell_that_it_is_done(open_as(company.lead, f"/improvements/{improvement_id}/"))
    while improve.tell_next(now=clock.now()):
        pass
    work(later=timedelta(minutes=1))

    heard = [
        m.text
        for m in conversations.list_messages(companies.viewer_of(company.agent), row.id).items
        if m.direction == "out"
    ]
    assert len(heard) == 2
    assert "every parcel can be followed" in heard[1]
    ledger = improvements.get_ledger(companies.viewer_of(company.lead), improvement_id)
    assert (ledger.asked, ledger.told) == (1, 1)


def claim_and_ask(page: Page) -> None:
    """The agent claims it and asks a colleague of another team."""
    page.keyboard.press("j")
    expect(page.locator("#thread .bubble-theirs")).to_contain_text(COMPLAINT)
    page.keyboard.press("c")
    expect(page.locator("#conversation-head .owner")).to_contain_text("You")
    page.keyboard.press("n")
    page.keyboard.type("@kim-sato which depot has it?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .bubble-internal")).to_contain_text("Open question")


def answer_inside(page: Page) -> None:
    """The colleague finds the question behind the bell and answers it there, inside."""
    page.locator(".notice", has_text="Mia Berg asks you").first.click()
    expect(page.locator("#thread .bubble-internal")).to_contain_text("which depot has it?")
    page.locator("#note-text").fill("Porto. It goes out tonight.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .bubble-internal")).to_have_count(2)
    picture(page, "answered-inside")


def answer_and_resolve(page: Page) -> None:
    """The answer appears by itself; the agent replies to the customer and resolves."""
    expect(page.locator("#thread .bubble-internal").last).to_contain_text("Porto. It goes out tonight.")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("It is in Porto and goes out tonight. I am sorry you had to ask.")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".toast").last).to_contain_text("Sent and resolved.")


def see_it_measured(page: Page) -> None:
    """The facts of it are in Measures, and the row behind the number is Ana."""
    while measure.project_facts(now=clock.now()):
        pass
    page.goto("/measures/")
    picture(page, "measures")
    expect(page.locator("main")).to_contain_text("Time to first answer")
    page.locator("a.tile", has_text="Messages received").click()
    expect(page.locator("main")).to_contain_text("Ana Lima")


def tie_to_an_improvement(page: Page, conversation_id: int) -> int:
    """From the conversation, begin the improvement it asks for."""
    page.goto(f"/inbox/c/{conversation_id}/")
    page.keyboard.press("i")
    page.get_by_role("link", name="Begin a new improvement").click()
    page.locator("[name=title]").fill("Let people follow their card")
    page.locator("main form button.button-primary").click()
    expect(page.locator("main")).to_contain_text("Let people follow their card")
    return int(page.url.rstrip("/").rsplit("/", 1)[-1].split("?")[0])


def tell_that_it_is_done(page: Page) -> None:
    """A lead marks it as done, looks at the words and approves them."""
    page.get_by_role("button", name="Mark as done").click()
    page.get_by_role("link", name="Write to them").click()
    page.locator("[name=text]").first.fill("You asked where your card was. From now on every parcel can be followed.")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Approve and tell").click()
