"""An agent's day in a real browser: from the keyboard, beside colleagues, while customers go on talking."""

from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from midchannel.middle.conversations import queries as conversations
from midchannel.platform import clock
from midchannel.platform.accounts.models import User
from tests import company as companies
from tests.browser.conftest import VIEWS, OpenAs, check_accessible, work
from tests.company import Company

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(company: Company) -> Company:
    """Three people wait, Ana the longest."""
    now = clock.now()
    for minutes, person, text in (
        (30, "Ana Lima", "My new card still has not arrived."),
        (20, "Bruno Keller", "Why was I charged twice?"),
        (10, "Chiara Rossi", "How do I change my PIN?"),
    ):
        companies.say(company, company.chat, text, by=person, at=now - timedelta(minutes=minutes))
        companies.hear(now=now - timedelta(minutes=minutes))
    return company


def outgoing(user: User, view: str) -> list[str]:
    """What has been said by us in the first conversation of a view."""
    viewer = companies.viewer_of(user)
    row = conversations.list_conversations(viewer, view=view).items[0]
    return [m.text for m in conversations.list_messages(viewer, row.id).items if m.direction == "out"]


def test_a_working_day_needs_no_mouse(waiting: Company, open_as: OpenAs) -> None:
    page = open_as(waiting.agent, "/inbox/")

    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")
    page.keyboard.press("c")
    expect(page.locator("#conversation-head .owner")).to_contain_text("You")

    page.keyboard.press("r")
    page.keyboard.type("::car")
    expect(page.locator(".suggest-list .menu-item").first).to_contain_text("Card on its way")
    page.keyboard.press("Enter")
    expect(page.locator("#reply-text")).to_have_value(
        "Hello Ana,\n\nyour new card is on its way and should reach you within two days."
    )
    page.keyboard.type(" Sorry for the wait.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .bubble-ours")).to_contain_text("Sorry for the wait.")
    expect(page.locator(".toast").last).to_contain_text("On its way.")
    expect(page.locator("#reply-text")).to_have_value("")

    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("@kim")
    expect(page.locator(".suggest-list .menu-item").first).to_contain_text("Kim Sato")
    page.keyboard.press("Enter")
    page.keyboard.type("did the depot answer?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .bubble-internal")).to_contain_text("did the depot answer?")

    page.keyboard.press("Escape")
    page.keyboard.press("Shift+E")
    expect(page.locator("#conversation-head h2")).to_have_text("Bruno Keller")
    page.keyboard.press(">")
    expect(page.locator("#conversation-head h2")).to_have_text("Chiara Rossi")
    page.keyboard.press("<")
    expect(page.locator("#conversation-head h2")).to_have_text("Bruno Keller")
    page.keyboard.press("s")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-head .banner")).to_contain_text("Comes back")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    assert not page.complaints  # type: ignore[attr-defined]


def test_walking_fast_ends_where_one_stopped_and_the_next_key_is_for_that(waiting: Company, open_as: OpenAs) -> None:
    page = open_as(waiting.agent, "/inbox/")

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("c")

    expect(page.locator("#conversation-head h2")).to_have_text("Chiara Rossi")
    expect(page.locator("#conversation-head .owner")).to_contain_text("You")
    mine = conversations.list_conversations(companies.viewer_of(waiting.agent), view="mine").items
    assert [row.customer_name for row in mine] == ["Chiara Rossi"]


