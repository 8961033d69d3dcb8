"""A machine opens a case, looks ahead, acts, tells it what happened elsewhere; and keeps plans."""

import pytest

from midchannel.platform import clock
from midchannel.usecases import case_plans
from tests import company as companies
from tests.api.conftest import Asks, Machine
from tests.company import Company


@pytest.fixture
def machine(company: Company, asks: Asks) -> Machine:
    case_plans.seed(companies.viewer_of(company.lead), now=clock.now())
    return asks(company.agent)


def _open(machine: Machine, **more: object) -> dict[str, object]:
    conversation_id = machine.get("conversations")["items"][0]["id"]
    found: dict[str, object] = machine.post(
        "cases", {"plan": "late_delivery", "conversation_ids": [conversation_id], **more}, key="open"
    )
    return found


def test_a_case_is_opened_once_for_a_key_and_listed(machine: Machine) -> None:
    case = _open(machine, values={"late_days": 4})
    again = _open(machine, values={"late_days": 4})

    assert machine.status == 201
    assert again["id"] == case["id"]
    assert [each["title"] for each in case["do_now"]] == ["Answer that we are on it", "Find the order it is about"]  # type: ignore[attr-defined]
    listed = machine.get("cases")["items"]
    assert [(each["id"], each["now"][0]) for each in listed] == [(case["id"], "Answer that we are on it")]
    assert machine.get(f"cases?conversation_id={case['conversation_ids'][0]}")["items"][0]["id"] == case["id"]  # type: ignore[index]
    assert machine.get("cases?is_open=false")["items"] == []


def test_a_command_is_looked_at_done_and_refused_when_somebody_was_faster(machine: Machine) -> None:
    case = _open(machine)
    address, command = f"cases/{case['id']}", {"do": "complete", "item": "answer", "revision": case["revision"]}

    seen = machine.post(f"{address}/preview", {"do": "complete", "item": "answer"})
    assert (seen["reaches"], seen["refused"]) == (["Heard"], "")
    done = machine.post(f"{address}/do", command)
    assert [each["key"] for each in done["milestones"] if each["reached_at"]] == ["heard"]
    assert machine.post(f"{address}/do", command)["code"] == "conflict"
    assert machine.post(f"{address}/do", {"do": "complete"})["code"] == "invalid"

    item = next(each for each in done["waiting"] if each["item"] == "find")
    why = machine.get(f"{address}/items/{item['instance']}")
    assert why["enters"][0]["parts"] == [{"phrase": why["enters"][0]["parts"][0]["phrase"], "done": False}]
    events = machine.get(f"{address}/events?limit=3")["items"]
    assert len(events) == 3
    assert events[0]["seq"] > events[-1]["seq"]


def test_another_system_moves_a_case_once_for_a_key(machine: Machine) -> None:
    case = _open(machine)
    address = f"cases/{case['id']}"
    machine.post(f"{address}/do", {"do": "complete", "item": "answer"})
    machine.post(f"{address}/do", {"do": "complete", "item": "match_order"})
    told = {"item": "parcel", "event": "update", "values": {"parcel_state": "lost"}}

    first, again = (machine.post(f"{address}/signals", told, key="scan-1") for _ in range(2))

    assert (first, again) == ({"is_moved": True}, {"is_moved": True})
    assert machine.last["Idempotency-Replayed"] == "true"
    reached = [each["key"] for each in machine.get(address)["milestones"] if each["reached_at"]]
    assert reached == ["heard", "lost"]
    assert machine.post(f"{address}/signals", told)["code"] == "invalid"


def test_conversations_come_to_a_case_and_leave_it(machine: Machine) -> None:
    case = _open(machine)
    other = machine.get("conversations")["items"][1]["id"]

    assert other in machine.post(f"cases/{case['id']}/conversations", {"conversation_id": other})["conversation_ids"]
    assert other not in machine.ask("DELETE", f"cases/{case['id']}/conversations/{other}")["conversation_ids"]
    machine.ask("DELETE", f"cases/{case['id']}/conversations/{other}")
    assert machine.status == 404


def test_what_its_person_does_not_see_is_not_there(machine: Machine, company: Company, asks: Asks) -> None:
    case = _open(machine)
    outsider, reader = asks(company.outsider), asks(company.agent, "read:cases")

    for method, path, body in (
        ("GET", "", None), ("GET", "/events", None), ("POST", "/do", {"do": "complete", "item": "answer"}),
        ("POST", "/preview", {"do": "complete", "item": "answer"}), ("GET", "/items/1", None),
    ):  # fmt: skip
        outsider.ask(method, f"cases/{case['id']}{path}", body)
        assert outsider.status == 404, path
    assert outsider.get("cases")["items"] == []
    assert reader.post(f"cases/{case['id']}/do", {"do": "complete", "item": "answer"})["right"] == "write:cases"


def test_plans_are_read_checked_and_saved_by_a_lead(machine: Machine, company: Company, asks: Asks) -> None:
    text = machine.get("plans/late_delivery")["text"]
    lead = asks(company.lead)

    wrong = machine.post("plan-check", {"text": text.replace("after: answer completes", "after: anser completes")})
    assert wrong["problems"][0]["line"] > 1
    assert "answer" in wrong["problems"][0]["hint"]
    assert machine.post("plans", {"text": text.replace("Late delivery", "Late")})["code"] == "not-allowed"
    saved = lead.post("plans", {"text": text.replace("title: Late delivery", "title: Late"), "reason": "shorter"})
    assert (saved["number"], saved["title"]) == (2, "Late")
    assert lead.post("plans", {"text": "plan: ["})["code"] == "invalid"
    assert len(machine.get("plans")["items"]) == 6
    machine.get("plans/nothing")
    assert machine.status == 404
