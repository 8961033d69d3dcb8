"""From a storm of simulated complaints over its alert and the posts behind it to a correction that changes the next reading."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from midchannel.middle.customers.models import SourceRecord
from midchannel.middle.signals import queries as signals
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import registry, vocabulary
from midchannel.outside.listening.actions import rising, searching, voices
from midchannel.outside.listening.actions.voices import Name
from midchannel.outside.networks.simulator.models import World
from midchannel.platform import clock
from midchannel.platform.database.bulk import execute, fetch
from midchannel.usecases import arrive, listen, read_channels, tend_signals, watch
from tests import company as companies
from tests.browser.conftest import OpenAs, check_accessible, picture
from tests.company import Company

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
WEEKS = 5
QUIET = (
    "My card came quickly, thank you!",
    "Is there a card for students?",
    "The card is nice",
    "I use my card every day",
)
ANGRY = (
    "My card is blocked again and nobody answers, this is terrible",
    "Third time this week the card is blocked. I am so angry",
    "My third card this month. Brilliant, well done Lantern!",
    "They blocked my card for no reason, awful service!",
)
IRONY = "Brilliant, well done! Already the third card this month"
"""Another text than the one that is corrected, and read as glad as that."""


def overhear(company: Company, text: str, *, number: int, at: datetime) -> None:
    document = vocabulary.Document(
        id=f"https://simulator.example/past/{number}#create",
        actor=vocabulary.Actor(id=f"past{number % 23}@simulator.example", name=f"Past Person {number % 23}"),
        object=vocabulary.Object(id=f"https://simulator.example/past/{number}", content=text, published=at),
        published=at,
        addressed=False,
    )
    channels.receive(company.public.pk, [vocabulary.encode(document)], now=at)


def work(company: Company, *, now: datetime) -> None:
    read_channels.read_channel(company.public.pk, should_stop=lambda: False)
    while arrive.apply_waiting(now=now):
        pass
    while listen.work(now=now):
        pass
    watch.work(now=now)


@pytest.fixture
def listening(company: Company) -> Company:
    """A company with five quiet weeks behind it and a search over them."""
    now = clock.now()
    for month in {now - WEEKS * 7 * DAY, now - 14 * DAY, now}:
        execute("SELECT ensure_activity_partition(%s)", [month.date()])
    for number in range(WEEKS * 7 * 2):
        at = now - WEEKS * 7 * DAY + number * 12 * HOUR
        overhear(company, QUIET[number % len(QUIET)], number=number, at=at)
    while arrive.apply_waiting(now=now):
        pass
    viewer = companies.viewer_of(company.agent)
    searching.make(viewer, "Cards", "card OR cards", now=now)
    searching.make(viewer, "Blocked cards", "card NEAR(4) block*", now=now)
    names = [Name("Lantern", ("card",)), Name("Other bank", ("worst bank",))]
    voices.make(viewer, "Banks", names, now=now)
    World.objects.filter(pk=company.public.pk).delete()
    registry.get_box().found(company.public.pk, seed=7, per_minute=0, now=now)
    return company


def storm(company: Company, *, now: datetime) -> None:
    """Twenty-four people of the simulated network complain about the same within the hour, about the company and not to it."""
    box = registry.get_box()
    for number, someone in enumerate(box.list_people(company.public.pk)[:24]):
        box.say(company.public.pk, someone.handle, ANGRY[number % len(ANGRY)], is_addressed=False, now=now)


def say_it(company: Company, text: str, *, by: int, now: datetime) -> int:
    """One more of them says something; gives the activity it arrived as."""
    box = registry.get_box()
    box.say(company.public.pk, box.list_people(company.public.pk)[by].handle, text, is_addressed=False, now=now)
    work(company, now=now)
    return int(fetch("SELECT max(id) FROM activity WHERE text = %s", [text])[0][0])


def reading_of(activity_id: int) -> str:
    return signals.of_known([activity_id])[activity_id].sentiment


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_from_a_storm_of_complaints_to_its_posts_and_a_correction_that_changes_the_next_reading(
    open_as: OpenAs, listening: Company
) -> None:
    now = clock.now()
    work(listening, now=now - MINUTE)
    storm(listening, now=now)
    work(listening, now=now)
    assert not SourceRecord.objects.exists(), "nobody who was only overheard is a customer"

    page = open_as(listening.agent, "/notices/")
    page.get_by_role("link", name=re.compile("Cards: ")).first.click()  # and not those of "Blocked cards"
    page.wait_for_url("**/listen/alerts/**")
    expect(page.locator("main")).to_contain_text("people in an hour")
    expect(page.locator("main")).to_contain_text("at most one false alarm in 8 weeks")
    expect(page.locator(".heard")).to_have_count(24)
    check_accessible(page)
    picture(page, "listen-alert")

    page.keyboard.press("y")
    expect(page.locator(".heard").first.get_by_role("button", name="Relevant", exact=False).first).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("j")
    page.keyboard.press("t")
    taken = page.locator(".heard").nth(1)
    expect(taken).to_contain_text("Taken up")
    assert SourceRecord.objects.count() == 1
    page.keyboard.press("o")
    page.wait_for_url("**/inbox/c/**")
    expect(page.locator(".bubble").first).to_contain_text("well done Lantern")

    activity = fetch("SELECT activity_id FROM mention WHERE state = 'taken'")[0][0]
    search = fetch("SELECT id FROM search WHERE name = 'Cards'")[0][0]
    assert reading_of(activity) != "negative", "irony is taken at its word"
    page.keyboard.press("l")
    page.locator("#say input[name=sentiment][value=negative]").check()
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/says/" in answer.url):
        page.locator("#say").get_by_role("button", name="Keep").click()
    before = say_it(listening, IRONY, by=24, now=now)
    assert reading_of(activity) == "negative", "what a person said holds at once"
    tend_signals.work(now=now)
    after = say_it(listening, IRONY, by=25, now=now)

    page.goto(f"/listen/searches/{search}/?mood=negative")
    expect(page.locator(f"#mention-{activity}")).to_contain_text("Negative")
    expect(page.locator(f"#mention-{after}")).to_contain_text("Negative")
    expect(page.locator(f"#mention-{before}")).to_have_count(0)
    assert (reading_of(before), reading_of(after)) == ("positive", "negative"), (
        "the next text like it is read otherwise"
    )


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_the_pages_are_accessible_and_fit(open_as: OpenAs, listening: Company, size: str, scheme: str) -> None:
    now = clock.now()
    page = open_as(listening.lead, "/listen/", size=size, scheme=scheme)
    expect(page.locator(".listen-row")).to_have_count(2)
    storm(listening, now=now)
    work(listening, now=now)
    alert = f"/listen/alerts/{_first('search_alert')}/"
    search = f"/listen/searches/{_first('search')}/"
    paths = ["/listen/", "/listen/mentions/", "/listen/alerts/", alert, search, f"{search}edit/", "/listen/searches/new/?form=query",
             _topic(), "/listen/rising/?hours=168", "/listen/voice/",
             f"/listen/voice/{_first('voice_set')}/", "/listen/voice/new/"]  # fmt: skip
    for path in paths:
        page.goto(path)
        check_accessible(page)
        picture(page, f"listen{path.partition('?')[0].replace('/', '-')}{size}")
        assert fits(page), path


def _first(table: str) -> int:
    return int(fetch(f"SELECT min(id) FROM {table}")[0][0])


def _topic() -> str:
    """The posts of a topic that nobody has named."""
    rising.compute(168, now=clock.now())
    (name,) = fetch("SELECT term FROM rising_term WHERE words <> '{}' ORDER BY place LIMIT 1")[0]
    return f"/listen/rising/posts/?{urlencode({'topic': name, 'hours': '168'})}"


def test_a_search_is_tried_with_its_mistakes_shown_and_then_saved(open_as: OpenAs, listening: Company) -> None:
    page = open_as(listening.agent, "/listen/searches/new/")
    page.get_by_label("All of these words").fill("card")
    page.get_by_role("button", name="Try it on the last 30 days").click()
    expect(page.locator("#tried")).to_contain_text("Would have found")
    page.get_by_role("button", name="Write it as a query instead").click()
    expect(page.get_by_label("Query")).to_have_value("card")

    page.get_by_label("Query").fill("card (students OR")
    page.get_by_role("button", name="Try it on the last 30 days").click()
    expect(page.locator("#tried [role=alert] mark")).to_have_text("OR")
    page.get_by_label("Query").fill("card students")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#tried .heard mark").first).to_have_text("card")
    check_accessible(page)
    picture(page, "listen-tried")
    page.get_by_label("Name").fill("Students")
    page.get_by_role("button", name="Save").click()

    page.wait_for_url("**/listen/searches/*/")
    expect(page.get_by_role("heading", name="Students")).to_be_visible()
