"""Whatever is sent, the answer is a problem that says where and why; never HTML, never a fault of ours."""

import html
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from midchannel.middle.conversations import queries
from tests.api.conftest import Asks, Machine
from tests.company import Company


def is_problem(machine: Machine, status: int) -> dict[str, Any]:
    """The last answer, proven to be a problem of this status."""
    assert machine.last is not None
    assert machine.status == status, machine.last.content
    assert machine.last["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(machine.last.content)
    assert problem["status"] == status
    assert set(problem) >= {"type", "title", "status", "detail", "code"}
    return problem


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b'{"text": NaN}', 400),
        (b"\xff\xfe{}", 400),
        (b'{"text": "\\ud800"}', 400),
        (b'{"text": "a\\u0000b"}', 422),
        (b"[" * 100_000, 400),
        (b'{"text": "a", "more": 1}', 422),
        (b'{"text": 1}', 422),
        (b'{"text": "   "}', 422),
        (b'{"text": "' + b"a" * 20_001 + b'"}', 422),
        (b'{"text": "' + b"a" * 3_000_000 + b'"}', 413),
    ],
)
def test_a_body_that_cannot_be_used(company: Company, asks: Asks, body: bytes, status: int) -> None:
    machine = asks(company.agent)
    conversation_id = machine.get("conversations")["items"][0]["id"]

    machine.ask("POST", f"conversations/{conversation_id}/internal-thread", body)

    is_problem(machine, status)


def test_a_body_that_is_announced_as_something_else(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)

    machine.ask("POST", "conversations", b"text=a", key="k", content_type="application/x-www-form-urlencoded")

    assert is_problem(machine, 415)["code"] == "media-type"


@pytest.mark.parametrize(
    "path",
    [
        "conversations?limit=0",
        "conversations?quue_id=1",
        "conversations?limit=201",
        "conversations?limit=ten",
        "conversations?limit=1.0",
        "conversations?view=nothing",
        "conversations?cursor=%00",
        "conversations?cursor=bm9wZQ",
        "conversations?cursor=WyIyMDI2Il0",
        "conversations?queue_id=99999999999999999999",
        "conversations?channel_id=2147483648",
        "conversations/0",
        "conversations/-1",
        "conversations/%00",
        "conversations/99999999999999999999",
        "conversations/1e3",
        "conversations/%FF",
        "customers?text=a%00b",
        "messages?text=a",
        "messages",
    ],
)
def test_an_address_that_cannot_be_used(company: Company, asks: Asks, path: str) -> None:
    machine = asks(company.agent)

    machine.get(path)

    problem = is_problem(machine, 422)
    assert problem["errors"]
    assert all(each["reason"] and each["where"] for each in problem["errors"])


@pytest.mark.parametrize(
    "path",
    ["conversations/1", "conversations/8999999999999999999", "channels/999999999", "/api", "/api/v1/", "/api/v2/x"],
)
def test_what_is_not_here_is_a_problem(company: Company, asks: Asks, path: str) -> None:
    machine = asks(company.agent)

    machine.get(path)

    assert is_problem(machine, 404)["code"] == "not-found"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
def test_a_method_that_is_not_known_here(company: Company, asks: Asks, method: str) -> None:
    machine = asks(company.agent)

    machine.ask(method, "conversations")

    is_problem(machine, 405)
    assert machine.last
    assert set(machine.last["Allow"].split(", ")) == {"GET", "POST"}


def test_the_database_is_away(company: Company, asks: Asks, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = asks(company.agent)

    def away(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(queries, "list_conversations", away)
    machine.get("conversations")

    is_problem(machine, 503)
    assert machine.last
    assert machine.last["Retry-After"] == "5"


def test_our_own_fault_is_a_problem_that_tells_nothing_of_it(
    company: Company, asks: Asks, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = asks(company.agent)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr(queries, "list_conversations", broken)
    machine.get("conversations")

    assert "secret" not in str(is_problem(machine, 500))


def test_markup_of_strangers_is_data_and_nothing_else(company: Company, asks: Asks) -> None:
    machine = asks(company.agent)
    conversation_id = machine.get("conversations")["items"][0]["id"]

    machine.post(f"conversations/{conversation_id}/internal-thread", {"text": "<script>alert(1)</script>\u202e"})

    assert machine.last
    assert machine.last["Content-Type"].startswith("application/json")
    assert machine.last["X-Content-Type-Options"] == "nosniff"


def test_before_the_first_run_machines_get_problems_and_no_pages(db: None) -> None:
    machine = Machine(Client(), "mca_x")

    machine.get("conversations")

    is_problem(machine, 401)


def test_the_reference_obeys_the_policy_and_names_everything(company: Company) -> None:
    client = Client()
    page = client.get("/api/v1/docs")
    document = client.get("/api/v1/openapi.json").json()
    text = html.unescape(page.content.decode())

    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "cdn" not in text
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        assert path in text
        for operation in operations.values():
            assert operation["summary"] in text
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    # Segment's clients expect their own form.
                    kind = "application/json" if path.startswith("/v1/") else "application/problem+json"
                    assert list(answer["content"]) == [kind]
