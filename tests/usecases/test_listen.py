"""Standing searches from arrival to mention and conversation: nothing lost, nothing twice, nobody a customer before they are taken up."""

from datetime import UTC, datetime, timedelta

import pytest

from midchannel.inside.teamwork.models import NoticeRow
from midchannel.middle.conversations.models import Conversation
from midchannel.middle.customers.models import SourceRecord
from midchannel.middle.signals import queries as signals
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import vocabulary
from midchannel.outside.channels.models import Channel
from midchannel.outside.listening.actions import rising, searching, voices
from midchannel.outside.listening.actions.voices import Name
from midchannel.outside.listening.errors import BadQueryError, MentionNotFoundError, NotYourSearchError
from midchannel.outside.listening.models import Hit, Hour, Mention, Search, Waiting
from midchannel.outside.listening.queries import alerts as alert_queries
from midchannel.outside.listening.queries import mentions, searches
from midchannel.outside.listening.queries import rising as rising_queries
from midchannel.outside.listening.queries import voices as voice_queries
from midchannel.outside.listening.queries.mentions import Narrow
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.database.bulk import execute
from midchannel.usecases import arrive, listen, name_topic, take_back, take_up, try_search, watch
from tests import company as companies
from tests.company import Company

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def company() -> Company:
    for month in (NOW - 75 * DAY, NOW - 30 * DAY, NOW):
        execute("SELECT ensure_activity_partition(%s)", [month.date()])
    return companies.make_company(now=NOW - 90 * DAY)


def overhear(channel: Channel, text: str, *, by: str = "Ana Lima", at: datetime = NOW, id: str = "") -> str:  # noqa: A002
    """Somebody says something about the company, not to it."""
    handle = by.lower().replace(" ", ".")
    external = id or f"https://elsewhere.example/{handle}/{at.timestamp()}/{abs(hash(text))}"
    document = vocabulary.Document(
        id=f"{external}#create",
        actor=vocabulary.Actor(id=f"{handle}@elsewhere.example", name=by, preferred_username=handle),
        object=vocabulary.Object(id=external, content=text, published=at),
        published=at,
        addressed=False,
    )
    channels.receive(channel.pk, [vocabulary.encode(document)], now=at)
    return external


def hear(now: datetime = NOW) -> None:
    while arrive.apply_waiting(now=now):
        pass
    while listen.work(now=now):
        pass


def viewer(company: Company) -> Viewer:
    return companies.viewer_of(company.agent)


def make(company: Company, text: str, *, name: str = "Late cards", takes_up: bool = False, now: datetime = NOW) -> int:
    return searching.make(viewer(company), name, text, takes_up=takes_up, now=now)


def texts(company: Company, **narrow: object) -> list[str]:
    return [row.text for row in mentions.list_mentions(viewer(company), Narrow(**narrow)).items]  # type: ignore[arg-type]


def test_what_arrives_and_what_is_overheard_is_found_once_by_all_searches(company: Company) -> None:
    one = make(company, "card late OR delayed")
    make(company, '"my card"', name="My card")
    overhear(company.public, "My card is late, again!")
    companies.say(company, company.public, "Where is my card? It is late", by="Bruno Keller", at=NOW)
    overhear(company.public, "Nice weather")

    hear()

    found = mentions.list_mentions(viewer(company), Narrow()).items
    assert {row.text for row in found} == {"My card is late, again!", "Where is my card? It is late"}
    assert all(len(row.found_by) == 2 for row in found), "one mention, found by both"
    assert {row.state for row in found} == {"new", "addressed"}
    assert len(texts(company, search_id=one)) == 2
    assert not Waiting.objects.exists()


def test_history_is_looked_through_behind_a_new_search(company: Company) -> None:
    overhear(company.public, "the card was late", at=NOW - 10 * DAY)
    overhear(company.public, "the card was late long ago", at=NOW - 70 * DAY)
    hear(NOW - 9 * DAY)

    search = make(company, "card late")
    hear()

    assert texts(company, search_id=search) == ["the card was late"]
    row = searches.get_search(viewer(company), search, now=NOW)
    assert not row.is_looking_back
    assert row.days[-11] == 1
    assert row.found == 1


def test_nothing_is_found_twice_when_history_and_arrival_meet(company: Company) -> None:
    overhear(company.public, "late card")
    while arrive.apply_waiting(now=NOW):
        pass
    make(company, "card late")
    hear()
    search = Search.objects.get()
    Search.objects.update(history_next=search.history_next + (1 << 40))
    hear()

    assert Hit.objects.count() == 1
    assert [hour.posts for hour in Hour.objects.all()] == [1]


