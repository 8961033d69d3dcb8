"""The collector as a sender meets it: tokens, batches, outcomes, and clear refusals."""

import asyncio
import json
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connection

from midchannel.api import collector
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels.models import Channel
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
JSON = "application/json"
LINES = "application/x-ndjson"


class Answer:
    """What came back."""

    def __init__(self, messages: list[MutableMapping[str, Any]]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        self.body = json.loads(b"".join(message["body"] for message in messages[1:]))


def request(
    body: bytes,
    *,
    token: str = "",
    content_type: str = JSON,
    method: str = "POST",
    path: str = "/collect/v1/activities",
    headers: tuple[tuple[bytes, bytes], ...] = (),
    chunk: int = 10**9,
) -> Answer:
    """Send one request through the application, as a server would."""
    sent: list[MutableMapping[str, Any]] = []
    parts = [body[i : i + chunk] for i in range(0, len(body), chunk)] or [b""]
    incoming = iter(
        [
            {"type": "http.request", "body": part, "more_body": number < len(parts) - 1}
            for number, part in enumerate(parts)
        ]
    )
    given = [(b"content-type", content_type.encode()), *headers]
    given += [(b"authorization", b"Bearer " + token.encode())] if token else []
    scope = {"type": "http", "method": method, "path": path, "headers": given}

    async def receive() -> MutableMapping[str, Any]:
        return next(incoming)

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(collector.app(scope, receive, send))
    return Answer(sent)


def note(identifier: str, text: str = "hello") -> dict[str, Any]:
    """A statement."""
    return {"type": "Create", "actor": {"id": "ana"}, "object": {"id": identifier, "type": "Note", "content": text}}


def batch(*documents: dict[str, Any]) -> bytes:
    """A JSON array."""
    return json.dumps(documents).encode()


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A thread of the test's own, whose connection is closed before the test database goes."""
    threads = ThreadPoolExecutor(max_workers=1)
    monkeypatch.setattr(collector, "_threads", threads)
    yield
    threads.submit(lambda: connection.close()).result()  # noqa: PLW0108 - the proxy is resolved in that thread
    threads.shutdown()


@pytest.fixture
def token(transactional_db: None, one_thread: None) -> str:
    channel_id = channels.open_channel(network="collector", name="Shop", by=Actor("test"), now=NOW)
    return channels.issue_token(channel_id, by=Actor("test"), now=NOW).token


def test_a_batch_is_stored_and_every_item_told(token: str) -> None:
    request(batch(note("1")), token=token)

    answer = request(
        batch(note("1"), note("1", "changed"), note("2"), {"type": "Create", "object": {"id": "3", "content": "who?"}}),
        token=token,
    )

    assert answer.status == 200
    assert {k: v for k, v in answer.body.items() if k != "items"} == {
        "received": 4,
        "accepted": 1,
        "duplicate": 1,
        "edit": 1,
        "parked": 1,
    }
    assert [item["outcome"] for item in answer.body["items"]] == ["duplicate", "edit", "accepted", "parked"]
    assert answer.body["items"][3]["code"] == "no-actor"
    assert "actor" in answer.body["items"][3]["reason"]


@pytest.mark.parametrize(
    ("body", "content_type", "count"),
    [
        (json.dumps(note("1")).encode(), JSON, 1),
        (b"\n".join(json.dumps(note(str(i))).encode() for i in range(3)) + b"\n\n", LINES, 3),
        (b"\n".join(json.dumps(note(str(i))).encode() for i in range(3)), JSON, 3),
        (json.dumps([note("1"), note("2")], indent=2).encode(), JSON, 2),
    ],
)
def test_an_array_one_object_and_json_lines_are_taken(token: str, body: bytes, content_type: str, count: int) -> None:
    assert request(body, token=token, content_type=content_type, chunk=17).body["accepted"] == count


def test_a_line_that_is_not_json_is_parked_and_the_others_stored(token: str) -> None:
    lines = json.dumps(note("1")).encode() + b"\n{nonsense\n" + json.dumps(note("2")).encode()

    answer = request(lines, token=token, content_type=LINES)

    assert [item["outcome"] for item in answer.body["items"]] == ["accepted", "parked", "accepted"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"[{nonsense", 400, "JSON"),
        (b"[" * 100_000, 400, "JSON"),
        (b"", 422, "between 1 and 1,000"),
        (b"[]", 422, "between 1 and 1,000"),
        (batch(*({"n": i} for i in range(1001))), 413, "1,001"),
    ],
)
def test_what_is_no_batch_is_refused_with_the_remedy_and_nothing_is_stored(
    token: str, body: bytes, status: int, says: str
) -> None:
    answer = request(body, token=token)

    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.body["detail"]
    assert fetch("SELECT (SELECT count(*) FROM arrival), (SELECT count(*) FROM parked)") == [(0, 0)]


def test_a_body_too_large_is_refused_before_it_is_read_and_while(token: str) -> None:
    announced = request(b"[]", token=token, headers=((b"content-length", b"99999999999"),))
    unannounced = request(b"x" * (collector.MAX_BODY_BYTES + 1), token=token, chunk=1_000_000)

    assert announced.status == unannounced.status == 413


def test_a_wrong_missing_or_revoked_token_opens_nothing(token: str) -> None:
    channel_id = Channel.objects.get().pk
    revoked = channels.issue_token(channel_id, by=Actor("test"), now=NOW)
    channels.revoke_token(revoked.token_id, by=Actor("test"), now=NOW)

    answers = [request(batch(note("1")), token=each) for each in ("", "mc_wrong", revoked.token)]

    assert [answer.status for answer in answers] == [401, 401, 401]
    assert "revoked" in answers[2].body["detail"]
    assert all(answer.headers["www-authenticate"] == "Bearer" for answer in answers)
    assert fetch("SELECT count(*) FROM arrival") == [(0,)]


def test_other_methods_and_addresses_are_named(token: str) -> None:
    assert request(b"", token=token, method="GET").status == 405
    assert request(b"", token=token, path="/collect/v2/activities").status == 404
    assert request(b"x", token=token, headers=((b"content-encoding", b"gzip"),)).status == 415


def test_without_a_database_the_sender_is_asked_to_come_back(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the server is gone")

    monkeypatch.setattr(channels, "receive", away)

    answer = request(batch(note("1")), token=token)

    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"
    assert "Nothing of this batch was stored" in answer.body["detail"]
