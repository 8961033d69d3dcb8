"""The inbox's pages and parts, through HTTP."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from midchannel.middle.conversations import queries as conversations
from midchannel.web.inbox.tests.conftest import PART, client_of, first_conversation
from tests import company as companies
from tests.company import Company

MOST_QUERIES = {"/inbox/": 9, "/inbox/c/{}/": 30, "/inbox/waiting-longest/rows/": 9}


def test_the_start_leads_to_the_inbox(company: Company) -> None:
    answer = client_of(company.agent).get("/")

    assert answer.headers["Location"] == "/inbox/"


def test_the_list_shows_who_wrote_and_what(company: Company) -> None:
    page = client_of(company.agent).get("/inbox/").content.decode()

    assert "Ana Lima" in page
    assert "Where is my card?" in page


def test_a_conversation_answers_as_a_page_with_list_and_customer(company: Company) -> None:
    page = client_of(company.agent).get(f"/inbox/c/{first_conversation(company.agent)}/").content.decode()

    assert page.startswith("<!doctype html>")
    assert 'id="conversations"' in page
    assert "ana.lima@simulator.example" in page


def test_the_same_address_answers_htmx_with_the_part_alone(company: Company) -> None:
    part = client_of(company.agent).get(f"/inbox/c/{first_conversation(company.agent)}/", headers=PART).content.decode()

    assert "<html" not in part
    assert 'id="thread"' in part
    assert '<hx-partial hx-target="#customer"' in part


def test_going_back_in_the_browser_gets_the_page_not_the_part(company: Company) -> None:
    headers = PART | {"HX-History-Restore-Request": "true"}

    page = client_of(company.agent).get(f"/inbox/c/{first_conversation(company.agent)}/", headers=headers)

    assert "<html" in page.content.decode()


@pytest.mark.parametrize("path", ["/inbox/c/{}/", "/inbox/c/{}/messages/", "/inbox/c/{}/live/", "/inbox/c/{}/assign/"])
def test_a_conversation_of_another_team_is_not_there(company: Company, path: str) -> None:
    conversation_id = first_conversation(company.agent)

    answer = client_of(company.outsider).get(path.format(conversation_id), headers=PART)

    assert answer.status_code == 404
    assert "Where is my card?" not in answer.content.decode()


@pytest.mark.parametrize("view", ["mine", "unassigned", "open", "waiting", "snoozed", "resolved", "spam"])
def test_an_empty_view_says_what_it_is_for(company: Company, view: str) -> None:
    page = client_of(company.outsider).get(f"/inbox/{view}/").content.decode()

    assert 'class="state state-first"' in page


def test_an_unknown_view_is_not_there(company: Company) -> None:
    assert client_of(company.agent).get("/inbox/everything/").status_code == 404


def test_the_composer_says_before_typing_who_will_see_the_reply(company: Company, now: datetime) -> None:
    companies.say(company, company.public, "Anybody home?", by="Bruno Keller", at=now + timedelta(seconds=1))
    companies.hear(now=now + timedelta(seconds=1))

    public = client_of(company.agent).get(f"/inbox/c/{first_conversation(company.agent)}/").content.decode()

    assert "composer-public" in public
    assert "Everybody can read it." in public


def test_a_channel_that_cannot_send_says_so_instead_of_a_composer(company: Company) -> None:
    company.chat.health, company.chat.health_reason = "failing", "The password is refused."
    company.chat.save()

    page = client_of(company.agent).get(f"/inbox/c/{first_conversation(company.agent)}/").content.decode()

    assert "composer-blocked" in page
    assert '<textarea id="reply-text" rows="1" readonly' in page
    assert 'id="note-text"' in page


def test_what_a_stranger_wrote_never_becomes_markup(company: Company, now: datetime) -> None:
    companies.say(
        company, company.chat, "<script>alert(1)</script><img src=x>", by="<b>Eve</b>", at=now + timedelta(seconds=1)
    )
    companies.hear(now=now + timedelta(seconds=1))

    page = client_of(company.agent).get(f"/inbox/c/{first_conversation(company.agent)}/").content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>Eve" not in page


def test_a_long_thread_is_a_window_with_more_before_it(company: Company, now: datetime) -> None:
    for minute in range(60):
        companies.say(company, company.chat, f"word {minute}", by="Ana Lima", at=now + timedelta(seconds=minute))
    companies.hear(now=now + timedelta(minutes=2))
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)

    page = client.get(f"/inbox/c/{conversation_id}/").content.decode()
    assert "word 59" in page
    assert "word 3<" not in page

    earlier = page.split("/messages/?before=")[1].split('"')[0]
    part = client.get(f"/inbox/c/{conversation_id}/messages/?before={earlier}", headers=PART).content.decode()
    assert "word 3<" in part
    assert "word 59" not in part


def test_live_brings_what_is_not_on_the_screen_even_between(company: Company, now: datetime) -> None:
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)
    for second, text in ((1, "And my PIN?"), (2, "Hello?")):
        companies.say(company, company.chat, text, by="Ana Lima", at=now + timedelta(seconds=second))
        companies.hear(now=now + timedelta(seconds=second))
    window = conversations.list_messages(companies.viewer_of(company.agent), conversation_id)
    first, _, last = (message.id for message in window.items)

    live = f"/inbox/c/{conversation_id}/live/"
    appended = client.get(f"{live}?shown={first}", headers=PART).content.decode()
    between = client.get(f"{live}?shown={first},{last}", headers=PART).content.decode()

    assert appended.index("And my PIN?") < appended.index("Hello?") < appended.index("hx-partial")
    assert f'hx-target="#message-{last}" hx-swap="beforebegin"' in between
    assert "And my PIN?" in between
    assert "Where is my card?" not in between.split('id="conversation-head"')[0]


@pytest.mark.parametrize("path", MOST_QUERIES)
def test_a_page_asks_the_database_a_fixed_number_of_times(company: Company, now: datetime, path: str) -> None:
    companies.fill(company, now=now, count=16)
    client, conversation_id = client_of(company.agent), first_conversation(company.agent)
    client.get(path.format(conversation_id))

    with CaptureQueriesContext(connection) as asked:
        client.get(path.format(conversation_id))

    assert len(asked) <= MOST_QUERIES[path], "\n".join(query["sql"][:150] for query in asked)