def test_a_list_that_was_asked_for_before_a_step_does_not_undo_the_step(waiting: Company, open_as: OpenAs) -> None:
    page = open_as(waiting.agent, "/inbox/")
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/inbox/*/rows/**", hold)
    page.evaluate("() => document.dispatchEvent(new CustomEvent('mc:inbox.changed'))")
    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")

    with page.expect_response("**/inbox/*/rows/**"):
        late[0].continue_()
    page.keyboard.press("j")

    expect(page.locator("#conversation-head h2")).to_have_text("Bruno Keller")


def test_two_browsers_claim_at_once_and_the_second_is_told_who_won(waiting: Company, open_as: OpenAs) -> None:
    mine, theirs = open_as(waiting.agent, "/inbox/"), open_as(waiting.colleague, "/inbox/")
    for page in (mine, theirs):
        page.locator(".row").first.click()
        expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")

    theirs.keyboard.press("c")
    expect(theirs.locator("#conversation-head .owner")).to_contain_text("You")
    mine.evaluate("() => document.querySelector('[data-key=\"c\"]')?.click()")

    expect(mine.locator("#conversation-head .owner")).to_contain_text("Tom")


def test_a_reply_is_held_when_the_customer_wrote_meanwhile(waiting: Company, open_as: OpenAs) -> None:
    page = open_as(waiting.agent, "/inbox/")
    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")
    page.keyboard.press("r")
    page.keyboard.type("I am looking for it.")

    companies.say(waiting, waiting.chat, "Never mind, it came!", by="Ana Lima", at=clock.now())
    work()
    page.keyboard.press("Control+Enter")

    expect(page.locator(".composer-held")).to_contain_text("Never mind, it came!")
    expect(page.locator("#reply-text")).to_have_value("I am looking for it.")
    page.locator("#reply-text").fill("Glad to hear!")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .bubble-ours")).to_contain_text("Glad to hear!")
    work(later=timedelta(minutes=1))
    expect(page.locator("#thread .bubble-ours .delivery-confirmed")).to_be_visible()


def test_a_reply_is_taken_back_before_it_leaves(waiting: Company, open_as: OpenAs) -> None:
    page = open_as(waiting.agent, "/inbox/")
    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")
    page.keyboard.press("r")
    page.keyboard.type("Dear Bruno")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .bubble-ours")).to_contain_text("Dear Bruno")

    page.locator(".toast [data-undo]").click()

    expect(page.locator("#reply-text")).to_have_value("Dear Bruno")
    expect(page.locator("#thread .bubble-ours")).to_have_count(0)
    work(later=timedelta(minutes=1))
    assert outgoing(waiting.agent, "waiting_longest") == []


def test_a_draft_waits_where_it_was_left(waiting: Company, open_as: OpenAs) -> None:
    page = open_as(waiting.agent, "/inbox/")
    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")
    page.keyboard.press("r")
    page.keyboard.type("I will ask the de")
    expect(page.locator("[data-saved]")).to_have_text("Draft saved")

    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Bruno Keller")
    page.keyboard.press("k")

    expect(page.locator("#reply-text")).to_have_value("I will ask the de")


def test_words_meant_for_a_reply_that_cannot_be_sent_are_no_commands(waiting: Company, open_as: OpenAs) -> None:
    waiting.chat.health, waiting.chat.health_reason = "failing", "The password is refused."
    waiting.chat.save()
    page = open_as(waiting.agent, "/inbox/")
    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")

    page.keyboard.press("r")
    page.keyboard.type("Hello, we see it")

    expect(page.locator("#reply-text")).to_be_focused()
    expect(page.locator("#reply-text")).to_have_value("")
    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")
    viewer = companies.viewer_of(waiting.agent)
    assert len(conversations.list_conversations(viewer, view="waiting_longest").items) == 3


def test_the_back_button_leads_through_what_was_opened(waiting: Company, open_as: OpenAs) -> None:
    page = open_as(waiting.agent, "/inbox/")
    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")
    page.keyboard.press("j")
    expect(page.locator("#conversation-head h2")).to_have_text("Bruno Keller")

    page.go_back()

    expect(page.locator("#conversation-head h2")).to_have_text("Ana Lima")
    expect(page.locator(".row")).to_have_count(3)


def test_what_is_being_read_does_not_move_when_a_message_comes(waiting: Company, open_as: OpenAs) -> None:
    now = clock.now()
    for number in range(30):
        companies.say(waiting, waiting.chat, f"And another thing, number {number}. " * 6, by="Ana Lima", at=now)
    work()
    page = open_as(waiting.agent, "/inbox/open/")
    page.locator(".row", has_text="Ana Lima").click()
    page.locator("#thread .bubble").nth(10).scroll_into_view_if_needed()
    before = page.locator("#thread .bubble").nth(10).bounding_box()

    companies.say(waiting, waiting.chat, "One more!", by="Ana Lima", at=clock.now())
    work()

    expect(page.locator("#thread .bubble", has_text="One more!")).to_have_count(1)
    assert page.locator("#thread .bubble").nth(10).bounding_box() == before
    expect(page.locator("#thread-news")).to_be_visible()
    page.locator("#thread-news").click()
    expect(page.locator("#thread-news")).to_be_hidden()


@pytest.mark.parametrize(("size", "scheme"), VIEWS)
def test_axe_finds_nothing_serious(waiting: Company, open_as: OpenAs, size: str, scheme: str) -> None:
    viewer = companies.viewer_of(waiting.agent)
    first = conversations.list_conversations(viewer, view="waiting_longest").items[0].id
    page = open_as(waiting.agent, "/inbox/", size=size, scheme=scheme)
    check_accessible(page)
    for path in (f"/inbox/c/{first}/", "/inbox/spam/", "/inbox/new/", "/notices/"):
        page.goto(path)
        check_accessible(page)
    page.goto(f"/inbox/c/{first}/")
    page.keyboard.press("n")
    check_accessible(page)
    page.complaints.clear()  # type: ignore[attr-defined]
    page.goto("/inbox/c/12345/")
    page.complaints.clear()  # type: ignore[attr-defined]
    check_accessible(page)
