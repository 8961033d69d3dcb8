"""A machine that writes, in a real browser: asked in a dialog, followed while it writes, put into the composer and not sent."""

import pytest
from playwright.sync_api import expect

from midchannel.engines.assistance.asking import Purpose
from midchannel.inside.assistance import actions
from midchannel.middle.conversations.models import Message
from midchannel.platform import clock
from midchannel.usecases import assist
from tests import company as companies
from tests.browser.conftest import OpenAs, check_accessible, picture
from tests.company import Company
from tests.usecases import endpoint

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_suggested_reply_is_asked_read_and_put_into_the_composer(open_as: OpenAs, company: Company) -> None:
    companies.say(company, company.chat, "Where is my new card?", at=clock.now())
    companies.hear(now=clock.now())
    with endpoint.serving() as fake:
        fake.reply = endpoint.completion("Dear Ana, your card is on its way.")
        actions.save_endpoint(
            companies.viewer_of(company.administrator), url=fake.url, model="small", key="sesame", timeout_seconds=20,
            tokens_a_day=100_000, purposes=list(Purpose), now=clock.now(),
        )  # fmt: skip
        page = open_as(company.agent, "/inbox/")
        page.keyboard.press("j")
        expect(page.locator(".bubble").first).to_be_visible()
        page.keyboard.press(".")
        page.get_by_role("button", name="Ask the machine that writes").click()
        dialog = page.locator("#assign")
        dialog.get_by_role("button", name="Suggest a reply").click()
        expect(dialog.get_by_text("It is being written.")).to_be_visible()
        check_accessible(page)
        picture(page, "assisting-waits")
        assist.work(now=clock.now())

    expect(dialog.get_by_text("Dear Ana, your card is on its way.")).to_be_visible()
    expect(dialog.get_by_text("Written by a machine from these messages:")).to_be_visible()
    check_accessible(page)
    picture(page, "assisting-done")
    dialog.get_by_role("button", name="Put it into the composer").click()
    expect(page.locator("[data-composer] textarea[data-save]")).to_have_value("Dear Ana, your card is on its way.")
    picture(page, "assisting-composer")
    assert Message.objects.count() == 1

    page = open_as(company.administrator, "/settings/assistance/", size="phone", scheme="dark")
    check_accessible(page)
    picture(page, "assisting-settings")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
