"""A machine that writes, through HTTP: named in the settings, asked in a conversation, put into the composer by a person."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from midchannel.middle.conversations import queries as conversations
from midchannel.usecases import assist
from midchannel.web.inbox.tests.conftest import PART, client_of, first_conversation
from tests import company as companies
from tests.company import Company
from tests.usecases import endpoint
from tests.usecases.endpoint import Fake


@pytest.fixture(scope="module")
def server() -> Iterator[Fake]:
    with endpoint.serving() as fake:
        yield fake


@pytest.fixture
def fake(server: Fake) -> Fake:
    server.reply = endpoint.completion("Dear Ana, <b>it is</b> on its way.")
    server.asked.clear()
    return server


def given(fake: Fake, **other: str) -> dict[str, str]:
    """What an administrator fills in."""
    form = {"url": fake.url, "model": "small", "key": "sesame", "timeout_seconds": "5", "tokens_a_day": "100000"}
    return {**form, "summary": "on", "reply": "on", "translation": "on", **other}


def test_an_administrator_names_it_tries_it_and_is_told_what_is_wrong(company: Company, fake: Fake) -> None:
    administrator = client_of(company.administrator)
    assert client_of(company.lead).get("/settings/assistance/").status_code == 403
    assert client_of(company.lead).post("/settings/assistance/try/").status_code == 403
    assert "Suggested replies" in administrator.get("/settings/assistance/").content.decode()

    assert administrator.post("/settings/assistance/", given(fake, url="ftp://x")).status_code == 422
    assert administrator.post("/settings/assistance/", given(fake)).status_code == 302
    tried = administrator.post("/settings/assistance/try/", follow=True).content.decode()
    assert "It works: it answered in time" in tried
    assert "50 of" not in tried
    assert "sesame" not in tried

    fake.reply = endpoint.raw(b"", status=401)
    assert "does not accept the key" in administrator.post("/settings/assistance/try/", follow=True).content.decode()
    fake.reply = endpoint.content("Hello!")
    assert "not in the form asked for" in administrator.post("/settings/assistance/try/", follow=True).content.decode()


def test_a_suggested_reply_comes_with_its_sources_and_waits_in_the_composer(
    company: Company, fake: Fake, now: datetime
) -> None:
    client_of(company.administrator).post("/settings/assistance/", given(fake))
    agent, conversation = client_of(company.agent), first_conversation(company.agent)
    address = f"/inbox/c/{conversation}/assist/"
    message = conversations.list_messages(companies.viewer_of(company.agent), conversation).items[0].id
    page = agent.get(f"/inbox/c/{conversation}/").content.decode()
    assert "Ask the machine that writes" in page
    assert f"{address}?message=" not in page, "it is in the reader's language"

    asked = agent.post(address, {"purpose": "reply"}, headers=PART).content.decode()
    assert "It is being written." in asked
    assert 'hx-trigger="every 2s"' in asked
    assist.work(now=now)
    page = agent.get(address).content.decode()
    assert "Dear Ana, it is on its way." in page
    assert "Written by a machine from these messages:" in page
    assert f"#message-{message}" in page
    assert "every 2s" not in agent.get(f"{address}list/").content.decode()

    use = page.partition("/use/")[0].rpartition('action="')[2] + "/use/"
    viewer = companies.viewer_of(company.agent)
    assert conversations.get_draft(viewer, conversation) is None
    assert "Read it before you send it" in agent.post(use, follow=True).content.decode()
    draft = conversations.get_draft(viewer, conversation)
    assert draft is not None
    assert draft.text == "Dear Ana, it is on its way."
    assert len(conversations.list_messages(viewer, conversation).items) == 1


def test_a_message_in_another_language_is_translated_from_where_it_stands(
    company: Company, fake: Fake, now: datetime
) -> None:
    client_of(company.administrator).post("/settings/assistance/", given(fake))
    companies.say(company, company.chat, "Wo bleibt denn meine neue Karte? Ich warte seit Wochen.", by="Bo", at=now)
    companies.hear(now=now)
    viewer = companies.viewer_of(company.agent)
    conversation = first_conversation(company.agent)
    message = conversations.list_messages(viewer, conversation).items[0].id
    agent, address = client_of(company.agent), f"/inbox/c/{conversation}/assist/"

    assert f"{address}?message={message}" in agent.get(f"/inbox/c/{conversation}/").content.decode()
    assert f'value="{message}" selected' in agent.get(f"{address}?message={message}").content.decode()
    assert (
        "It is being written." in agent.post(address, {"purpose": "translation", "message": message}).content.decode()
    )
    assist.work(now=now)
    assert fake.said["language"] == "en"
    assert "Translation" in agent.get(address).content.decode()


def test_only_who_sees_the_conversation_and_only_what_is_switched_on(
    company: Company, fake: Fake, now: datetime
) -> None:
    conversation = first_conversation(company.agent)
    address = f"/inbox/c/{conversation}/assist/"
    agent, outsider = client_of(company.agent), client_of(company.outsider)
    assert "No machine that writes is connected" in agent.get(address).content.decode()
    assert "Ask the machine" not in agent.get(f"/inbox/c/{conversation}/").content.decode()
    form = {name: value for name, value in given(fake).items() if name not in {"summary", "translation"}}
    client_of(company.administrator).post("/settings/assistance/", form)

    assert agent.post(address, {"purpose": "summary"}).status_code == 409
    assert agent.post(address, {"purpose": "poem"}).status_code == 404
    for path in (address, f"{address}list/"):
        assert outsider.get(path).status_code == 404
    assert outsider.post(address, {"purpose": "reply"}).status_code == 404
    agent.post(address, {"purpose": "reply"})
    assist.work(now=now)
    use = agent.get(address).content.decode().partition("/use/")[0].rpartition('action="')[2] + "/use/"
    assert outsider.post(use).status_code == 404
