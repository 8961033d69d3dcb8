"""The simulator's page in a real browser: one speaks as somebody, sees it, steers the network, and removes it all."""

import re

import pytest
from playwright.sync_api import expect

from midchannel.outside.channels import registry
from midchannel.outside.channels.models import Channel
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from midchannel.usecases import demo_company
from tests.browser.conftest import VIEWS, OpenAs, check_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ANA = "@aiko.paperlantern@simulator"
PAGE = "/simulator/?as=%40aiko.paperlantern%40simulator"


@pytest.fixture
def channel_id() -> int:
    company = demo_company.found(now=clock.now())
    channel_id = company.channels["simulator"]
    box = registry.get_box()
    box.set_pace(channel_id, per_minute=0)
    box.say(channel_id, ANA, "My number is 12", is_public=False, now=clock.now())
    return channel_id


def person(user: str) -> User:
    return User.objects.get(email=f"{user}@lantern.example")


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_the_page_is_accessible_and_fits(open_as: OpenAs, channel_id: int, size: str, scheme: str) -> None:
    page = open_as(person("ada"), PAGE, size=size, scheme=scheme)

    check_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_one_speaks_as_somebody_and_changes_their_mind(open_as: OpenAs, channel_id: int) -> None:
    page = open_as(person("mia"), PAGE)

    expect(page.get_by_text("My number is 12")).to_be_visible()
    page.get_by_label("What they say").fill("Where is my <b>card</b>?")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator("#simulator-public")).to_contain_text("Where is my <b>card</b>?")
    page.locator("#simulator-public").get_by_role("link", name="Change").click()
    page.get_by_label("Aiko Paperlantern says instead").fill("Where is my new card?")
    page.get_by_role("button", name="Change it").click()
    expect(page.locator("#simulator-public")).to_contain_text("edited")
    registry.get_box().say(channel_id, "@noa.olivebranch@simulator", "I wonder, too", now=clock.now())
    expect(page.locator("#simulator-public")).to_contain_text("I wonder, too")


def test_a_lead_steers_and_an_administrator_removes_it(open_as: OpenAs, channel_id: int) -> None:
    page = open_as(person("lea"), PAGE)

    page.get_by_label("The network", exact=True).select_option("refuse")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    pace = registry.get_box().get_pace(channel_id)
    assert pace is not None
    assert (pace.trouble, pace.is_paused) == ("refuse", True)
    expect(page.get_by_role("button", name="Remove everything made up")).to_have_count(0)

    page = open_as(person("ada"), PAGE)
    page.get_by_role("button", name="Remove everything made up").click()
    page.get_by_role("button", name="Remove it").click()

    expect(page).to_have_url(re.compile("/(signin|first|setup|welcome)"))
    assert not Channel.objects.exists()
