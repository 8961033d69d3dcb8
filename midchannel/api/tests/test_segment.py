"""Segment's tracking API as its clients meet it: keys, batches, gzip, origins, limits, and clear refusals."""

import asyncio
import base64
import gzip
import json
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connection

from midchannel.api import segment
from midchannel.outside.channels import actions as channels
from midchannel.outside.channels import queries
from midchannel.platform.audit.actions import Actor
from midchannel.platform.database.bulk import fetch

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor("test")
SHOP = "https://shop.example"


class Answer:
    """What came back."""

    def __init__(self, messages: list[MutableMapping[str, Any]]) -> None:
        self.status: int = messages[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        raw = b"".join(message["body"] for message in messages[1:])
        self.body: Any = json.loads(raw) if raw else None


def request(
    path: str,
    body: object,
    *,
    key: str | None = None,
    method: str = "POST",
    origin: str = "",
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> Answer:
    """Send one request through the application, as a server would."""
    sent: list[MutableMapping[str, Any]] = []
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = [(b"content-type", b"application/json"), (b"host", b"crm.example"), *headers]
    if key is not None:
        given.append((b"authorization", b"Basic " + base64.b64encode(f"{key}:".encode())))
    if origin:
        given.append((b"origin", origin.encode()))
    scope = {"type": "http", "method": method, "path": path, "headers": given, "scheme": "https"}

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(segment.app(scope, receive, send))
    return Answer(sent)


def page(identifier: str, **more: Any) -> dict[str, Any]:
    """A visit."""
    return {"type": "page", "anonymousId": "visitor-1", "messageId": identifier, "name": "Pricing", **more}


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A thread of the test's own, whose connection is closed before the test database goes."""
    threads = ThreadPoolExecutor(max_workers=1)
    monkeypatch.setattr(segment, "_threads", threads)
    monkeypatch.setattr(segment, "gate", segment.Gate(segment.MESSAGES_A_MINUTE))
    yield
    threads.submit(lambda: connection.close()).result()  # noqa: PLW0108 - the proxy is resolved in that thread
    threads.shutdown()


def open_one(**config: Any) -> tuple[int, str]:
    """A tracking channel and its write key."""
    channel_id = channels.open_channel(network="tracking", name="Shop", config=config, by=BY, now=NOW)
    return channel_id, channels.issue_token(channel_id, by=BY, now=NOW).token


@pytest.fixture
def key(transactional_db: None, one_thread: None) -> str:
    return open_one(origins=[SHOP])[1]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/v1/identify", {"userId": "1234", "traits": {"email": "ana@shop.example"}}),
        ("/v1/track", {"userId": "1234", "event": "Signed Up"}),
        ("/v1/page", {"anonymousId": "a", "name": "Home"}),
        ("/v1/screen", {"anonymousId": "a", "name": "Start"}),
        ("/v1/group", {"userId": "1234", "groupId": "acme", "traits": {"name": "Acme"}}),
        ("/v1/alias", {"userId": "1234", "previousId": "a"}),
        ("/v1/t", {"userId": "1234", "event": "Signed Up"}),
    ],
)
def test_each_call_is_kept(key: str, path: str, message: dict[str, Any]) -> None:
    answer = request(path, message, key=key)

    assert (answer.status, answer.body["success"], answer.body["accepted"]) == (200, True, 1)


def test_a_batch_tells_what_became_of_each(key: str) -> None:
    batch = {"batch": [page("1"), page("1"), {"type": "track", "userId": "1234"}, {"type": "page"}, page("2")]}

    answer = request("/v1/batch", batch, key=key)

    told = answer.body
    assert (told["received"], told["accepted"], told["duplicate"], told["parked"]) == (5, 2, 1, 2)
    assert [(item["index"], item["code"]) for item in told["items"]] == [
        (2, "message-no-event"),
        (3, "message-no-person"),
    ]