def test_an_edit_that_says_it_now_is_found(company: Company) -> None:
    make(company, "refund")
    external = overhear(company.public, "Hello there")
    hear()
    document = vocabulary.Document(
        id=f"{external}#update",
        type="Update",
        actor=vocabulary.Actor(id="ana.lima@elsewhere.example", name="Ana Lima"),
        object=vocabulary.Object(id=external, content="I want my refund", published=NOW, updated=NOW + MINUTE),
        addressed=False,
    )
    channels.receive(company.public.pk, [vocabulary.encode(document)], now=NOW + MINUTE)

    hear(NOW + MINUTE)

    assert texts(company) == ["I want my refund"]


def test_only_when_taken_up_does_the_author_become_a_customer(company: Company) -> None:
    make(company, "card late")
    overhear(company.public, "my card is late", by="Chiara Rossi")
    hear()
    row = mentions.list_mentions(viewer(company), Narrow(open=True)).items[0]
    assert not SourceRecord.objects.exists()
    assert not Conversation.objects.exists()

    conversation = take_up.take_up(viewer(company), row.activity_id, now=NOW)
    again = take_up.take_up(viewer(company), row.activity_id, now=NOW)

    assert conversation == again == Conversation.objects.get().pk
    assert SourceRecord.objects.get().name == "Chiara Rossi"
    assert Conversation.objects.get().queue_id == company.queue.pk
    taken = mentions.get_mention(viewer(company), row.activity_id)
    assert (taken.state, taken.conversation_id) == ("taken", conversation)
    assert texts(company, open=True) == []


def test_a_rule_takes_up_what_a_search_finds_overheard(company: Company) -> None:
    search = make(company, "card stolen", takes_up=True)
    overhear(company.public, "my card was stolen", by="Emeka Obi")
    overhear(company.public, "nothing new")

    hear()

    assert Conversation.objects.count() == 1
    assert Mention.objects.get(state="taken").by_search_id == search


def test_a_mention_may_be_passed_over(company: Company) -> None:
    overhear(company.public, "just words")
    hear()
    row = mentions.list_mentions(viewer(company), Narrow(everything_overheard=True, open=True)).items[0]

    take_up.pass_over(viewer(company), row.activity_id, now=NOW)

    assert texts(company, everything_overheard=True, open=True) == []
    take_up.pass_over(viewer(company), row.activity_id, is_passed=False, now=NOW)
    assert texts(company, everything_overheard=True, open=True) == ["just words"]


def test_what_is_private_is_seen_only_by_whoever_sees_its_conversation(company: Company) -> None:
    make(company, "card")
    companies.say(company, company.chat, "my secret card", at=NOW)
    overhear(company.public, "the public card")
    hear()
    outsider = companies.viewer_of(company.outsider)

    assert len(texts(company)) == 2
    assert mentions.list_mentions(outsider, Narrow()).items == []
    with pytest.raises(MentionNotFoundError):
        take_up.take_up(outsider, Mention.objects.get().activity_id, now=NOW)


def test_feedback_gives_a_search_its_precision(company: Company) -> None:
    search = make(company, "card")
    for number in range(4):
        overhear(company.public, f"card {number}", at=NOW + number * MINUTE)
    hear(NOW + 5 * MINUTE)
    found = [row.activity_id for row in mentions.list_mentions(viewer(company), Narrow()).items]

    for identifier, verdict in zip(found, (1, 1, -1), strict=False):
        searching.judge(viewer(company), search, identifier, verdict, now=NOW)

    precision = searches.get_search(viewer(company), search, now=NOW).precision
    assert (precision.relevant, precision.judged) == (2, 3)
    assert precision.interval[0] < 2 / 3 < precision.interval[1]
    assert len(texts(company, search_id=search, unjudged=True)) == 1
    searching.judge(viewer(company), search, found[0], 0, now=NOW)
    assert searches.get_search(viewer(company), search, now=NOW).precision.judged == 2


def test_mood_language_and_reach_are_asked_of_the_reading(company: Company) -> None:
    make(company, "card mood:negative language:en")
    make(company, "karte language:de", name="Karte")
    make(company, "card reach:>10", name="Loud")
    overhear(company.public, "This card is terrible, I hate this awful bank and its horrible service")
    overhear(company.public, "I love my new card, it is wonderful and great, thank you so much!")
    overhear(
        company.public,
        "Die neue Karte fehlt noch immer, ich warte schon seit drei Wochen darauf und niemand antwortet mir.",
    )

    hear()

    by_search = {name: [row.text[:9] for row in mentions.list_mentions(viewer(company), Narrow(search_id=key)).items]
                 for key, name in Search.objects.values_list("pk", "name")}  # fmt: skip
    assert by_search == {"Late cards": ["This card"], "Karte": ["Die neue "], "Loud": []}


