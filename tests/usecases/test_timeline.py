"""A customer's timeline over all channels."""

from datetime import UTC, datetime, timedelta

import pytest

from midchannel.middle.conversations.queries import people
from midchannel.middle.customers import actions as customers
from midchannel.middle.customers import queries as customer_queries
from midchannel.middle.customers.errors import CustomerNotFoundError
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.queries import Viewer
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import execute, fetch
from midchannel.usecases import ask, timeline
from tests import company as companies
from tests.desk import after, make_desk, say

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> companies.Company:
    company = companies.make_company(now=NOW)
    for number, (channel, text) in enumerate(
        ((company.chat, "First by chat"), (company.public, "Then in public"), (company.chat, "By chat again"))
    ):
        moment = NOW + timedelta(minutes=number)
        companies.say(company, channel, text, at=moment)
        companies.hear(now=moment)
    return company


def mia(company: companies.Company) -> Viewer:
    return companies.viewer_of(company.agent)


def ana(company: companies.Company) -> int:
    return customer_queries.list_customers(mia(company)).items[0].id


def lines(page: object) -> list[str]:
    return [
        item.spoken.text if item.spoken else f"({item.post.post.text})"
        for item in page.items  # type: ignore[attr-defined]
    ]


def test_all_channels_our_answers_and_our_notes_stand_in_one_line(company: companies.Company) -> None:
    conversation_id, message_id = fetch("SELECT conversation_id, id FROM message ORDER BY id LIMIT 1")[0]
    execute(
        "INSERT INTO message (id, conversation_id, author_id, direction, audience, body) VALUES (%s, %s, %s, 2, 2, 'Our answer')",
        [message_id + (30_000 << 20), conversation_id, company.agent.pk],
    )
    ask.ask(mia(company), "customer", ana(company), text="A good one", now=NOW + timedelta(seconds=90))
    ask.ask(mia(company), "conversation", conversation_id, text="Who knows?", now=NOW + timedelta(seconds=100))

    page = timeline.get_timeline(mia(company), ana(company), now=LATER)

    assert lines(page) == [
        "By chat again",
        "(Who knows?)",
        "(A good one)",
        "Then in public",
        "Our answer",
        "First by chat",
    ]
    ours = [item.spoken for item in page.items if item.spoken and item.spoken.is_ours]
    assert [(said.author_name, said.at) for said in ours] == [("Mia Berg", NOW + timedelta(seconds=30))]


def test_as_on_a_moment_nothing_stands_in_it_that_was_said_later(company: companies.Company) -> None:
    viewer, until = mia(company), NOW + timedelta(seconds=90)
    customer = customer_queries.get_customer(viewer, ana(company))

    then = timeline.timeline_of(viewer, customer, now=LATER, until=until)

    assert lines(then) == ["Then in public", "First by chat"]


def test_it_is_paged_by_key_without_gap_or_repeat(company: companies.Company) -> None:
    ask.ask(mia(company), "customer", ana(company), text="A note", now=NOW + timedelta(seconds=90))
    whole = lines(timeline.get_timeline(mia(company), ana(company), now=LATER))

    pieces, cursor = [], None
    while True:
        page = timeline.get_timeline(mia(company), ana(company), cursor, now=LATER, limit=1)
        pieces += lines(page)
        cursor = page.next_cursor
        if cursor is None:
            break

    assert pieces == whole


def test_what_was_said_under_a_linked_handle_is_in_it_and_leaves_with_it(company: companies.Company) -> None:
    companies.say(company, company.public, "Me too", by="A. Lima", at=NOW + timedelta(minutes=9))
    companies.hear(now=NOW + timedelta(minutes=9))
    other = customer_queries.list_customers(mia(company)).items[0].id
    ask.ask(mia(company), "customer", other, text="Seen before", now=LATER)
    first = customer_queries.find_customers(mia(company), "ana").items[0].id

    (decision,) = customers.link_customers(mia(company), other, into_id=first, now=LATER)
    linked = lines(timeline.get_timeline(mia(company), first, now=LATER))
    customers.undo_decision(mia(company), decision, now=LATER)
    apart = lines(timeline.get_timeline(mia(company), first, now=LATER))

    assert linked[:2] == ["(Seen before)", "Me too"]
    assert apart == linked[2:]


def test_a_guest_sees_only_the_conversation_they_were_asked_about(company: companies.Company) -> None:
    kim = companies.viewer_of(company.outsider)
    with pytest.raises(CustomerNotFoundError):
        timeline.get_timeline(kim, ana(company), now=LATER)
    conversation_id = fetch("SELECT conversation_id FROM message ORDER BY id DESC LIMIT 1")[0][0]
    other_id = fetch("SELECT id FROM conversation WHERE id <> %s", [conversation_id])[0][0]
    ask.ask(mia(company), "conversation", other_id, text="Not for Kim", now=LATER)
    accounts.grant(kim.user_id, object_type="conversation", object_id=conversation_id, now=NOW, by=Actor("Mia", 1))

    seen = timeline.get_timeline(kim, ana(company), now=LATER)

    assert {item.spoken.conversation_id for item in seen.items if item.spoken} == {conversation_id}
    assert "(Not for Kim)" not in lines(seen)


def test_who_only_commented_in_a_public_thread_is_a_customer_to_those_who_see_the_thread() -> None:
    desk = make_desk()
    say(desk.square, "p1", who="ana@square")
    say(desk.square, "p2", "Mine too", who="bob@square", behind="p1", at=after(minutes=1))
    bob = fetch(
        "SELECT r.customer_id FROM source_record r JOIN handle h ON h.id = r.handle_id WHERE h.address = 'bob@square'"
    )[0][0]

    seen = timeline.get_timeline(desk.ana, bob, now=after(hours=1))

    assert lines(seen) == ["Mine too"]
    with pytest.raises(CustomerNotFoundError):
        timeline.get_timeline(desk.kim, bob, now=after(hours=1))


def test_a_page_takes_the_same_queries_however_much_was_said(
    company: companies.Company, django_assert_max_num_queries: object
) -> None:
    for number in range(25):
        companies.say(company, company.chat, f"More {number}", at=NOW + timedelta(minutes=20, seconds=number))
    companies.hear(now=LATER)
    viewer, customer_id = mia(company), ana(company)

    with django_assert_max_num_queries(10):  # type: ignore[operator]
        page = timeline.get_timeline(viewer, customer_id, now=LATER)

    assert len(page.items) == 28


def test_numbers_count_only_what_one_may_see(company: companies.Company) -> None:
    handle_ids = customer_queries.get_customer(mia(company), ana(company)).handle_ids
    kim = companies.viewer_of(company.outsider)

    counted = people.count_contacts(mia(company), handle_ids)
    nothing = people.count_contacts(kim, handle_ids)

    assert (counted.conversations, counted.open, counted.channels, counted.first_at) == (2, 2, 2, NOW)
    assert (nothing.conversations, nothing.open, nothing.channels, nothing.first_at) == (0, 0, 0, None)
    assert people.list_conversation_ids(kim, handle_ids) == []
