"""What a token sees is what its person sees, and what it does is what its rights name."""

import pytest
from django.test import Client

from midchannel.platform import clock
from midchannel.platform.accounts import actions as accounts
from midchannel.platform.accounts.actions import tokens
from midchannel.platform.accounts.models import ApiToken
from tests import company as companies
from tests.api.conftest import Asks, Machine
from tests.company import Company


def first_id(machine: Machine) -> str:
    return str(machine.get("conversations")["items"][0]["id"])


def test_without_a_token_nothing_is_told(company: Company) -> None:
    machine = Machine(Client(), "")

    problem = machine.get("conversations")

    assert machine.status == 401
    assert machine.last
    assert machine.last["WWW-Authenticate"] == "Bearer"
    assert problem["code"] == "no-token"


@pytest.mark.parametrize("token", ["mca_wrong", "ä", "x" * 5000, " "])
def test_a_token_nobody_has_opens_nothing(company: Company, token: str) -> None:
    machine = Machine(Client(), token)

    assert machine.get("me")["code"] == "no-token"
    assert machine.status == 401


def test_a_revoked_token_opens_nothing(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    assert machine.get("me")["name"] == "Mia Berg"
    row = ApiToken.objects.get(user=company.agent)
    assert row.last_used_at is not None

    tokens.revoke_api_token(companies.viewer_of(company.agent), row.pk, now=clock.now())

    machine.get("me")
    assert machine.status == 401


def test_the_session_of_a_browser_opens_nothing_here(company: Company) -> None:
    client = Client()
    client.force_login(company.agent, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/api/v1/conversations").status_code == 401


def test_a_missing_right_is_named(company: Company, asks: Asks) -> None:
    reader = asks(company.agent, "read:conversations")
    conversation_id = first_id(reader)

    problem = reader.post(f"conversations/{conversation_id}/claim")

    assert reader.status == 403
    assert problem["code"] == "missing-right"
    assert problem["right"] == "write:conversations"
    assert "write:conversations" in problem["detail"]
    assert reader.get(f"conversations/{conversation_id}")["owner_id"] is None


def test_a_right_is_no_more_than_its_person_may(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)

    assert machine.post("channels", {"network": "collector", "name": "Shop"})["code"] == "not-allowed"
    assert machine.status == 403
    assert machine.get("arrivals")["code"] == "not-allowed"


def test_another_teams_conversation_is_not_there(company: Company, asks: Asks) -> None:
    ours = asks(company.agent)
    theirs = asks(company.outsider)
    conversation = ours.get("conversations")["items"][0]
    message = ours.get(f"conversations/{conversation['id']}/messages")["items"][0]

    assert theirs.get("conversations")["items"] == []
    assert theirs.get("conversations/counts")["open"] == 0
    assert theirs.get("customers")["items"] == []
    assert theirs.get("messages?text=card")["items"] == []
    assert theirs.get("customers?text=ana")["items"] == []
    for path in (
        f"conversations/{conversation['id']}",
        f"conversations/{conversation['id']}/messages",
        f"conversations/{conversation['id']}/internal-thread",
        f"messages/{message['id']}",
        f"customers/{conversation['customer_id']}",
        f"customers/{conversation['customer_id']}/timeline",
        f"channels/{conversation['channel_id']}",
    ):
        assert theirs.get(path)["code"] == "not-found", path
        assert theirs.status == 404, path
        ours.get(path)
        assert ours.status == 200, path


def test_another_teams_conversation_cannot_be_moved(company: Company, asks: Asks) -> None:
    conversation_id = first_id(asks(company.agent))
    theirs = asks(company.outsider)

    for action in ("claim", "release", "resolve", "reopen", "spam", "not-spam"):
        theirs.post(f"conversations/{conversation_id}/{action}")
        assert theirs.status == 404, action
    theirs.post(f"conversations/{conversation_id}/assign", {"owner_id": str(company.outsider.pk)})
    assert theirs.status == 404
    theirs.post(f"conversations/{conversation_id}/messages", {"text": "Hi", "saw_message_id": "1"}, key="k")
    assert theirs.status == 404
    theirs.post(f"conversations/{conversation_id}/internal-thread", {"text": "Hi"})
    assert theirs.status == 404


def test_who_leaves_the_team_sees_nothing_any_more(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    conversation_id = first_id(machine)

    accounts.set_members(company.service, [company.colleague.pk], now=clock.now())

    machine.get(f"conversations/{conversation_id}")
    assert machine.status == 404


def test_whoever_is_asked_sees_the_conversation(company: Company, asks: Asks) -> None:
    ours, theirs = asks(company.agent), asks(company.outsider)
    conversation_id = first_id(ours)

    posted = ours.post(
        f"conversations/{conversation_id}/internal-thread", {"text": f"@{company.outsider.mention} what do you know?"}
    )

    assert ours.status == 201
    assert len(posted["question_ids"]) == 1
    assert theirs.get(f"conversations/{conversation_id}")["id"] == conversation_id
    assert [each["object_id"] for each in theirs.get("questions")["items"]] == [conversation_id]
    assert theirs.get("notices")["items"][0]["kind"] == "asked"


def test_what_is_internal_is_in_no_message_timeline_or_search(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    conversation = machine.get("conversations")["items"][0]
    secret = "zanzibar says internally that this customer is difficult"
    machine.post(f"conversations/{conversation['id']}/internal-thread", {"text": secret})
    machine.post(f"customers/{conversation['customer_id']}/internal-thread", {"text": secret})

    told = [
        machine.get(path)
        for path in (
            "conversations",
            f"conversations/{conversation['id']}",
            f"conversations/{conversation['id']}/messages",
            f"customers/{conversation['customer_id']}",
            f"customers/{conversation['customer_id']}/timeline",
            "messages?text=zanzibar",
            "customers?text=zanzibar",
        )
    ]

    assert "zanzibar" not in str(told)
    assert secret in str(machine.get(f"conversations/{conversation['id']}/internal-thread"))


def test_internal_threads_need_a_right_of_their_own(company: Company, asks: Asks) -> None:
    machine = asks(company.agent, "read:conversations", "write:conversations", "read:customers")
    conversation_id = first_id(machine)

    assert machine.get(f"conversations/{conversation_id}/internal-thread")["right"] == "read:internal"
    assert machine.post(f"conversations/{conversation_id}/internal-thread", {"text": "a"})["right"] == "write:internal"


def test_what_is_internal_cannot_be_sent(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    conversation = machine.get("conversations")["items"][0]
    secret = "This customer is difficult, do not give them anything this week."
    machine.post(f"conversations/{conversation['id']}/internal-thread", {"text": secret})

    problem = machine.post(
        f"conversations/{conversation['id']}/messages",
        {"text": secret, "saw_message_id": conversation["last_message_id"]},
        key="k",
    )

    assert machine.status == 409
    assert (problem["code"], problem["cause"]) == ("held", "internal_text")