def test_a_query_is_tried_before_it_is_kept(company: Company) -> None:
    for number in range(6):
        overhear(company.public, "the card is late", by=f"Person {'abcdef'[number]}", at=NOW - number * DAY)
    overhear(company.public, "all fine", at=NOW - DAY)
    hear()

    tried = try_search.try_query(viewer(company), "card late", now=NOW)

    assert (tried.found, tried.people, tried.looked) == (6, 6, 7)
    assert tried.is_whole
    assert sum(tried.days) == 6
    assert len(tried.examples) == 6
    assert not Search.objects.exists()
    with pytest.raises(BadQueryError) as raised:
        try_search.try_query(viewer(company), "card (late", now=NOW)
    assert (raised.value.at, raised.value.length) == (5, 1)


def test_another_query_begins_anew(company: Company) -> None:
    search = make(company, "card")
    overhear(company.public, "card")
    overhear(company.public, "refund")
    hear()
    kept = {"takes_up": False, "watches_volume": True, "watches_mood": True, "weeks": 8, "now": NOW}

    with pytest.raises(NotYourSearchError):
        searching.edit(companies.viewer_of(company.outsider), search, name="x", text="refund", **kept)  # type: ignore[arg-type]
    searching.edit(viewer(company), search, name="Refunds", text="refund", **kept)  # type: ignore[arg-type]
    hear()

    assert texts(company, search_id=search) == ["refund"]
    assert sum(hour.posts for hour in Hour.objects.all()) == 1


def test_what_goes_as_if_it_had_never_come_is_not_counted_any_more(company: Company) -> None:
    make(company, "card")
    overhear(company.public, "card one")
    overhear(company.public, "card two")
    hear()
    first = Hit.objects.order_by("activity_id").values_list("activity_id", flat=True)[0]

    take_back.take_back([first], now=NOW)

    assert Hit.objects.count() == 1
    assert [hour.posts for hour in Hour.objects.all()] == [1]
    assert not Hit.objects.filter(activity_id=first).exists()


def test_a_storm_raises_one_alert_with_its_posts_and_closes_when_it_is_calm(company: Company) -> None:
    begin = NOW - 28 * DAY
    for number in range(28 * 6):
        overhear(company.public, f"my card {number}", by=f"Person {number % 40}", at=begin + number * 4 * HOUR)
    search = make(company, "card", now=NOW)
    hear()
    assert watch.look(search, now=NOW) is None, "an ordinary hour"

    for number in range(15):
        overhear(company.public, f"card blocked, awful {number}", by=f"Angry {number}", at=NOW + 3 * MINUTE)
    hear(NOW + 4 * MINUTE)
    alert = watch.look(search, now=NOW + 5 * MINUTE)

    assert alert is not None
    row = alert_queries.get_alert(viewer(company), alert)
    assert (row.sign, row.count, row.weeks) == ("hour", 15, 8)
    assert row.chance < 0.4 / (8 * 168)
    notice = NoticeRow.objects.get(user_id=company.agent.pk)
    assert (notice.kind, notice.object_id) == ("alert", alert)
    assert "15 people in an hour" in notice.text
    overhear(company.public, "card blocked, too", by="Another One", at=NOW + 8 * MINUTE)
    hear(NOW + 8 * MINUTE)
    assert watch.look(search, now=NOW + 9 * MINUTE) is None, "one alert a storm"
    assert alert_queries.get_alert(viewer(company), alert).count == 16
    assert watch.look(search, now=NOW + 5 * HOUR) is None
    assert alert_queries.get_alert(viewer(company), alert).closed_at == NOW + 5 * HOUR
    assert watch.look(search, now=NOW + 6 * HOUR) is None, "its day is not another storm"


def test_a_snoozed_search_raises_nothing(company: Company) -> None:
    for number in range(28 * 6):
        overhear(company.public, f"my card {number}", by=f"P {number % 40}", at=NOW - 28 * DAY + number * 4 * HOUR)
    search = make(company, "card", now=NOW)
    searching.snooze(viewer(company), search, until=NOW + DAY, now=NOW)
    for number in range(15):
        overhear(company.public, f"card {number}", by=f"Angry {number}", at=NOW + MINUTE)
    hear(NOW + 2 * MINUTE)

    assert watch.look(search, now=NOW + 5 * MINUTE) is None