def test_a_batch_sent_again_is_harmless(key: str) -> None:
    batch = {"batch": [page("1"), page("2")], "sentAt": "2026-11-21T12:00:00Z"}
    request("/v1/batch", batch, key=key)

    again = request("/v1/batch", batch | {"sentAt": "2026-11-21T12:00:09Z"}, key=key)

    assert (again.body["accepted"], again.body["duplicate"]) == (0, 2)


def test_a_compressed_batch_with_its_key_in_the_body(key: str) -> None:
    body = gzip.compress(json.dumps({"batch": [page("1")], "writeKey": key}).encode())

    answer = request("/v1/batch", body, headers=((b"content-encoding", b"gzip"),))

    assert (answer.status, answer.body["accepted"]) == (200, 1)


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (b"{not json", b"identity", 400, "invalid_json"),
        (b"[1, 2]", b"identity", 400, "invalid_json"),
        (b'{"batch": []}', b"identity", 400, "empty"),
        (b"plain", b"gzip", 400, "gzip"),
        (gzip.compress(b"{}", mtime=0)[:-9], b"gzip", 400, "gzip"),
        (gzip.compress(b" " * 10_000_000, mtime=0), b"gzip", 413, "too_large"),
        (b" " * 600_000, b"identity", 413, "too_large"),
        (json.dumps({"batch": [{}] * 2501}).encode(), b"identity", 413, "too_many"),
        (b"{}", b"br", 415, "encoding"),
        (b'{"batch": ' + b"[" * 100_000, b"identity", 400, "invalid_json"),
    ],
)
def test_what_cannot_be_read_is_refused(key: str, body: bytes, encoding: bytes, status: int, code: str) -> None:
    answer = request("/v1/batch", body, key=key, headers=((b"content-encoding", encoding),))

    assert (answer.status, answer.body["code"], answer.body["success"]) == (status, code, False)
    assert fetch("SELECT count(*) FROM arrival")[0][0] == 0


def test_a_message_of_its_own_may_have_32_kb(key: str) -> None:
    answer = request("/v1/track", {"userId": "1", "event": "x" * 40_000}, key=key)

    assert (answer.status, answer.body["code"]) == (413, "too_large")


def test_a_key_that_opens_nothing_says_why(key: str) -> None:
    channel_id, old = open_two()
    channels.revoke_token(queries_token(channel_id), by=BY, now=NOW)
    collector = channels.open_channel(network="collector", name="Telephone", by=BY, now=NOW)
    others = channels.issue_token(collector, by=BY, now=NOW).token

    answers = [request("/v1/page", page("1"), key=each) for each in (None, "nonsense", old, others)]

    assert [answer.status for answer in answers] == [401, 401, 401, 401]
    assert [answer.body["code"] for answer in answers] == ["no-key", "unknown-key", "revoked-key", "unknown-key"]


def open_two() -> tuple[int, str]:
    channel_id = channels.open_channel(network="tracking", name="App", by=BY, now=NOW)
    return channel_id, channels.issue_token(channel_id, by=BY, now=NOW).token


def queries_token(channel_id: int) -> int:
    return int(fetch("SELECT id FROM channel_token WHERE channel_id = %s", [channel_id])[0][0])


def test_a_page_may_send_from_the_origins_its_channel_names(key: str) -> None:
    asked = request("/v1/t", b"", method="OPTIONS", origin=SHOP)
    sent = request("/v1/p", page("1", writeKey=key), origin=SHOP)
    stranger = request("/v1/t", b"", method="OPTIONS", origin="https://evil.example")
    sneaked = request("/v1/p", page("2", writeKey=key), origin="https://evil.example")

    assert (asked.status, asked.headers["access-control-allow-origin"]) == (204, SHOP)
    assert (sent.status, sent.headers["access-control-allow-origin"]) == (200, SHOP)
    assert (stranger.status, sneaked.status) == (403, 403)


def test_a_key_for_servers_is_refused_to_pages(transactional_db: None, one_thread: None) -> None:
    secret = open_one(is_trusted=True, origins=["*"])[1]

    answer = request("/v1/p", page("1", writeKey=secret), origin=SHOP)

    assert (answer.status, answer.body["code"]) == (403, "origin")
    assert "Revoke" in answer.body["message"]


