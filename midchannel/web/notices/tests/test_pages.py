"""The list behind the bell, through HTTP."""

import re
from datetime import datetime

import pytest

from midchannel.middle.conversations import queries as conversations
from midchannel.platform import clock
from midchannel.usecases import ask, reassign
from midchannel.web.inbox.tests.conftest import client_of
from tests import company as companies
from tests.company import Company


@pytest.fixture
def now() -> datetime:
    """The present, once for a test."""
    return clock.now()


@pytest.fixture
def asked(db: None, now: datetime) -> tuple[Company, int]:
    """Mia has asked Kim about Ana's conversation."""
    company = companies.make_company(now=now)
    companies.say(company, company.chat, "Where is my card?", at=now)
    companies.hear(now=now)
    mia = companies.viewer_of(company.agent)
    conversation_id = conversations.list_conversations(mia, view="open").items[0].id
    ask.ask(mia, "conversation", conversation_id, text="@kim-sato which depot?", now=now)
    return company, conversation_id


def test_without_notices_the_page_says_what_will_come_here(db: None, now: datetime) -> None:
    company = companies.make_company(now=now)

    page = client_of(company.agent).get("/notices/").content.decode()

    assert "Nothing waits for you" in page


def test_a_question_waits_at_the_asked_and_at_the_asker(asked: tuple[Company, int]) -> None:
    company, _ = asked

    to_me = client_of(company.outsider).get("/notices/").content.decode()
    by_me = client_of(company.agent).get("/notices/").content.decode()

    assert "Wait for your answer" in to_me
    assert "which depot?" in to_me
    assert "You wait for an answer" in by_me
    assert "You asked Kim Sato" in by_me


def test_nobody_else_sees_them(asked: tuple[Company, int]) -> None:
    company, _ = asked

    assert "which depot?" not in client_of(company.colleague).get("/notices/").content.decode()


def test_following_a_notice_leads_to_what_it_is_about(asked: tuple[Company, int], now: datetime) -> None:
    company, conversation_id = asked
    reassign.reassign(companies.viewer_of(company.agent), conversation_id, owner_id=company.colleague.pk, now=now)
    client = client_of(company.colleague)
    found = re.search(r'href="(/notices/\d+/)"', client.get("/notices/").content.decode())
    assert found

    answer = client.get(found[1])

    assert answer.headers["Location"] == f"/inbox/c/{conversation_id}/"
    assert "handed a conversation to you" not in client.get("/notices/").content.decode()


def test_reading_all_keeps_the_questions_open(asked: tuple[Company, int]) -> None:
    company, _ = asked
    client = client_of(company.outsider)

    client.post("/notices/read/")

    page = client.get("/notices/").content.decode()
    assert "Wait for your answer" in page
    assert 'id="new-notices"' not in page


def test_the_list_refreshes_itself_as_a_part(asked: tuple[Company, int]) -> None:
    company, _ = asked

    part = client_of(company.outsider).get("/notices/", headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
