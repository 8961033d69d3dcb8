"""A case together, in a real browser: a question, a swarm by one click, a partner who is let in, writes and brings a proof."""

import re

import pytest
from playwright.sync_api import FilePayload, expect

from midchannel.inside.swarms import actions as swarms
from midchannel.middle.cases import actions as cases
from midchannel.platform import clock
from midchannel.usecases import case_plans
from tests import company as companies
from tests.browser.conftest import VIEWS, OpenAs, check_accessible, picture
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_colleagues_and_a_partner_work_on_one_case(company: Company, open_as: OpenAs, size: str, scheme: str) -> None:
    now = clock.now()
    case_plans.seed(companies.viewer_of(company.lead), now=now)
    agent, kim = companies.viewer_of(company.agent), companies.viewer_of(company.outsider)
    swarms.set_skills(kim, ["Late parcels", "Customs"], now=now)
    title = "Parcel of Ana " + "that has not come " * 3
    case_id = cases.open_case(agent, plan="late_delivery", title=title, scope_id=agent.scope_ids[0], now=now)
    mia = open_as(company.agent, f"/cases/{case_id}/room/", size=size, scheme=scheme)

    mia.locator("#note-text").fill("#customs who knows where it is?")
    mia.keyboard.press("Control+Enter")
    expect(mia.locator(".together-questions")).to_contain_text("Kim Sato")
    mia.locator(".together-invite > summary").click()
    mia.get_by_label("E-mail address").fill("paula@carrier.example")
    mia.get_by_label("Company", exact=False).first.fill("Carrier")
    mia.get_by_label("What it is about", exact=False).fill("A parcel that has not come")
    mia.get_by_role("button", name="Make the link").click()
    link = mia.locator("#partner-link").inner_text()
    check_accessible(mia)
    picture(mia, f"together-room-{size}-{scheme}")

    paula = open_as(None, re.sub(r"^https?://[^/]+", "", link), size=size, scheme=scheme)
    check_accessible(paula)
    picture(paula, f"together-invitation-{size}-{scheme}")
    paula.get_by_label("Your name").fill("Paula Meier")
    paula.get_by_role("button", name="Come in").click()
    expect(paula.locator("h1")).to_have_text("A parcel that has not come")
    paula.locator("#room-text").fill("It is in Calais.\nOut tomorrow.")
    proof = FilePayload(name="proof.png", mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n1")
    paula.set_input_files("input[type=file]", files=[proof])
    paula.get_by_role("button", name="Send").click()
    expect(paula.locator(".bubble")).to_contain_text("Calais")
    check_accessible(paula)
    picture(paula, f"together-partner-{size}-{scheme}")

    expect(mia.locator("#case-thread")).to_contain_text("It is in Calais")
    mia.goto(f"/cases/{case_id}/room/")
    mia.locator("#note-text").click()  # on a phone the rest unfolds
    mia.locator(".composer .switch label", has_text="Partner").click()
    expect(mia.locator(".composer")).to_contain_text("Paula Meier (Carrier) will read this")
    mia.locator("#reply-text").fill("Thank you, we tell her.")
    mia.keyboard.press("Control+Enter")
    expect(mia.locator("#case-thread")).to_contain_text("Thank you, we tell her.")
    check_accessible(mia)
    picture(mia, f"together-said-{size}-{scheme}")
    expect(paula.locator("#room-thread")).to_contain_text("Thank you, we tell her.", timeout=20_000)

    mia.goto(f"/cases/{case_id}/")
    panel = mia.locator("#panel-case_swarm")
    expect(panel).to_contain_text("Kim Sato")
    panel.get_by_role("button", name="Gather a swarm").click()
    expect(panel.get_by_role("button", name="End the swarm")).to_be_visible()
    check_accessible(mia)
    picture(mia, f"together-swarm-{size}-{scheme}")
    for place in ("documents", "export"):
        mia.goto(f"/cases/{case_id}/{place}/")
        check_accessible(mia)
        picture(mia, f"together-{place}-{size}-{scheme}")
    assert mia.complaints == paula.complaints == []  # type: ignore[attr-defined]