def test_a_page_that_sends_too_much_is_told_to_wait(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "gate", segment.Gate(per_minute=3))

    first = request("/v1/batch", {"batch": [page("1"), page("2"), page("3")]}, key=key)
    then = request("/v1/batch", {"batch": [page("4")]}, key=key)

    assert (first.status, then.status, then.body["code"]) == (200, 429, "slow_down")
    assert 1 <= int(then.headers["retry-after"]) <= 60


def test_too_much_at_once_is_told_to_wait(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "_pending", segment.MAX_PENDING)

    answer = request("/v1/page", page("1"), key=key)

    assert (answer.status, answer.headers["retry-after"]) == (429, "5")


def test_a_lost_database_is_told_so_that_clients_try_again(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(token: str) -> None:
        raise OperationalError

    monkeypatch.setattr(channels, "enter", away)

    answer = request("/v1/page", page("1"), key=key)

    assert (answer.status, answer.body["code"], answer.headers["retry-after"]) == (503, "unavailable", "5")


def test_other_addresses_and_methods(key: str) -> None:
    assert request("/v1/nowhere", {}, key=key).status == 404
    assert request("/v1/track", b"", key=key, method="GET").status == 405
    assert request("/v1/m", {"series": []}).body == {"success": True}


def test_the_browsers_client_is_told_where_to_send(key: str) -> None:
    answer = request(f"/v1/projects/{key}/settings", b"", method="GET", origin=SHOP)

    assert answer.body["integrations"]["Segment.io"]["apiHost"] == "crm.example/v1"
    assert answer.headers["access-control-allow-origin"] == SHOP


def test_where_somebody_is_goes_before_anything_is_kept(key: str) -> None:
    context = {"ip": "203.0.113.9", "location": {"city": "Lisbon", "latitude": 38.7}, "locale": "pt-PT"}
    answer = request(
        "/v1/batch", {"batch": [page("1", context=context), {"type": "page", "context": context, "junk": 1}]}, key=key
    )

    blocks = b"".join(bytes(raw) for (raw,) in fetch("SELECT body FROM arrival"))
    parked = b"".join(bytes(raw) for (raw,) in fetch("SELECT raw FROM parked"))
    kept = unpacked(blocks) + parked
    assert answer.body["placesDropped"] == 2
    assert b"pt-PT" in kept
    assert [word for word in (b"203.0.113.9", b"Lisbon", b"38.7") if word in kept] == []
    assert fetch("SELECT reason, count FROM channel_dropped") == [("location", 2)]


def unpacked(body: bytes) -> bytes:
    from midchannel.outside.channels.actions.filing import unpack

    return b"".join(raw for *_, raw in unpack(body))


def test_behaviour_of_those_who_said_no_is_not_kept(key: str) -> None:
    consent = {"consent": {"categoryPreferences": {"Analytics": False, "Advertising": False}}}
    batch = [
        page("1", context=consent),
        {"type": "track", "userId": "1", "event": "Product Viewed", "context": consent},
        {
            "type": "track",
            "userId": "1",
            "event": "Order Completed",
            "properties": {"order_id": "9"},
            "context": consent,
        },
        {"type": "identify", "userId": "1", "traits": {"name": "Ana"}, "context": consent},
    ]

    answer = request("/v1/batch", {"batch": batch}, key=key)

    assert (answer.body["accepted"], answer.body["dropped"]) == (2, 2)
    assert fetch("SELECT reason, count FROM channel_dropped") == [("profiling", 2)]


def test_the_channels_equation_holds(key: str) -> None:
    request("/v1/batch", {"batch": [page("1"), page("1"), {"type": "what"}, page("2")]}, key=key)

    row = fetch("SELECT sum(received), sum(duplicate) FROM channel_count")[0]
    waiting = fetch("SELECT sum(size) FROM arrival WHERE waiting")[0][0]
    parked = fetch("SELECT count(*) FROM parked")[0][0]
    assert (int(row[0]), int(row[1]), int(waiting), parked) == (4, 1, 2, 1)
    assert queries.find_orders([]) == {}
