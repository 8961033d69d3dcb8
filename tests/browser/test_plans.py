"""Plans in a real browser: written with what is wrong told while one types, played, saved, and a running case brought along."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from midchannel.engines.casework import commands
from midchannel.middle.cases import actions as cases
from midchannel.middle.cases import queries
from midchannel.middle.cases.actions import moving
from midchannel.platform import clock
from midchannel.platform.accounts import queries as accounts
from midchannel.usecases import case_plans
from tests.browser.conftest import OpenAs, check_accessible, picture
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


PLACE_CURSOR = """() => {
  const area = document.getElementById('plan-text'), place = area.value.indexOf('- task: match_order');
  area.focus(); area.setSelectionRange(place, place);
}"""


@pytest.fixture
def case_ids(company: Company) -> list[int]:
    """Three late deliveries on the way, in two of which somebody added the same by hand."""
    now = clock.now() - timedelta(days=1)
    case_plans.seed(accounts.viewer_for(company.lead), now=now - timedelta(days=20))
    agent = accounts.viewer_for(company.agent)
    found = []
    for number in range(3):
        case_id = cases.open_case(
            agent,
            plan="late_delivery",
            scope_id=agent.scope_ids[0],
            title=f"Parcel {number}",
            values={"late_days": 3},
            now=now,
        )
        if number:
            cases.do(agent, case_id, commands.AddTask(title="Call the depot"), now=now)
        found.append(case_id)
    return found


def test_a_plan_is_written_played_saved_and_a_running_case_brought_along(
    company: Company, open_as: OpenAs, case_ids: list[int]
) -> None:
    page = open_as(company.lead, "/plans/")
    check_accessible(page)
    picture(page, "plans-list")
    page.get_by_role("link", name="Late delivery").click()
    expect(page.get_by_text("2 of 3")).to_be_visible()
    check_accessible(page)
    picture(page, "plans-plan")
    page.get_by_role("button", name="Into the plan").click()

    write(page)
    play(page)
    save_and_move(page)
    agent = accounts.viewer_for(company.agent)
    assert [queries.get_case(agent, each).plan_number for each in case_ids] == [2, 2, 2]


def write(page: Page) -> None:
    area = page.get_by_role("textbox", name="The plan as text")
    expect(area).to_have_value(re.compile("call_the_depot"))
    text = area.input_value()

    area.fill(text.replace("after: answer completes", "after: anser completes", 1))
    expect(page.locator("#checked .problem").first).to_contain_text("Did you mean")
    expect(page.locator(".code-gutter .is-wrong").first).to_be_visible()
    check_accessible(page)
    picture(page, "plans-wrong")
    page.get_by_role("button", name="Put answer").first.click()
    expect(page.locator("#checked").get_by_text("The plan can be used.")).to_be_visible()
    assert area.input_value() == text

    page.evaluate(PLACE_CURSOR)
    page.get_by_role("button", name="Task", exact=True).click()
    page.keyboard.type("look_at_photo")
    expect(page.locator(".outline-title", has_text="What is to be done")).to_be_visible()
    assert "      - task: look_at_photo\n        title: What is to be done\n" in area.input_value()
    expect(page.locator("#plan-saved")).to_have_text("Draft saved")
    page.reload()
    assert "look_at_photo" in page.get_by_role("textbox", name="The plan as text").input_value()
    check_accessible(page)
    picture(page, "plans-editor")


def play(page: Page) -> None:
    page.get_by_role("link", name="Play a case").click()
    page.get_by_role("button", name="Done: Answer that we are on it").click()
    expect(page.locator(".play-milestones .is-reached")).to_contain_text("Heard")
    page.get_by_label("A value becomes known").fill("parcel_state")
    page.get_by_label("Value", exact=True).fill("lost")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.locator(".play-steps")).to_contain_text("Parcel state: lost")
    page.get_by_role("button", name="Let it pass").click()
    expect(page.get_by_text("Time passes").first).to_be_visible()
    check_accessible(page)
    picture(page, "plans-play")
    page.get_by_role("button", name="Begin anew").click()
    expect(page.locator(".play-steps > li")).to_have_count(1)
    page.go_back()


def save_and_move(page: Page) -> None:
    page.get_by_label("What is new, in a few words").fill("Photos help")
    page.locator(".editor-save").get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Version 2")).to_be_visible()
    page.get_by_role("link", name="What is new in version 2").click()
    expect(page.get_by_text("Call the depot").first).to_be_visible()
    check_accessible(page)
    picture(page, "plans-difference")
    page.go_back()
    page.get_by_role("button", name="Bring them to version 2").click()
    expect(page.get_by_text("“What is to be done” would open")).to_be_visible()
    check_accessible(page)
    picture(page, "plans-move")
    page.get_by_label("Why? It stands in every case.").fill("Photos help")
    page.get_by_role("button", name="Move the chosen cases").click()
    while moving.work(now=clock.now()):
        pass
    expect(page.get_by_role("button", name="Take back: Parcel 0")).to_be_visible(timeout=20_000)
    check_accessible(page)
    picture(page, "plans-moved")
