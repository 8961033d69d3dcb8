"""A working day of a machine: read, claim, answer, be held, take back, hand over."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from midchannel.middle.conversations.models import Conversation
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Delivery
from tests import company as companies
from tests.api.conftest import Asks
from tests.company import Company


def test_lists_go_on_where_they_stopped(company: Company, asks: Asks) -> None:
    machine = asks(company.lead)
    for path in ("conversations", "conversations?view=waiting_longest", "customers", "people", "channels"):
        mark = "&" if "?" in path else "?"
        whole = [each["id"] for each in machine.get(f"{path}{mark}limit=200")["items"]]
        walked, cursor = [], ""
        while True:
            page = machine.get(f"{path}{mark}limit=2{cursor}")
            assert machine.status == 200
            walked += [each["id"] for each in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"

        assert walked == whole, path
        assert all(isinstance(each, str) for each in whole)
        assert len(whole) >= 2


def test_a_thread_is_walked_both_ways(company: Company, asks: Asks, now: datetime) -> None:
    first = companies.say(company, company.chat, "Hello?", by="Zoe Quist", at=now - timedelta(minutes=50))
    companies.hear(now=now)
    for minute in range(1, 8):
        companies.say(
            company,
            company.chat,
            f"Word {minute}",
            by="Zoe Quist",
            at=now - timedelta(minutes=50 - minute),
            reply_to=first,
        )
        companies.hear(now=now)
    machine = asks(company.agent)
    conversation_id = machine.get("messages?text=hello")["items"][0]["conversation_id"]
    path = f"conversations/{conversation_id}/messages?limit=3"

    newest = machine.get(path)
    older = machine.get(f"{path}&cursor={newest['older_cursor']}")
    oldest = machine.get(f"{path}&cursor={older['older_cursor']}")
    back = machine.get(f"{path}&cursor={oldest['newer_cursor']}")

    texts = [each["text"] for each in [*oldest["items"], *older["items"], *newest["items"]]]
    assert texts == ["Hello?", *(f"Word {minute}" for minute in range(1, 8))]
    assert newest["newer_cursor"] is None
    assert oldest["older_cursor"] is None
    assert [each["text"] for each in back["items"]] == [each["text"] for each in older["items"]] or back["items"]


def test_of_two_one_claims(company: Company, asks: Asks) -> None:
    one, other = asks(company.agent), asks(company.colleague)
    conversation_id = one.get("conversations")["items"][0]["id"]

    claimed = one.post(f"conversations/{conversation_id}/claim")
    problem = other.post(f"conversations/{conversation_id}/claim")

    assert claimed["owner_id"] == str(company.agent.pk)
    assert other.status == 409
    assert (problem["code"], problem["owner_name"]) == ("already-claimed", "Mia Berg")


def test_a_conversation_goes_through_its_states(company: Company, asks: Asks, now: datetime) -> None:
    machine = asks(company.agent)
    conversation_id = machine.get("conversations")["items"][0]["id"]
    path = f"conversations/{conversation_id}"

    assert machine.post(f"{path}/snooze", {"until": (now + timedelta(days=1)).isoformat()})["state"] == "snoozed"
    assert machine.post(f"{path}/reopen")["state"] == "open"
    assert machine.post(f"{path}/resolve")["state"] == "resolved"
    assert machine.post(f"{path}/reopen")["state"] == "open"
    assert machine.post(f"{path}/spam")["state"] == "spam"
    assert machine.post(f"{path}/not-spam")["state"] == "open"
    assert machine.post(f"{path}/snooze", {"until": "0001-01-01T00:00:00Z"})["code"] == "invalid"
    assert machine.post(f"{path}/snooze", {"until": "9999-12-31T23:59:59-23:59"})["code"] == "invalid"


def test_work_is_handed_over(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    conversation_id = machine.get("conversations")["items"][0]["id"]

    mine = machine.post(f"conversations/{conversation_id}/assign", {"owner_id": str(company.colleague.pk)})
    assert mine["owner_name"] == "Tom Adeyemi"

    assert (
        machine.post(f"conversations/{conversation_id}/assign", {"owner_id": str(company.outsider.pk)})["code"]
        == "invalid"
    )
    assert machine.post(f"conversations/{conversation_id}/assign", {"queue_id": "999"})["code"] == "not-found"
    assert machine.post(f"conversations/{conversation_id}/assign", {})["code"] == "invalid"


def test_a_reply_goes_out_once_and_can_be_taken_back(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    conversation = machine.get("conversations")["items"][0]
    body = {"text": "It is on its way.", "saw_message_id": conversation["last_message_id"]}
    path = f"conversations/{conversation['id']}/messages"

    sent = machine.post(path, body, key="one")
    assert machine.status == 201
    assert machine.last
    assert machine.last["Location"] == f"/api/v1/messages/{sent['message_id']}"
    again = machine.post(path, body, key="one")

    assert again == sent
    assert machine.status == 201
    assert machine.last["Idempotency-Replayed"] == "true"
    assert Delivery.objects.count() == 1
    assert machine.get(f"messages/{sent['message_id']}")["delivery"]["state"] == "queued"

    assert machine.ask("DELETE", f"messages/{sent['message_id']}") == {"text": "It is on its way."}
    machine.get(f"messages/{sent['message_id']}")
    assert machine.status == 404


def test_the_same_key_for_another_body_is_refused(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    conversation = machine.get("conversations")["items"][0]
    path = f"conversations/{conversation['id']}/messages"
    machine.post(path, {"text": "One.", "saw_message_id": conversation["last_message_id"]}, key="one")

    problem = machine.post(path, {"text": "Two.", "saw_message_id": conversation["last_message_id"]}, key="one")

    assert machine.status == 422
    assert problem["code"] == "key-reused"
    assert Delivery.objects.count() == 1


def test_a_reply_needs_a_key(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    conversation = machine.get("conversations")["items"][0]

    problem = machine.post(f"conversations/{conversation['id']}/messages", {"text": "A", "saw_message_id": "1"})

    assert machine.status == 422
    assert problem["errors"][0]["where"] == "header.Idempotency-Key"


def test_a_reply_is_held_when_the_thread_has_moved_on(company: Company, asks: Asks, now: datetime) -> None:
    machine = asks(company.agent)
    companies.say(company, company.chat, "Hello?", by="Zoe Quist", at=now - timedelta(minutes=5))
    companies.hear(now=now)
    conversation = machine.get("conversations")["items"][0]
    newer = Conversation.objects.get(pk=int(conversation["id"]))
    companies.say(
        company,
        company.chat,
        "Never mind, it came!",
        by="Zoe Quist",
        at=now,
        reply_to=f"https://simulator.example/{company.said}",
    )
    companies.hear(now=now)
    path = f"conversations/{newer.pk}/messages"
    body = {"text": "We will look.", "saw_message_id": conversation["last_message_id"]}

    problem = machine.post(path, body, key="one")

    assert machine.status == 409
    assert machine.last
    assert machine.last["Content-Type"] == "application/problem+json"
    assert (problem["code"], problem["cause"]) == ("held", "moved_on")
    assert [each["text"] for each in problem["new_messages"]] == ["Never mind, it came!"]
    assert Delivery.objects.count() == 0

    machine.post(path, body | {"saw_message_id": problem["new_messages"][-1]["id"]}, key="one")
    assert machine.status == 201


def test_a_conversation_is_started(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    body = {"channel_id": str(company.chat.pk), "address": "new@simulator.example", "text": "Hello!"}

    sent = machine.post("conversations", body, key="one")
    again = machine.post("conversations", body, key="one")

    assert sent == again
    assert machine.get(f"conversations/{sent['conversation_id']}")["opened_by_us"] is True


def test_administrators_open_channels_and_issue_tokens(company: Company, asks: Asks) -> None:
    company.lead.role = "administrator"
    company.lead.save()
    machine = asks(company.lead)

    opened = machine.post("channels", {"network": "collector", "name": "Shop"}, key="one")
    again = machine.post("channels", {"network": "collector", "name": "Shop"}, key="one")
    assert opened == again
    assert opened["token"].startswith("mc_")
    path = f"channels/{opened['channel_id']}/tokens"
    issued = machine.post(path, key="two")
    assert machine.status == 201
    assert len(machine.get(path)["items"]) == 2

    machine.ask("DELETE", f"{path}/{issued['token_id']}")
    assert machine.status == 204
    machine.ask("DELETE", f"{path}/{issued['token_id']}")
    assert machine.status == 404
    assert machine.post("channels", {"network": "collector", "name": "Shop"}, key="three")["code"] == "conflict"
    assert machine.post("channels", {"network": "nowhere", "name": "X"})["errors"][0]["where"] == "network"


def test_arrivals_add_up_and_what_is_parked_is_replayed(company: Company, asks: Asks, now: datetime) -> None:
    channels.receive(company.chat.pk, [b'{"type": "Nonsense"}'], now=now)
    machine = asks(company.lead)

    counts = machine.get("arrivals")["items"]
    parked = machine.get("arrivals/parked")["items"]

    assert all(each["holds"] for each in counts)
    assert sum(each["received"] for each in counts) == 7
    assert len(parked) == 1
    assert machine.get(f"arrivals/parked/{parked[0]['id']}")["raw_base64"]
    assert machine.post(f"arrivals/parked/{parked[0]['id']}/replay")["outcome"] == "parked"
    assert machine.post("arrivals/parked/replay", {})["parked"] == 1


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("conversations?limit=5", 6),
        ("conversations/{id}", 7),
        ("conversations/{id}/messages", 7),
        ("customers?limit=5", 3),
        ("customers/{customer}", 6),
        ("customers/{customer}/timeline", 14),
        ("channels", 3),
        ("arrivals", 3),
        ("arrivals/parked", 3),
    ],
)
def test_no_list_asks_the_database_a_question_a_row(company: Company, asks: Asks, path: str, most: int) -> None:
    """Two of them are the token's and its person's scopes."""
    machine = asks(company.lead)
    row = machine.get("conversations")["items"][0]
    address = path.format(id=row["id"], customer=row["customer_id"])

    with CaptureQueriesContext(connection) as asked:
        machine.get(address)

    assert machine.status == 200
    assert len(asked) <= most, [each["sql"][:90] for each in asked]