def test_what_more_people_say_than_before_rises(company: Company) -> None:
    for number in range(40):
        overhear(company.public, "the garden is green", by=f"Calm {number}", at=NOW - 4 * DAY + number * HOUR)
    for number in range(12):
        overhear(company.public, "lighthouse outage #dark", by=f"New {number}", at=NOW - HOUR)
    hear()

    rising.compute(24, now=NOW)

    rows = rising_queries.list_rising(viewer(company), 24)
    assert {"#dark", "lighthouse outage"} <= {row.term for row in rows}
    assert "lighthouse" not in {row.term for row in rows}, "part of a longer term said by the same people"
    assert "garden" not in {row.term for row in rows}
    assert len(rising_queries.list_posts(viewer(company), rows[0])) == 12
    assert rising_queries.list_posts(companies.viewer_of(company.outsider), rows[0]) == []


def test_a_topic_that_nobody_named_rises_with_its_posts_until_it_is_named(company: Company) -> None:
    calm = ("the garden is green today", "roses in the garden", "a green garden and roses", "today the roses are green")
    for number in range(40):
        overhear(company.public, calm[number % 4], by=f"Calm {number}", at=NOW - 4 * DAY + number * HOUR)
    about = (
        "ferry stuck at {}, harbour closed",
        "no ferry, {} harbour is closed",
        "closed harbour and a {} ferry that is stuck",
    )
    for number in range(15):
        place = ("dawn", "noon", "dusk", "night", "Oslo")[number % 5]
        overhear(company.public, about[number % 3].format(place), by=f"New {number}", at=NOW - HOUR)
    hear()

    rising.compute(24, now=NOW)
    (topic,) = (row for row in rising_queries.list_rising(viewer(company), 24) if row.words)
    assert set(topic.term.split()) <= {"ferry", "harbour", "closed", "stuck"}
    assert (topic.now, topic.before, len(rising_queries.list_posts(viewer(company), topic))) == (15, 0, 15)
    assert rising_queries.list_posts(companies.viewer_of(company.outsider), topic) == []
    assert "oslo" not in " ".join(topic.words), "what fewer than five people say is not shown"

    rising.compute(24, now=NOW + MINUTE)
    assert topic.term in {row.term for row in rising_queries.list_rising(viewer(company), 24) if row.words}
    assert name_topic.name_topic(companies.viewer_of(company.outsider), topic.activity_ids, "Mine", now=NOW) == 0
    assert name_topic.name_topic(viewer(company), topic.activity_ids, "The ferry", now=NOW) == 15

    rising.compute(24, now=NOW + 2 * MINUTE)
    assert not [row for row in rising_queries.list_rising(viewer(company), 24) if row.words]
    assert signals.of(viewer(company), topic.activity_ids[:1])[topic.activity_ids[0]].topics == ("The ferry",)


def test_shares_of_voice_are_counted_by_people_and_by_a_version_of_the_names(company: Company) -> None:
    for number in range(6):
        overhear(company.public, "Lantern is fine", by=f"One {number}", at=NOW - DAY)
    for number in range(30):
        overhear(company.public, f"Harbour {number}!", by="Loud Person", at=NOW - DAY + number * MINUTE)
    names = [Name("Lantern"), Name("Harbour", without=("harbour view",))]
    made = voices.make(viewer(company), "Banks", names, now=NOW)
    hear()

    first = voice_queries.get_set(viewer(company), made).versions[0]
    by_people = voice_queries.get_shares(first, since=NOW - 7 * DAY, until=NOW)
    by_posts = voice_queries.get_shares(first, since=NOW - 7 * DAY, until=NOW, by_people=False)
    assert [round(each.share, 2) for each in by_people] == [0.86, 0.14]
    assert [round(each.share, 2) for each in by_posts] == [0.17, 0.83]
    assert by_posts[1].low < 0.3, "it is one person, and the interval says so"
    number = voices.change(viewer(company), made, [*names, Name("Third")], reason="New in town", now=NOW + DAY)
    again = voice_queries.get_set(viewer(company), made)
    assert (number, [each.number for each in again.versions]) == (2, [2, 1])
    assert again.versions[0].searches[:2] == first.searches, "names that are as they were keep their counts"
    assert texts(company) == [], "what counts shares is no search of anybody"
